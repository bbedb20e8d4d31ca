// @ts-check
/** Palabras de quien escribe: menciones, adjuntos, notas de voz. */
export default {
  "compose.calls": "Personas a las que puedes nombrar",
};
