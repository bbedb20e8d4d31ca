// @ts-check
/** Palabras de borrar para siempre. */
export default {
  "erase.ask_file": "¿Borrar este archivo para siempre?",
  "erase.ask_message": "¿Borrar este mensaje para siempre?",
  "erase.ask_room": "¿Borrar esta sala para siempre?",
  "erase.means_file": "Se borra este archivo y todos los que tengan exactamente los mismos datos, se llamen como se llamen.",
  "erase.means_message": "Se borran sus palabras. Su sitio en la conversación queda vacío.",
  "erase.means_room": "Se borra la sala con todos sus mensajes y archivos, y nadie vuelve a entrar.",
  "erase.means":
    "A diferencia de borrar sin más, no vuelve al reiniciar, ni al recuperar una sesión, ni al traer una copia. No se puede deshacer.",
  "erase.with_files": "Con sus archivos",
  "erase.with_files_hint": "Y los demás que tengan los mismos datos.",
  "erase.saved": "También de lo guardado",
  "erase.saved_hint":
    "Los guardados que lo tienen se rehacen sin él y cambian de número. Si no, nadie vuelve a verlo, pero sus datos siguen en ellos.",
  "erase.traces":
    "En una tarjeta de memoria puede quedar rastro donde ningún programa llega. Las copias que alguien descargó siguen siendo suyas.",
  "erase.sure": "No hay vuelta atrás. ¿Seguro?",
  "erase.deed": "Borrar para siempre…",
  "erase.yes": "Sí, borrar para siempre",
  "erase.done": "Borrado para siempre",
  "erase.still_in": "Sus datos siguen en los guardados {numbers}. Nadie los verá, y se irán con ellos.",
  "erase.damaged.one": "1 sesión dañada no se ha podido mirar. Bórrala entera si podía estar ahí.",
  "erase.damaged.other": "{n} sesiones dañadas no se han podido mirar. Bórralas enteras si podía estar ahí.",
  "erase.damaged_link": "Ir a ellas",
};
