// @ts-check
/** Palabras de quien escribe: menciones, adjuntos, notas de voz. */
export default {
  "compose.calls": "Personas a las que puedes nombrar",
  "compose.calls_found.one": "1 persona: flechas para elegir, Intro para nombrarla",
  "compose.calls_found.other": "{n} personas: flechas para elegir, Intro para nombrar",
};
