// @ts-check
/** What an HTML page of ours must not hold: import maps, and anything inline, which the CSP would not run. */

/** @typedef {import("./scripts.js").Fault} Fault */

const RULES = [
  [/<script[^>]*type="importmap"/g, "an import map (iOS 16.4)"],
  [/<script(?![^>]*\bsrc=)[^>]*>/g, "an inline script"],
  [/<style[\s>]/g, "an inline style sheet"],
  [/\sstyle=/g, "a style attribute"],
  [/\son[a-z]+=/g, "an event attribute"],
  [/<dialog[\s>]/g, "<dialog> (iOS 15.4)"],
];

/**
 * @param {string} text
 * @returns {Fault[]}
 */
export function pageFaults(text) {
  const found = [];
  for (const [pattern, what] of RULES) {
    for (const { index } of text.matchAll(/** @type {RegExp} */ (pattern))) {
      found.push({ line: text.slice(0, index).split("\n").length, what: String(what) });
    }
  }
  return found;
}
