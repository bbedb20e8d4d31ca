// @ts-check
/** Who came in by a code has no account to be asked about: the browser remembers the name and the room. No DOM. */

/** @typedef {import("../types.js").Me} Me */
/** @typedef {{me: Me, room: string, until: number}} Stay `until`: when the box ends it, by this browser's clock */

export const GUEST_KEY = "pichat.guest";

export class Guest {
  /**
   * @param {Pick<Storage, "getItem" | "setItem" | "removeItem">} storage outlives the page: phones drop sleeping tabs
   * @param {() => number} now
   */
  constructor(storage, now) {
    this.storage = storage;
    this.now = now;
    this.room = "";
  }

  /**
   * @param {Me} me
   * @param {string} room
   * @param {number} seconds how long the box keeps the stay
   */
  began(me, room, seconds) {
    this.room = room;
    try {
      this.storage.setItem(GUEST_KEY, JSON.stringify({ me, room, until: this.now() + seconds * 1000 }));
    } catch {
      // Without a place to keep it a reload asks for the name again.
    }
  }

  /** @returns {Me | null} who one was before the page was loaded again */
  recall() {
    const stay = this.kept();
    if (!stay || !stay.me || !(stay.until > this.now())) return null;
    this.room = stay.room;
    return stay.me;
  }

  ended() {
    this.room = "";
    try {
      this.storage.removeItem(GUEST_KEY);
    } catch {
      // Then it was never kept.
    }
  }

  // Internal

  /** @returns {Stay | null} */
  kept() {
    try {
      return JSON.parse(this.storage.getItem(GUEST_KEY) ?? "null");
    } catch {
      return null;
    }
  }
}
