// @ts-check
/** The list of files as one page knows it. No DOM. */

import { Observable } from "./observable.js";

/** @typedef {import("../types.js").FileEntry} FileEntry */
/** @typedef {{get: (path: string) => Promise<any>, delete: (path: string) => Promise<any>,
 *   post: (path: string, body?: object) => Promise<any>, patch: (path: string, body: object) => Promise<any>}} Api */

/** @typedef {"all" | "mine" | "waiting" | "checked" | "held"} Show */

const AGAIN_MS = 1_000;
/** @type {Record<Show, string>} */
const ASKED = { all: "", mine: "", waiting: "&state=quarantined", checked: "&state=released", held: "&scan=flagged" };

export class Files extends Observable {
  /**
   * @param {Api} api
   * @param {(run: () => void, ms: number) => void} later
   */
  constructor(api, later) {
    super();
    this.api = api;
    this.later = later;
    this.due = false;
    /** @type {FileEntry[]} */
    this.items = [];
    /** @type {"new" | "loading" | "ready" | "failed"} */
    this.state = "new";
    this.failure = "";
    /** @type {string | null} */
    this.next = null;
    this.query = "";
    this.sort = "-created";
    /** @type {Show} */
    this.show = "all";
    this.me = "";
    /** @type {Set<string> | null} chosen for something together; null while nobody chooses */
    this.picked = null;
    this.round = 0;
  }

  /**
   * @param {string} query
   * @param {string} sort
   * @param {Show} [show]
   * @param {string} [me]
   */
  look(query, sort, show = "all", me = "") {
    Object.assign(this, { query, sort, show, me });
    return this.load();
  }

  /** @param {boolean} on */
  choose(on) {
    this.picked = on ? new Set() : null;
    this.changed();
  }

  /** @param {string} id */
  pick(id) {
    if (!this.picked) return;
    if (!this.picked.delete(id)) this.picked.add(id);
    this.changed();
  }

  /** Those that are chosen and still there. */
  chosen() {
    return this.items.filter((item) => this.picked && this.picked.has(item.id));
  }

  /** @returns {Promise<{url: string, size: number}>} */
  zip() {
    return this.api.post("/api/uploads/zip", { ids: this.chosen().map((item) => item.id) });
  }

  /** The first page, again. Answers that were overtaken by a newer question are ignored. */
  async load() {
    const round = ++this.round;
    if (this.state !== "ready") this.state = "loading";
    this.changed();
    try {
      const page = await this.api.get(this.address());
      if (round !== this.round) return;
      this.items = page.items;
      this.next = page.next;
      this.state = "ready";
    } catch (error) {
      if (round !== this.round) return;
      this.failure = String(/** @type {any} */ (error).code);
      this.state = "failed";
    }
    this.changed();
  }

  async more() {
    const round = this.round;
    if (!this.next) return;
    const page = await this.api.get(`${this.address()}&after=${encodeURIComponent(this.next)}`);
    if (round !== this.round) return;
    const known = new Set(this.items.map((item) => item.id));
    this.items = this.items.concat(page.items.filter((/** @type {FileEntry} */ item) => !known.has(item.id)));
    this.next = page.next;
    this.changed();
  }

  /** @param {string} id */
  async remove(id) {
    await this.api.delete(`/api/uploads/${encodeURIComponent(id)}`);
    this.gone(id);
  }

  /** Undoes a deletion, for a minute. @param {string} id */
  async restore(id) {
    this.arrived(await this.api.post(`/api/uploads/${encodeURIComponent(id)}/restore`));
  }

  /**
   * @param {string} id
   * @param {{name?: string, description?: string, keep?: boolean}} wanted
   */
  async change(id, wanted) {
    const entry = await this.api.patch(`/api/uploads/${encodeURIComponent(id)}`, wanted);
    this.items = this.items.map((item) => (item.id === id ? entry : item));
    this.changed();
  }

  /**
   * @param {string} id
   * @param {"release" | "reject"} decision
   */
  async review(id, decision) {
    await this.api.post(`/api/uploads/${encodeURIComponent(id)}/${decision}`);
    await this.load();
  }

  /** @param {FileEntry} entry */
  arrived(entry) {
    if (this.state !== "ready" || this.items.some((item) => item.id === entry.id)) return;
    if (this.show !== "all" && this.show !== "mine") return; // it comes with the next look, where it belongs
    this.items = [entry].concat(this.items);
    this.changed();
  }

  /**
   * The box says that a file changed: what is shown is read again, once for many.
   *
   * @param {{id: string, state: string}} frame
   */
  event(frame) {
    if (frame.state === "deleted") this.gone(frame.id);
    else if (this.state === "ready" && !this.due) {
      this.due = true;
      this.later(() => this.again(), AGAIN_MS);
    }
  }

  again() {
    this.due = false;
    if (this.state === "ready") this.load();
  }

  /** @param {string} id */
  gone(id) {
    this.items = this.items.filter((item) => item.id !== id);
    this.changed();
  }

  forget() {
    this.round += 1;
    this.items = [];
    this.next = null;
    this.picked = null;
    this.state = "new";
    this.changed();
  }

  address() {
    const query = this.query ? `&q=${encodeURIComponent(this.query)}` : "";
    return `/api/uploads?sort=${encodeURIComponent(this.sort)}${query}${this.filter()}`;
  }

  filter() {
    if (this.show === "mine") return `&owner=${encodeURIComponent(this.me)}`;
    return ASKED[this.show];
  }
}

/** @param {string} id */
export const contentPath = (id) => `/api/uploads/${encodeURIComponent(id)}/content`;

/** @typedef {"held" | "checked" | "waiting" | "scanning" | "unreleased" | "receiving"} Standing */

/**
 * How a file stands, in one word. The box decides who may have it; this only says it beforehand.
 *
 * @param {{state?: string, scan?: string, public_url?: string | null}} file
 * @returns {Standing}
 */
export function standing(file) {
  if (file.state === "rejected") return "held";
  if (file.state === "receiving") return "receiving";
  if (file.state === "released") return "checked";
  if (file.scan === "flagged") return "held";
  if (file.scan === "pending") return "scanning";
  return file.public_url === null ? "unreleased" : "waiting";
}

/** Standings in which only administrators have the bytes. @param {Standing} how */
export const heldBack = (how) => how === "held" || how === "scanning" || how === "unreleased" || how === "receiving";

/**
 * Whether a restart takes it away for sure. What was there when the box was saved may have been left out of it.
 *
 * @param {{created: number}} file
 * @param {{stable?: {saved_at: number} | null} | null} status
 */
export function goes(file, status) {
  if (!status || status.stable === undefined) return false;
  return status.stable === null || file.created > status.stable.saved_at;
}
