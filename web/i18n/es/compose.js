// @ts-check
/** Palabras de quien escribe: menciones, adjuntos, notas de voz. */
export default {
  "compose.calls": "Personas a las que puedes nombrar",
  "compose.calls_found.one": "1 persona: flechas para elegir, Intro para nombrarla",
  "compose.calls_found.other": "{n} personas: flechas para elegir, Intro para nombrar",
  "compose.drop": "Suelta los archivos para {room}",
  "compose.pasted": "Pegado {date}",
  "compose.files": "Archivos de tu mensaje",
  "compose.ready": "Listo",
  "compose.too_many": "Un mensaje lleva {n} archivos como mucho. Manda los demás en otro.",
  "compose.voice": "Grabar una nota de voz",
  "compose.voice_file": "Grabar o elegir un audio con este aparato",
  "compose.voice_on": "Grabando",
  "compose.voice_cancel": "Borrar la grabación",
  "compose.voice_send": "Enviar la nota de voz",
  "compose.voice_name": "Nota de voz, {date}",
  "compose.voice_denied": "El navegador no deja usar el micrófono. Actívalo en sus permisos y vuelve a probar.",
  "compose.voice_lost": "La grabación no se ha podido guardar. Vuelve a grabarla.",
};
