// @ts-check
/** The claim code as people type it. Pure. */

export const CODE_LENGTH = 13;

/**
 * Capitals, no separators, and the letters that look like digits read as digits.
 *
 * @param {string} text
 */
export function normalCode(text) {
  return text
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
}

/**
 * In groups of four, as the box shows it.
 *
 * @param {string} text
 */
export function groupedCode(text) {
  return (normalCode(text).slice(0, CODE_LENGTH).match(/.{1,4}/g) ?? []).join("-");
}
