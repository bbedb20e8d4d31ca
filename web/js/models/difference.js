// @ts-check
/** What one state of the box has otherwise than another, page by page. No DOM. */

import { Observable } from "./observable.js";

/** @typedef {import("../types.js").Changes} Changes */
/** @typedef {import("../types.js").ChangedItem} ChangedItem */
/** @typedef {import("../types.js").Sum} Sum */
/** @typedef {"files" | "messages" | "rooms" | "members"} Kind */
/** @typedef {"" | "added" | "changed" | "removed"} Change */

export const KINDS = /** @type {const} */ (["files", "messages", "rooms", "members"]);
export const CHANGES = /** @type {const} */ (["", "added", "changed", "removed"]);

/** @param {Sum} sum */
export const all = (sum) => sum.added + sum.changed + sum.removed;

export class Difference extends Observable {
  /**
   * @param {{get: (path: string) => Promise<any>}} api
   * @param {string} path what is asked, `/api/stable/difference` or a comparison
   * @param {Kind | ""} kind none: the numbers alone
   */
  constructor(api, path, kind = "") {
    super();
    this.api = api;
    this.path = path;
    this.kind = kind;
    this.query = "";
    /** @type {Change} */
    this.change = "";
    /** @type {Changes["summary"] | null} */
    this.summary = null;
    /** @type {ChangedItem[] | null} */
    this.items = null;
    /** @type {string | null} */
    this.next = null;
    this.failure = "";
    this.round = 0;
  }

  /** @param {{kind?: Kind, query?: string, change?: Change}} wanted */
  look(wanted) {
    Object.assign(this, wanted);
    return this.load();
  }

  /** The first kind that has something, once the numbers are known. */
  async begin() {
    await this.load();
    const { summary } = this;
    if (!summary) return;
    const kind = KINDS.find((one) => all(summary[one]) > 0);
    if (kind) await this.look({ kind });
  }

  load() {
    return this.ask("", []);
  }

  more() {
    return this.ask(this.next ?? "", this.items ?? []);
  }

  // Internal

  /** @param {string} after @param {ChangedItem[]} before */
  async ask(after, before) {
    const round = ++this.round;
    const wanted = { kind: this.kind, q: this.query, change: this.change, after };
    const words = Object.entries(wanted).filter(([, value]) => value);
    const asked = words.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
    const path = this.path + (asked ? (this.path.includes("?") ? "&" : "?") + asked : "");
    try {
      /** @type {Changes} */
      const found = await this.api.get(path);
      if (round !== this.round) return;
      this.summary = found.summary;
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
