// @ts-check
/** The messages of one room that this page holds: a window by `seq`. Must not talk to the box. */

import { Observable } from "./observable.js";

/** @typedef {import("../types.js").Message} Message */
/** @typedef {import("../types.js").Person} Person */
/** @typedef {{after: number, person: Person, here: boolean}} Notice */

// So many stand in the page; what is further away comes back from the box when somebody scrolls there.
export const MOST = 120;
// What comes meanwhile may stand on top of them for a while: the far end is not cut at each message.
const SLACK = 40;

export class Conversation extends Observable {
  /** @param {string} room */
  constructor(room) {
    super();
    this.room = room;
    /** @type {"new" | "loading" | "ready" | "failed"} */
    this.state = "new";
    this.failure = "";
    /** @type {Message[]} in the order of `seq` */
    this.messages = [];
    /** @type {Notice[]} */
    this.notices = [];
    this.unreadAfter = 0;
    this.atStart = false;
    // Whether the newest message of the room is among them; where not, news only move the room's head.
    this.atEnd = true;
    this.loadingOlder = false;
    this.loadingNewer = false;
    // Whether the person reads along at the end: then it is the beginning that is let go.
    this.following = true;
    // Where the person reads: the first message before the eyes.
    this.place = 0;
    // Counts the windows: an answer for an earlier one is of no use.
    this.windows = 0;
    // While history comes in nothing of it is read aloud.
    this.silent = false;
    // The message that the view is to go to; 0 when there is none.
    this.wanted = 0;
    /** @type {Map<number, Message | null>} quoted ones that are not in the window; null: asked for, or gone */
    this.far = new Map();
  }

  get oldest() {
    return this.messages.length ? this.messages[0].seq : 0;
  }

  get newest() {
    return this.messages.length ? this.messages[this.messages.length - 1].seq : 0;
  }

  get busy() {
    return this.loadingOlder || this.loadingNewer;
  }

  /**
   * A window somewhere in the room. Anything held before is dropped.
   *
   * @param {Message[]} items
   * @param {number} read
   * @param {boolean} [atEnd] whether the newest message is among them
   */
  fill(items, read, atEnd = true) {
    this.messages = sorted(items);
    this.windows += 1;
    this.notices = [];
    this.unreadAfter = read;
    this.atStart = this.messages.length === 0 || this.oldest <= 1;
    this.atEnd = atEnd;
    this.loadingOlder = this.loadingNewer = false;
    this.state = "ready";
    this.changed();
  }

  /**
   * @param {Message[]} items
   * @param {boolean} more whether the box holds even older ones
   */
  prepend(items, more) {
    this.merge(items);
    this.atStart = !more || this.oldest <= 1;
    this.loadingOlder = false;
    if (this.messages.length > MOST) this.keepFirst();
    this.changed();
  }

  /**
   * @param {Message[]} items
   * @param {boolean} more whether the box holds even newer ones
   */
  append(items, more) {
    this.merge(items);
    this.atEnd = !more;
    this.loadingNewer = false;
    if (this.messages.length > MOST) this.keepLast();
    this.changed();
  }

  /**
   * @param {Message} message
   * @returns {boolean} false when something between is missing: the caller fetches it
   */
  add(message) {
    if (this.state !== "ready") return true;
    if (message.seq <= this.newest) {
      this.replace(message);
      return true;
    }
    // It stands further down: it comes when somebody scrolls there.
    if (!this.atEnd) return true;
    if (this.messages.length && message.seq > this.newest + 1) return false;
    this.messages = this.messages.concat([message]);
    if (this.messages.length > MOST + SLACK) this.following ? this.keepLast() : this.keepFirst();
    this.changed();
    return true;
  }

  /** @param {Message} message */
  replace(message) {
    const at = this.messages.findIndex((one) => one.seq === message.seq);
    if (at < 0) return;
    if ((message.ev ?? 0) < (this.messages[at].ev ?? 0)) return; // of two copies the later one stands
    this.messages = this.messages.slice();
    this.messages[at] = message;
    this.changed();
  }

