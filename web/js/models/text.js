// @ts-check
/** What a person wrote, cut into plain parts and links. Must not build markup. */

/** @typedef {{kind: "text" | "link" | "code", text: string}} Part */

const PIECES = /(`[^`\n]+`)|(https?:\/\/[^\s<>"'`]+)/g;

/**
 * @param {string} body
 * @returns {Part[]}
 */
export function parts(body) {
  /** @type {Part[]} */
  const found = [];
  let from = 0;
  for (const match of body.matchAll(PIECES)) {
    const at = match.index ?? 0;
    const piece = match[1] ? match[0] : trimmed(match[0]);
    if (at > from) found.push({ kind: "text", text: body.slice(from, at) });
    if (match[1]) found.push({ kind: "code", text: piece.slice(1, -1) });
    else found.push({ kind: "link", text: piece });
    from = at + piece.length;
  }
  if (from < body.length) found.push({ kind: "text", text: body.slice(from) });
  return found;
}

/**
 * The full stop after an address ends the sentence, not the address.
 *
 * @param {string} address
 */
function trimmed(address) {
  const bare = address.replace(/[.,;:!?]+$/, "");
  return bare.endsWith(")") && !bare.includes("(") ? bare.slice(0, -1) : bare;
}
