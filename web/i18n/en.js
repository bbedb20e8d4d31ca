// @ts-check
/** English. The same keys as `es.js`; a test checks it. */
import errors from "./en/errors.js";
import house from "./en/house.js";

export default { ...house, ...errors };
