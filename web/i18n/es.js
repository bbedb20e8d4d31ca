// @ts-check
/** Español. Las mismas claves que `en.js`; una prueba lo comprueba. */
import errors from "./es/errors.js";
import house from "./es/house.js";

export default { ...house, ...errors };
