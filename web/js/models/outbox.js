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
    this.key = "";
    this.busy = false;
  }

  /**
   * @param {string} epoch
   * @param {string} user
   */
  open(epoch, user) {
    const key = `${PREFIX}${epoch}.${user}`;
    if (key === this.key) return;
    this.key = key;
    this.entries = this.stored(key).map((entry) =>
      entry.state === "sending" ? Object.assign(entry, { state: "pending" }) : entry,
    );
    for (const old of this.oldKeys(user)) {
      this.stranded.push(...this.stored(old));
      this.wiring.storage.removeItem(old);
    }
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
   */
  add(room, body, files = []) {
    const { cid, now } = this.wiring;
    this.entries = this.entries.concat([
      { cid: cid(), room, body, files, ts: now(), state: "pending", code: "" },
    ]);
    this.keep();
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
    this.keep();
  }

  clearStranded() {
    this.stranded = [];
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
    const key = this.key;
    this.put(entry.cid, { state: "sending" });
    try {
      await this.wiring.deliver(entry);
    } catch (error) {
      return key === this.key && this.failed(entry, /** @type {Failure} */ (error));
    }
    if (key === this.key) this.drop(entry.cid);
    return key === this.key;
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
    this.entries = this.entries.map((entry) => (entry.cid === cid ? Object.assign({}, entry, change) : entry));
    this.keep();
  }

  keep() {
    const { storage } = this.wiring;
    try {
      if (this.entries.length) storage.setItem(this.key, JSON.stringify(this.entries));
      else storage.removeItem(this.key);
    } catch {
      // Storage is full or forbidden: the message still goes, it only would not survive a reload.
    }
    this.changed();
  }

  /**
   * @param {string} key
   * @returns {Outgoing[]}
   */
  stored(key) {
    try {
      const entries = JSON.parse(this.wiring.storage.getItem(key) ?? "[]");
      return Array.isArray(entries) ? entries : [];
    } catch {
      return [];
    }
  }

  /** @param {string} user */
  oldKeys(user) {
    const { storage } = this.wiring;
    const keys = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? "");
    return keys.filter((key) => key.startsWith(PREFIX) && key.endsWith(`.${user}`) && key !== this.key);
  }
}
