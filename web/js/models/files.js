// @ts-check
/** The list of files as one page knows it. No DOM. */

import { lies } from "./folders.js";
import { Observable } from "./observable.js";

/** @typedef {import("../types.js").FileEntry} FileEntry */
/** @typedef {{get: (path: string) => Promise<any>, delete: (path: string) => Promise<any>,
 *   post: (path: string, body?: object) => Promise<any>, patch: (path: string, body: object) => Promise<any>}} Api */

/** @typedef {"all" | "mine" | "goes" | "waiting" | "checked" | "held"} Kind */
/** @typedef {Kind | `owner:${string}`} Show */

const AGAIN_MS = 1_000;
// A little less than the box waits.
export const UNDO_MS = 55_000;
/** @type {Record<string, string>} */
const ASKED = {
  mine: "&owner=me",
  goes: "&stable=0",
  waiting: "&state=quarantined",
  checked: "&state=released",
  held: "&scan=flagged",
};

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
    this.folder = "";
    /** @type {FileEntry[]} deleted here a moment ago: each can be had back */
    this.deleted = [];
    /** @type {Set<string> | null} chosen for something together; null while nobody chooses */
    this.picked = null;
    this.round = 0;
  }

  /**
   * @param {string} query
   * @param {string} sort
   * @param {Show} [show]
   */
  look(query, sort, show = "all") {
    Object.assign(this, { query, sort, show });
    return this.load();
  }

  /** What lies in one folder, and in those inside of it. @param {string} folder */
  enter(folder) {
    if (folder === this.folder && this.state !== "new") return this.load();
    // What lay elsewhere must not stand under the name of this one.
    Object.assign(this, { folder, items: [], next: null, state: "loading" });
    if (this.picked) this.picked = new Set();
    return this.load();
  }

  /** @param {boolean} all every one of the list, or none */
  pickAll(all) {
    this.picked = new Set(all ? this.items.map((item) => item.id) : []);
    this.changed();
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

  /** @param {string[]} ids @returns {Promise<{url: string, size: number}>} */
  zip(ids) {
    return this.api.post("/api/uploads/zip", { ids });
  }

  /** All that lies in the folder that is looked at, also what is not shown yet. @returns {Promise<string[]>} */
  async everyId() {
    /** @type {string[]} */
    const ids = [];
    let after = "";
    for (;;) {
      const folder = encodeURIComponent(this.folder);
      /** @type {{items: FileEntry[], next: string | null}} */
      const page = await this.api.get(`/api/uploads?sort=name&folder=${folder}${after}`);
      ids.push(...page.items.filter((item) => !heldBack(standing(item))).map((item) => item.id));
      if (!page.next) return ids;
      after = `&after=${encodeURIComponent(page.next)}`;
    }
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

  /** @param {FileEntry} entry */
  async remove(entry) {
    await this.api.delete(`/api/uploads/${encodeURIComponent(entry.id)}`);
    this.deleted = [entry].concat(this.deleted);
    this.gone(entry.id);
    this.later(() => this.past(entry.id), UNDO_MS);
  }

  /** Undoes a deletion, for a minute. @param {string} id */
  async restore(id) {
    try {
      this.arrived(await this.api.post(`/api/uploads/${encodeURIComponent(id)}/restore`));
    } finally {
      this.past(id);
    }
  }

  /** It can be undone no more, or has been. @param {string} id */
  past(id) {
    this.deleted = this.deleted.filter((entry) => entry.id !== id);
    this.changed();
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

  /** @param {FileEntry} entry */
  arrived(entry) {
    if (this.state !== "ready" || this.items.some((item) => item.id === entry.id)) return;
    // Elsewhere it comes with the next look, where it belongs.
    if (!/^(all|mine|goes)$/.test(this.show) || this.query || !lies(entry, this.folder)) return;
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
    this.deleted = [];
    this.state = "new";
    this.changed();
  }

  /** Whether folders stand for what lies in them: not while something is looked for everywhere. */
  get folded() {
    return !this.query && this.show === "all";
  }

  /** Those that stand in the list by themselves. */
  get shown() {
    return this.folded ? this.items.filter((item) => (item.folder ?? "") === this.folder) : this.items;
  }

  address() {
    const query = this.query ? `&q=${encodeURIComponent(this.query)}` : "";
    const folder = this.folder ? `&folder=${encodeURIComponent(this.folder)}` : "";
    return `/api/uploads?sort=${encodeURIComponent(this.sort)}${query}${folder}${this.filter()}`;
  }

  filter() {
    const [kind, owner] = this.show.split(":");
    return kind === "owner" ? `&owner=${encodeURIComponent(owner)}` : (ASKED[kind] ?? "");
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

/** The small picture that its uploader's browser drew. @param {string} id */
export const thumbnailPath = (id) => `/api/uploads/${encodeURIComponent(id)}/thumbnail`;

/** Whether a restart takes it away: the box says so of each file. @param {{stable?: boolean}} file */
export const goes = (file) => file.stable === false;
