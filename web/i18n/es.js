// @ts-check
/** Español. Las mismas claves que `en.js`; una prueba lo comprueba. */
import chat from "./es/chat.js";
import errors from "./es/errors.js";
import files from "./es/files.js";
import help from "./es/help.js";
import house from "./es/house.js";
import manage from "./es/manage.js";
import quarantine from "./es/quarantine.js";

export default { ...house, ...chat, ...files, ...manage, ...help, ...errors, ...quarantine };
