// @ts-check
/** What somebody is about to say in each room: words, and files that may still be on their way. No DOM. */

import { Observable } from "./observable.js";

/** @typedef {import("../types.js").Attachment} Attachment */
/** @typedef {import("../types.js").Message} Message */
/** @typedef {{text: string, files: Attachment[], coming: number[], sendWhenThere: boolean,
 *   reply?: Message | null, editing?: Message | null, before?: string}} Draft */
/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">} Kept */
/** @typedef {{storage: Kept, now: () => number, lasting: (room: string) => boolean}} Keeping */

const PREFIX = "pichat.draft.";
const MOST_KEPT = 50;
const MOST_CHARS = 20_000;

export class Drafts extends Observable {
  /**
   * @param {(room: string, body: string, files: Attachment[], replyTo?: number) => void} send
   * @param {Keeping | null} [keeping] where they survive a reload; `lasting`: whether this room's may be written down
   */
  constructor(send, keeping = null) {
    super();
    this.send = send;
    this.keeping = keeping;
    this.user = "";
    this.epoch = "";
    /** @type {Map<string, Draft>} */
    this.byRoom = new Map();
  }

  /**
   * What this person was writing when the page went. Of another life of the box the words are left, nothing else.
   *
   * @param {string} epoch
   * @param {string} user
   */
  open(epoch, user) {
    if (epoch === this.epoch && user === this.user) return;
    if (user !== this.user) this.byRoom.clear();
    Object.assign(this, { epoch, user });
    for (const [room, kept] of this.kept(`${PREFIX}${user}.`)) {
      if (this.byRoom.has(room)) continue;
      const { text = "", files = [], reply, editing, before } = kept;
      const whole = kept.epoch === epoch;
      this.byRoom.set(room, { text, coming: [], sendWhenThere: false, files: whole ? files : [] });
      if (whole) Object.assign(this.of(room), { reply, editing, before });
    }
    this.changed();
  }

  /** @param {string} room */
  of(room) {
    const draft = this.byRoom.get(room) ?? { text: "", files: [], coming: [], sendWhenThere: false };
    this.byRoom.set(room, draft);
    return draft;
  }

  /**
   * @param {string} room
   * @param {string} text
   */
  write(room, text) {
    this.of(room).text = text;
    this.keep(room);
  }

  /**
   * @param {string} room
   * @param {Message | null} message
   */
  reply(room, message) {
    Object.assign(this.of(room), { reply: message && slim(message) });
    this.keep(room);
  }

  /**
   * One's own message, in the place where one writes; null gives it up, and what stood there is back.
   *
   * @param {string} room
   * @param {Message | null} message
   */
  edit(room, message) {
    const draft = this.of(room);
    const before = draft.editing ? draft.before : draft.text;
    const text = message ? message.body : draft.editing ? (before ?? "") : "";
    Object.assign(draft, { reply: null, editing: message && slim(message), text, before: message ? before : "" });
    this.keep(room);
  }

  /**
   * @param {string} room
   * @param {number} key of the upload
   */
  expect(room, key) {
    this.of(room).coming.push(key);
    this.changed();
  }

  /**
   * @param {string} room
   * @param {number} key
   * @param {Attachment} file
   */
  arrived(room, key, file) {
    const draft = this.of(room);
    if (!draft.coming.includes(key)) return;
    this.forget(room, key);
    draft.files = draft.files.concat([file]);
    if (draft.sendWhenThere && !draft.coming.length) this.post(room);
    this.keep(room);
  }

  /**
   * The upload failed or was given up: what was written waits for the person.
   *
   * @param {string} room
   * @param {number} key
   */
  forget(room, key) {
    const draft = this.of(room);
    draft.coming = draft.coming.filter((one) => one !== key);
    this.changed();
  }

  /**
   * @param {string} room
   * @param {string} id
   */
  detach(room, id) {
    const draft = this.of(room);
    draft.files = draft.files.filter((file) => file.id !== id);
    this.keep(room);
  }

  /**
   * Sends it, at once or when the last file has arrived. False when there is nothing to send.
   *
   * @param {string} room
   */
  post(room) {
    const draft = this.of(room);
    if (draft.coming.length) {
      draft.sendWhenThere = true;
      this.changed();
      return true;
    }
    const body = draft.text.trim();
    if (!body && !draft.files.length) return false;
    this.byRoom.delete(room);
    this.send(room, body, draft.files, draft.reply?.seq);
    this.keep(room);
    return true;
  }

  /** Files and messages are gone with a reset; the words are not. */
  dropFiles() {
    const nothing = { files: [], coming: [], sendWhenThere: false, reply: null, editing: null };
    for (const draft of this.byRoom.values()) Object.assign(draft, nothing);
    this.changed();
  }

  /** The next person in this page finds nothing of it; who comes back does. */
  clear() {
    Object.assign(this, { epoch: "", user: "" });
    this.byRoom.clear();
    this.changed();
  }

  /** The person signed out: nothing of it stays in this browser. */
  erase() {
    for (const [room] of this.kept(`${PREFIX}${this.user}.`)) this.keeping?.storage.removeItem(this.key(room));
    this.clear();
  }

  // Internal

  /** @param {string} room */
  key(room) {
    return `${PREFIX}${this.user}.${room}`;
  }

  /** @param {string} room */
  keep(room) {
    const { storage, now, lasting } = this.keeping ?? {};
    if (storage && now && lasting && this.user && lasting(room)) {
      const { text = "", files = [], reply, editing, before } = this.byRoom.get(room) ?? {};
      const kept = { epoch: this.epoch, ts: now(), text: text.slice(0, MOST_CHARS), files, reply, editing, before };
      try {
        if (text || files.length || reply || editing) storage.setItem(this.key(room), JSON.stringify(kept));
        else storage.removeItem(this.key(room));
        this.thin(storage);
      } catch {
        // Storage is full or forbidden: what is written lasts as long as the page.
      }
    }
    this.changed();
  }

  /** @param {Kept} storage */
  thin(storage) {
    const all = this.kept(PREFIX);
    if (all.length <= MOST_KEPT) return;
    all.sort(([, left], [, right]) => right.ts - left.ts);
    for (const [key] of all.slice(MOST_KEPT)) storage.removeItem(PREFIX + key);
  }

  /** @param {string} prefix @returns {[string, any][]} what follows the prefix, and what is kept there */
  kept(prefix) {
    const { storage } = this.keeping ?? {};
    if (!storage || prefix === `${PREFIX}.`) return [];
    const keys = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? "");
    return keys
      .filter((key) => key.startsWith(prefix))
      .map((key) => [key.slice(prefix.length), parsed(storage.getItem(key))]);
  }
}

/** What the place above the words shows of a message. @param {Message} message @returns {Message} */
function slim({ id, seq, from, cid, ts, body, files }) {
  return { id, seq, from, cid, ts, body, files: files?.slice(0, 1) };
}

/** @param {string | null} text */
function parsed(text) {
  try {
    return JSON.parse(text ?? "") ?? {};
  } catch {
    return {};
  }
}
