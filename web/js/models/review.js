// @ts-check
/** The files that wait for an administrator, one page at a time. No DOM. */

import { Observable } from "./observable.js";

/** @typedef {import("../types.js").FileEntry} FileEntry */
/** @typedef {import("../types.js").ReviewState} ReviewState */
/** @typedef {import("../types.js").Reason} Reason */
/** @typedef {import("./files.js").Api} Api */
/** @typedef {"held" | "all" | "rejected"} Show */

/** @type {Record<Show, string>} */
const ASKED = {
  held: "state=quarantined&scan=flagged",
  all: "state=quarantined",
  rejected: "state=rejected",
};
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

export class Review extends Observable {
  /** @param {Api} api */
  constructor(api) {
    super();
    this.api = api;
    /** @type {Show} */
    this.show = "held";
    /** @type {FileEntry[] | null} */
    this.items = null;
    /** @type {string | null} */
    this.next = null;
    /** @type {ReviewState | null} */
    this.state = null;
    this.failure = "";
    this.round = 0;
  }

  /** @param {Show} show */
  look(show) {
    this.show = show;
    this.items = null;
    return this.load();
  }

  /** The first page, again. Answers that were overtaken by a newer question are ignored. */
  async load() {
    const round = ++this.round;
    this.changed();
    try {
      const [state, page] = await Promise.all([this.api.get("/api/uploads/review"), this.api.get(this.address())]);
      if (round !== this.round) return;
      this.state = state;
      this.items = page.items;
      this.next = page.next;
      this.failure = "";
    } catch (error) {
      if (round !== this.round) return;
      this.failure = String(/** @type {any} */ (error).code);
    }
    this.changed();
  }

  async more() {
    const round = this.round;
    if (!this.next) return;
    const page = await this.api.get(`${this.address()}&after=${encodeURIComponent(this.next)}`);
    if (round !== this.round) return;
    this.items = (this.items ?? []).concat(page.items);
    this.next = page.next;
    this.changed();
  }

  /**
   * @param {string} id
   * @param {"release" | "reject"} what
   * @param {string} reason for whoever brought it
   */
  async decide(id, what, reason = "") {
    await this.api.post(`/api/uploads/${encodeURIComponent(id)}/${what}`, reason ? { reason } : {});
    await this.load();
  }

  address() {
    return `/api/uploads?${ASKED[this.show]}`;
  }
}

/**
 * Whether the antivirus knows too little of what is about today.
 *
 * @param {ReviewState} state
 * @param {number} now
 */
export function outdated(state, now) {
  const at = state.antivirus.signatures_at;
  return at !== null && now - at > WEEK_MS;
}

/**
 * A reason as a sentence. Sizes and kinds in words; a code that is not known yet is shown as it is.
 *
 * @param {import("./words.js").Translate} t
 * @param {import("./format.js").Format} format
 * @param {Reason} reason
 */
export function reasonSentence(t, format, { code, params }) {
  const key = /** @type {import("./words.js").Key} */ (`reason.${code}`);
  const shown = Object.assign({}, params);
  for (const name of ["size", "packed"]) {
    if (typeof shown[name] === "number") shown[name] = format.size(/** @type {number} */ (shown[name]));
  }
  const kind = `kind.${params.found}`;
  const word = t(/** @type {import("./words.js").Key} */ (kind));
  if (word !== kind) shown.found = word;
  const text = t(key, shown);
  return text === key ? code : text;
}
