// @ts-check
/** Messages on their way: they survive a reload and a blink of the network, and never go twice. */

import { Observable } from "./observable.js";

/** @typedef {import("../types.js").Outgoing} Outgoing */
/** @typedef {import("../types.js").Attachment} Attachment */
/** @typedef {Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">} Storage */
/** @typedef {{code?: string, params?: Record<string, unknown>}} Failure */
/**
 * @typedef {{storage: Storage, cid: () => string, now: () => number,
 *   deliver: (entry: Outgoing) => Promise<void>, later: (run: () => void, ms: number) => void}} Wiring
 */

const PREFIX = "pichat.outbox.";
// Waiting helps with these; the others need a person.
const PASSING = new Set(["offline", "rate_limited", "busy"]);

export class Outbox extends Observable {
  /** @param {Wiring} wiring */
  constructor(wiring) {
    super();
    this.wiring = wiring;
    /** @type {Outgoing[]} */
    this.entries = [];
    /** @type {Outgoing[]} written in an epoch that is over: never sent by itself */
    this.stranded = [];
    this.prefix = "";
    this.busy = false;
  }

  /**
   * @param {string} epoch
   * @param {string} user
   */
  open(epoch, user) {
    const prefix = `${PREFIX}${epoch}.${user}.`;
    if (prefix === this.prefix) return;
    this.prefix = prefix;
    const mine = new RegExp(`^${PREFIX.replace(/\./g, "\\.")}[^.]*\\.${user}\\.`);
    const keys = this.keys().filter((key) => mine.test(key));
    const old = keys.filter((key) => !key.startsWith(prefix));
    this.entries = this.stored(keys.filter((key) => key.startsWith(prefix)));
    this.stranded = this.stored(old);
    for (const key of old) this.wiring.storage.removeItem(key);
    this.changed();
  }

  /** @param {string} room */
  of(room) {
    return this.entries.filter((entry) => entry.room === room);
  }

  /**
   * @param {string} room
   * @param {string} body
   * @param {Attachment[]} [files]
   * @param {number} [replyTo] the `seq` that it answers
   */
  add(room, body, files = [], replyTo) {
    const { cid, now } = this.wiring;
    /** @type {Outgoing} */
    const entry = { cid: cid(), room, body, files, ts: now(), state: "pending", code: "", reply_to: replyTo };
    this.entries = this.entries.concat([entry]);
    this.keep(entry);
    this.changed();
    this.flush();
  }

  /** @param {string} cid */
  retry(cid) {
    this.put(cid, { state: "pending", code: "" });
    this.flush();
  }

  /** @param {string} cid */
  drop(cid) {
    this.entries = this.entries.filter((entry) => entry.cid !== cid);
    this.wiring.storage.removeItem(this.prefix + cid);
    this.changed();
  }

  /** Sends what waits, one after the other so that order is kept. */
  async flush() {
    if (this.busy) return;
    this.busy = true;
    try {
      for (let entry = this.next(); entry && (await this.attempt(entry)); entry = this.next());
    } finally {
      this.busy = false;
    }
  }

  // Internal

  next() {
    return this.entries.find((entry) => entry.state === "pending");
  }

  /**
   * @param {Outgoing} entry
   * @returns {Promise<boolean>} whether to go on with the next one
   */
  async attempt(entry) {
    const prefix = this.prefix;
    this.put(entry.cid, { state: "sending" });
    try {
      await this.wiring.deliver(entry);
    } catch (error) {
      return prefix !== this.prefix || this.failed(entry, /** @type {Failure} */ (error));
    }
    if (prefix === this.prefix) this.drop(entry.cid);
    return true;
  }

  /**
   * @param {Outgoing} entry
   * @param {Failure} error
   */
  failed(entry, error) {
    const code = error.code ?? "internal";
    if (!PASSING.has(code)) {
      this.put(entry.cid, { state: "failed", code });
      return true;
    }
    this.put(entry.cid, { state: "pending" });
    if (code !== "offline") {
      const wait = Number(error.params?.retry_ms) || 1000;
      this.wiring.later(() => this.flush(), wait);
    }
    return false;
  }

  /**
   * @param {string} cid
   * @param {Partial<Outgoing>} change
   */
  put(cid, change) {
    const entry = this.entries.find((one) => one.cid === cid);
    if (!entry) return;
    const next = Object.assign({}, entry, change);
    this.entries = this.entries.map((one) => (one === entry ? next : one));
    this.keep(next);
    this.changed();
  }

  /**
   * A key for each message, so that two tabs do not write over one another.
   *
   * @param {Outgoing} entry
   */
  keep(entry) {
    try {
      this.wiring.storage.setItem(this.prefix + entry.cid, JSON.stringify(entry));
    } catch {
      // Storage is full or forbidden: the message still goes, it only would not survive a reload.
    }
  }

  keys() {
    const { storage } = this.wiring;
    return Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? "");
  }

  /**
   * @param {string[]} keys
   * @returns {Outgoing[]} in the order of writing; what was on its way is to be sent again
   */
  stored(keys) {
    /** @type {Outgoing[]} */
    const found = [];
    for (const key of keys) {
      try {
        const entry = JSON.parse(this.wiring.storage.getItem(key) ?? "");
        found.push(entry.state === "sending" ? Object.assign(entry, { state: "pending" }) : entry);
      } catch {
        this.wiring.storage.removeItem(key);
      }
    }
    return found.sort((left, right) => left.ts - right.ts);
  }
}
