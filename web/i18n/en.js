// @ts-check
/** English. The same keys as `es.js`; a test checks it. */
import chat from "./en/chat.js";
import errors from "./en/errors.js";
import files from "./en/files.js";
import help from "./en/help.js";
import house from "./en/house.js";
import manage from "./en/manage.js";
import quarantine from "./en/quarantine.js";

export default { ...house, ...chat, ...files, ...manage, ...help, ...errors, ...quarantine };
