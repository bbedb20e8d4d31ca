// @ts-check
/** What a power cut interrupted: the earlier sessions, and what one of them holds. No DOM. */

import { Observable } from "./observable.js";

/** @typedef {import("../types.js").EarlierSessions} EarlierSessions */
/** @typedef {import("../types.js").LostThing} LostThing */
/** @typedef {"files" | "messages" | "rooms"} Kind */
/** @typedef {{get: (path: string) => Promise<any>, post: (path: string, body: object) => Promise<any>,
 *   delete: (path: string) => Promise<any>}} Api */

export const KINDS = /** @type {const} */ (["files", "messages", "rooms"]);

export class Earlier extends Observable {
  /** @param {Api} api @param {() => Promise<void>} told reads the state of the box again, after each deed */
  constructor(api, told) {
    super();
    this.api = api;
    this.told = told;
    /** @type {EarlierSessions | null} */
    this.found = null;
    this.failure = "";
  }

  async load() {
    try {
      this.found = await this.api.get("/api/previous");
      this.failure = "";
    } catch (error) {
      this.failure = String(/** @type {any} */ (error).code);
    }
    this.changed();
  }

  /** @param {string} epoch @param {object} choice */
  bringBack(epoch, choice) {
    return this.deed(() => this.api.post("/api/previous/bring-back", Object.assign({ epoch }, choice)));
  }

  /** For good. @param {string} epoch one of them; none: all */
  erase(epoch) {
    return this.deed(() => this.api.delete(`/api/previous${epoch && `/${encodeURIComponent(epoch)}`}`));
  }

  // Internal

  /** @param {() => Promise<any>} run */
  async deed(run) {
    const value = await run();
    await Promise.all([this.load(), this.told().catch(() => {})]);
    return value;
  }
}

export class EarlierThings extends Observable {
  /** @param {{get: (path: string) => Promise<any>}} api @param {string} epoch */
  constructor(api, epoch) {
    super();
    this.api = api;
    this.path = `/api/previous/${encodeURIComponent(epoch)}/items`;
    /** @type {Kind} */
    this.kind = "files";
    this.query = "";
    /** @type {LostThing[] | null} */
    this.items = null;
    /** @type {string | null} */
    this.next = null;
    this.failure = "";
    /** @type {Record<Kind, Set<string>>} */
    this.picked = { files: new Set(), messages: new Set(), rooms: new Set() };
    this.round = 0;
  }

  get count() {
    return KINDS.reduce((sum, kind) => sum + this.picked[kind].size, 0);
  }

  /** @param {string} id */
  pick(id) {
    const picked = this.picked[this.kind];
    if (!picked.delete(id)) picked.add(id);
    this.changed();
  }

  choice() {
    const { files, messages, rooms } = this.picked;
    return { files: [...files], messages: [...messages], rooms: [...rooms] };
  }

  /** What was chosen is done with. */
  done() {
    for (const kind of KINDS) this.picked[kind].clear();
    return this.load();
  }

  /** @param {{kind?: Kind, query?: string}} wanted */
  look(wanted) {
    Object.assign(this, wanted, { items: null });
    return this.load();
  }

  load() {
    return this.ask("", []);
  }

  more() {
    return this.ask(this.next ?? "", this.items ?? []);
  }

  // Internal

  /** @param {string} after @param {LostThing[]} before */
  async ask(after, before) {
    const round = ++this.round;
    const words = `?kind=${this.kind}&q=${encodeURIComponent(this.query)}&after=${encodeURIComponent(after)}`;
    try {
      const found = await this.api.get(this.path + words);
      if (round !== this.round) return;
      this.items = before.concat(found.items);
      this.next = found.next;
      this.failure = "";
    } catch (error) {
      if (round !== this.round) return;
      this.failure = String(/** @type {any} */ (error).code);
    }
    this.changed();
  }
}
