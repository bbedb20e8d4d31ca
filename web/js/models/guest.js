// @ts-check
/** Who came in by a code has no account to be asked about: the page remembers the name for its tab. No DOM. */

export const GUEST_KEY = "pichat.guest";

/**
 * @param {import("./session.js").Session} session
 * @param {() => Pick<Storage, "getItem">} storage
 */
export function recall(session, storage) {
  if (session.me || !session.status) return;
  try {
    session.me = JSON.parse(storage().getItem(GUEST_KEY) ?? "null");
  } catch {
    return; // storage is forbidden: the door asks again
  }
  if (session.me) session.changed();
}
