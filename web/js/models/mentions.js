// @ts-check
/** Naming somebody with @: whom the word before the caret may mean. No DOM. */

/** @typedef {{id: string, name: string, username?: string}} Callable */

const MOST = 6;
const CALL = /(^|[^\w@])@([\p{L}\p{N}_.-]{0,64})$/u;

/** Without capitals and accents: "Jose" finds "José". @param {string} text */
export const folded = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

/**
 * The call that is being written where the caret stands.
 *
 * @param {string} text
 * @param {number} caret
 * @returns {{from: number, word: string} | null}
 */
export function callAt(text, caret) {
  const found = CALL.exec(text.slice(0, caret));
  return found && { from: caret - found[2].length - 1, word: found[2] };
}

/**
 * Whom it may mean, those with a word that begins so first.
 *
 * @template {Callable} T
 * @param {T[]} people
 * @param {string} word
 * @param {string} me
 * @returns {T[]}
 */
export function callable(people, word, me) {
  const wanted = folded(word);
  /** @param {T} one */
  const rank = (one) => {
    const [name, username] = [folded(one.name), folded(one.username ?? "")];
    if (username.startsWith(wanted) || ` ${name}`.includes(` ${wanted}`)) return 0;
    return username.includes(wanted) || name.includes(wanted) ? 1 : 2;
  };
  const seen = new Set([me]);
  const others = people.filter((one) => one.username && !seen.has(one.id) && seen.add(one.id));
  const found = others.filter((one) => rank(one) < 2);
  return found.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name)).slice(0, MOST);
}

/**
 * @param {string} text
 * @param {{from: number, word: string}} call
 * @param {string} username
 * @returns {{text: string, caret: number}}
 */
export function called(text, call, username) {
  const before = `${text.slice(0, call.from)}@${username}`;
  const after = text.slice(call.from + 1 + call.word.length);
  const gap = /^[\s,.;:!?)]/.test(after) ? "" : " ";
  const caret = before.length + (gap || after.startsWith(" ") ? 1 : 0);
  return { text: before + gap + after, caret };
}

/** Whether a call in a text names this user name; a full stop after it ends the sentence. @param {string} call @param {string} username */
export const names = (call, username) => folded(call.slice(1).replace(/[._-]+$/, "")) === folded(username);
