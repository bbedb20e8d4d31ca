// @ts-check
/** Whether two languages say the same things: same keys, same placeholders, nothing empty. Knows no sentence. */

/** @typedef {Record<string, string>} Dictionary */

/**
 * @param {Dictionary} one
 * @param {Dictionary} other
 * @returns {string[]}
 */
export function wordFaults(one, other) {
  const found = [];
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    if (!(key in one) || !(key in other)) found.push(`${key}: in one language only`);
    else if (typeof one[key] !== "string" || !one[key].trim() || !other[key].trim()) found.push(`${key}: empty`);
    else if (places(one[key]) !== places(other[key])) found.push(`${key}: other placeholders`);
    const [, base, form] = /^(.*)\.(one|other)$/.exec(key) ?? [];
    const partner = form === "one" ? `${base}.other` : `${base}.one`;
    if (form && !(partner in one)) found.push(`${key}: no ${partner}`);
  }
  return found;
}

/** @param {string} text the names between braces, in alphabetical order */
function places(text) {
  const names = [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  return [...new Set(names)].filter((name) => name !== "n").sort().join(" ");
}

/**
 * Codes that the server may send and that no sentence answers.
 *
 * @param {string} source `appliance/base/errors.py`
 * @param {Dictionary} dictionary
 */
export function unansweredCodes(source, dictionary) {
  const codes = [...source.matchAll(/^ {4}[A-Z_]+ = "([a-z_]+)"/gm)].map(([, code]) => code);
  return codes.filter((code) => !(`error.${code}` in dictionary)).map((code) => `error.${code}: missing`);
}
