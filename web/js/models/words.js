// @ts-check
/**
 * Sentences by key, in the language of the person. Must not hold a sentence itself.
 *
 * @typedef {typeof import("../../i18n/es.js").default} First
 * @typedef {typeof import("../../i18n/es/chat.js").default & typeof import("../../i18n/es/compose.js").default &
 *   typeof import("../../i18n/es/alerts.js").default} Talk
 * @typedef {Talk & typeof import("../../i18n/es/files.js").default} People
 * @typedef {typeof import("../../i18n/es/manage.js").default & typeof import("../../i18n/es/quarantine.js").default} Quarantine
 * @typedef {Quarantine & typeof import("../../i18n/es/rooms.js").default} Care
 * @typedef {typeof import("../../i18n/es/door.js").default & typeof import("../../i18n/es/reset.js").default} Door
 * @typedef {Door & typeof import("../../i18n/es/stable.js").default & typeof import("../../i18n/es/machine.js").default} Stable
 * @typedef {Stable & typeof import("../../i18n/es/erase.js").default & typeof import("../../i18n/es/stick.js").default} Lasting
 * @typedef {typeof import("../../i18n/es/help.js").default & typeof import("../../i18n/es/certificate.js").default} Help
 * @typedef {First & People & Care & Lasting & Help} Dictionary
 * @typedef {keyof Dictionary} Exact
 * @typedef {Record<string, string | number>} Params
 */
/**
 * @template K
 * @typedef {K extends `${infer Base}.one` ? Base : never} PluralOf
 */
/** @typedef {Exact | PluralOf<Exact>} Key */
/** @typedef {(key: Key, params?: Params) => string} Translate */

/**
 * `t("files.count", {n: 2})` reads `files.count.one` or `files.count.other`; `{n}` is replaced in the text.
 *
 * @param {Record<string, string>} dictionary
 * @returns {Translate}
 */
export function translator(dictionary) {
  return (key, params = {}) => {
    const found = dictionary[key] ?? dictionary[`${key}.${params.n === 1 ? "one" : "other"}`];
    return fill(found === undefined ? key : found, params);
  };
}

/**
 * @param {string} text
 * @param {Params} params
 */
function fill(text, params) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

/**
 * The sentence for an error code, the most precise there is; an unknown code still says what to do.
 *
 * @param {Record<string, string>} dictionary
 * @param {string} code
 * @param {Record<string, unknown>} [params]
 */
export function errorSentence(dictionary, code, params = {}) {
  const { field, reason } = params;
  const names = [`${code}.${field}.${reason}`, `${code}.${reason}`, `${code}.${field}`, code, "internal"];
  const name = names.find((one) => `error.${one}` in dictionary);
  /** @type {Params} */
  const plain = {};
  for (const [key, value] of Object.entries(params)) plain[key] = String(value);
  return fill(dictionary[`error.${name}`], plain);
}
