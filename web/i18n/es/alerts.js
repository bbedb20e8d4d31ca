// @ts-check
/** Palabras de las notificaciones. */
export default {
  "alerts.title": "Notificaciones",
  "alerts.sound": "Sonido al llegar un mensaje",
  "alerts.sound_hint": "Suena si no estás mirando esa sala, desde que tocas la página una vez.",
  "alerts.notes": "Notificaciones del sistema",
  "alerts.notes_hint": "Con la página abierta y fuera de la vista. El navegador te pide permiso.",
  "alerts.notes_never": "Las notificaciones del sistema necesitan que la caja se abra por HTTPS. Aquí te avisan el título, el icono y el sonido.",
  "alerts.notes_denied": "Este navegador tiene prohibidas las notificaciones del sistema. Se cambia en los permisos de esta página.",
  "alerts.receipts": "Decir hasta dónde he leído",
  "alerts.receipts_hint": "Si lo quitas, los demás no ven si te ha llegado ni si has leído su mensaje.",
  "alerts.room_hint": "Cada sala puede dejar de avisarte: se elige en sus opciones.",
};