  /**
   * @param {number} seq
   * @param {Partial<Message>} change
   */
  amend(seq, change) {
    const message = this.messages.find((one) => one.seq === seq);
    if (message) this.replace(Object.assign({}, message, change));
  }

  /**
   * @param {{seq: number, ev: number, user: Person, emoji: string, on: boolean}} change
   */
  react({ seq, ev, user, emoji, on }) {
    const message = this.messages.find((one) => one.seq === seq);
    if (!message || ev <= (message.ev ?? 0)) return;
    const before = message.reactions ?? [];
    const known = before.some((one) => one.emoji === emoji);
    const all = known ? before : before.concat([{ emoji, users: [] }]);
    const reactions = all.map((one) => {
      if (one.emoji !== emoji) return one;
      const others = one.users.filter((id) => id !== user.id);
      return { emoji, users: on ? others.concat([user.id]) : others };
    });
    this.amend(seq, { ev, reactions: reactions.filter((one) => one.users.length) });
  }

  /** The view goes to this message. @param {number} seq */
  show(seq) {
    this.wanted = seq;
    this.changed();
  }

  /**
   * A file that messages bring was scanned, released or rejected.
   *
   * @param {string} id
   * @param {{state: string, scan?: string}} change
   */
  file(id, change) {
    for (const message of this.messages) {
      if (!message.files?.some((file) => file.id === id)) continue;
      const files = message.files.map((file) => (file.id === id ? Object.assign({}, file, change) : file));
      this.amend(message.seq, { files });
    }
  }

  /**
   * @param {Person} person
   * @param {boolean} here
   */
  notice(person, here) {
    if (this.state !== "ready" || !this.atEnd) return;
    this.notices = this.notices.concat([{ after: this.newest, person, here }]);
    this.changed();
  }

  /** The unread line goes when the person has left the room and comes back. */
  settle() {
    this.unreadAfter = this.newest;
  }

  /** @param {boolean} on whether the person reads along at the end */
  follow(on) {
    this.following = on;
    if (!on || this.messages.length <= MOST + SLACK) return;
    this.keepLast();
    this.changed();
  }

  /** @param {"loadingOlder" | "loadingNewer"} which @param {boolean} on */
  busyWith(which, on) {
    this[which] = on;
    if (on) this.silent = true;
    this.changed();
  }

  /** History is in its place: what comes from now on is news. */
  speak() {
    this.silent = false;
    this.changed();
  }

  /** What a quote shows. @param {number} seq @returns {Message | null | undefined} undefined: not asked for yet */
  said(seq) {
    return this.messages.find((one) => one.seq === seq) ?? this.far.get(seq);
  }

  /** @param {number} seq @param {Message | null} message */
  quote(seq, message) {
    this.far.set(seq, message);
    this.changed();
  }

  /** @param {string} code */
  fail(code) {
    this.state = "failed";
    this.failure = code;
    this.loadingOlder = this.loadingNewer = false;
    this.changed();
  }

  loading() {
    this.state = "loading";
    this.changed();
  }

  // Internal

  /** @param {Message[]} items */
  merge(items) {
    const known = new Set(this.messages.map((message) => message.seq));
    this.messages = sorted(items.filter((message) => !known.has(message.seq)).concat(this.messages));
  }

  keepFirst() {
    this.messages = this.messages.slice(0, MOST);
    this.atEnd = false;
    this.notices = this.notices.filter((one) => one.after < this.newest);
  }

  keepLast() {
    this.messages = this.messages.slice(-MOST);
    this.atStart = false;
    this.notices = this.notices.filter((one) => one.after >= this.oldest);
  }
}

/** @param {Message[]} items */
function sorted(items) {
  return items.slice().sort((left, right) => left.seq - right.seq);
}
