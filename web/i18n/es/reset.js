// @ts-check
/** Palabras de después de volver a lo guardado. */
export default {
  "reset.title": "La caja ha vuelto a lo guardado",
  "reset.lost": "Lo que no estaba guardado ya no está: {what}.",
  "reset.lost_some": "Los mensajes y archivos que no estaban guardados ya no están. Tu cuenta sigue aquí.",
  "reset.lost_nothing": "No se ha perdido nada: todo estaba guardado.",
  "reset.uploads.one": "1 archivo que estaba subiendo se ha interrumpido. Vuelve a elegirlo si aún hace falta.",
  "reset.uploads.other":
    "{n} archivos que estaban subiendo se han interrumpido. Vuelve a elegirlos si aún hacen falta.",
  "reset.unsent.one": "1 mensaje tuyo no llegó a salir",
  "reset.unsent.other": "{n} mensajes tuyos no llegaron a salir",
  "reset.unsent_hint": "No se envían solos. Cópialos si los quieres mandar otra vez.",
  "reset.go_on": "Seguir",
  "reset.call_off": "Anularlo",
  "reset.left": "Lo que no se guardó espera: {what}.",
  "reset.left_link": "Recuperar o borrar",
  "reset.left_later": "Luego",
  "reset.interrupted": "Lo que se interrumpió sin guardar espera: quien administra decide si vuelve.",
  "reset.traces":
    "PiChat no lo volverá a enseñar. En una tarjeta de memoria puede quedar rastro donde ningún programa llega; si era muy delicado, destruye la tarjeta.",
  "error.conflict.not_counting": "Ya no se puede anular: la caja está volviendo a lo guardado.",
};
