// @ts-check
/** What a person wrote, as a small tree: blocks of lines, and marks inside a line. Must not build markup. */

/**
 * @typedef {{kind: "text" | "code" | "mention", text: string}
 *   | {kind: "link", text: string, href: string}
 *   | {kind: "strong" | "em", parts: Part[]}} Part
 */
/** @typedef {{kind: "lines", parts: Part[]} | {kind: "code", text: string} | {kind: "list", ordered: boolean, items: Part[][]}} Block */

const FENCE = /^```[^\n`]*$/;
const ITEM = /^\s{0,3}(?:([-*•])|(\d{1,3})[.)])\s+(\S.*)$/;
const PIECES = new RegExp(
  [
    "`([^`\\n]+)`",
    "\\*\\*([^\\s*](?:[^*\\n]*[^\\s*])?)\\*\\*",
    "(?:^|[^\\w*])(\\*[^\\s*](?:[^*\\n]*[^\\s*])?\\*)(?![\\w*])",
    "(?:^|[^\\w])(_[^\\s_](?:[^_\\n]*[^\\s_])?_)(?!\\w)",
    "\\[([^\\]\\n]{1,200})\\]\\(((?:https?:\\/\\/|mailto:)[^\\s<>\"'`()]+)\\)",
    "((?:https?:\\/\\/|mailto:)[^\\s<>\"'`]+)",
  ].join("|"),
  "i",
);
const DEEPEST = 3;

/**
 * @param {string} body
 * @param {boolean} [calls] whether it calls people
 * @returns {Block[]}
 */
export function blocks(body, calls = false) {
  /** @type {Block[]} */
  const found = [];
  const lines = body.split("\n");
  /** @type {string[]} */
  let plain = [];
  const flush = () => {
    if (plain.length) found.push({ kind: "lines", parts: parts(plain.join("\n"), calls) });
    plain = [];
  };
  for (let at = 0; at < lines.length; at++) {
    const end = FENCE.test(lines[at]) ? lines.indexOf("```", at + 1) : -1;
    const item = ITEM.exec(lines[at]);
    if (end > at) {
      flush();
      found.push({ kind: "code", text: lines.slice(at + 1, end).join("\n") });
      at = end;
    } else if (item) {
      flush();
      const last = found[found.length - 1];
      const ordered = item[1] === undefined;
      // A list that starts at another number would be counted anew: it stays as it was written.
      const goes = last && last.kind === "list" && last.ordered === ordered;
      if (goes && last.kind === "list") last.items.push(parts(item[3], calls));
      else if (ordered && item[2] !== "1") plain.push(lines[at]);
      else found.push({ kind: "list", ordered, items: [parts(item[3], calls)] });
    } else plain.push(lines[at]);
  }
  flush();
  return found;
}

/**
 * @param {string} text
 * @param {boolean} [calls]
 * @param {number} [depth]
 * @returns {Part[]}
 */
export function parts(text, calls = false, depth = 0) {
  /** @type {Part[]} */
  const found = [];
  let rest = text;
  while (rest) {
    const match = depth < DEEPEST ? PIECES.exec(rest) : null;
    if (!match) break;
    const { piece, at } = marked(match, calls, depth);
    found.push(...called(rest.slice(0, at), calls), piece.part);
    rest = rest.slice(at + piece.length);
  }
  return found.concat(called(rest, calls));
}

/** The same in one line without marks, for a quote. @param {string} body */
export function plain(body) {
  /** @param {Part} one @returns {string} */
  const said = (one) => ("parts" in one ? one.parts.map(said).join("") : one.text);
  const lines = blocks(body).flatMap((one) => {
    if (one.kind === "code") return [one.text];
    return one.kind === "lines" ? [one.parts.map(said).join("")] : one.items.map((item) => item.map(said).join(""));
  });
  return lines.join(" ");
}

// Internal

/**
 * @param {RegExpExecArray} match
 * @param {boolean} calls
 * @param {number} depth
 * @returns {{piece: {part: Part, length: number}, at: number}}
 */
function marked(match, calls, depth) {
  const [whole, code, strong, star, low, label, target, address] = match;
  const inside = star ?? low;
  const at = match.index + (inside ? whole.length - inside.length : 0);
  /** @param {Part} part @param {number} length */
  const piece = (part, length) => ({ piece: { part, length }, at });
  if (code !== undefined) return piece({ kind: "code", text: code }, whole.length);
  if (strong !== undefined) return piece({ kind: "strong", parts: parts(strong, calls, depth + 1) }, whole.length);
  if (inside) return piece({ kind: "em", parts: parts(inside.slice(1, -1), calls, depth + 1) }, inside.length);
  if (label !== undefined) return piece({ kind: "link", text: label, href: target }, whole.length);
  const href = trimmed(address);
  return piece({ kind: "link", text: href.replace(/^mailto:/i, ""), href }, href.length);
}

/**
 * Plain text, and in it the people it calls by their calls.
 *
 * @param {string} text
 * @param {boolean} calls
 * @returns {Part[]}
 */
function called(text, calls) {
  /** @type {Part[]} */
  const found = [];
  let from = 0;
  for (const match of calls ? text.matchAll(/(^|[^\w@])(@[\w.-]{2,64})/g) : []) {
    const at = (match.index ?? 0) + match[1].length;
    if (at > from) found.push({ kind: "text", text: text.slice(from, at) });
    from = at + match[2].length;
    found.push({ kind: "mention", text: match[2] });
  }
  if (from < text.length) found.push({ kind: "text", text: text.slice(from) });
  return found;
}

/**
 * The full stop after an address ends the sentence, not the address.
 *
 * @param {string} address
 */
function trimmed(address) {
  const bare = address.replace(/[.,;:!?*_]+$/, "");
  return bare.endsWith(")") && !bare.includes("(") ? bare.slice(0, -1) : bare;
}
