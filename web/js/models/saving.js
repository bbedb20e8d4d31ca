// @ts-check
/** What somebody chooses to save, and what that would take. No DOM. */

import { Observable } from "./observable.js";

/** @typedef {import("../types.js").Estimate} Estimate */
/** @typedef {"kinds" | "rooms" | "files"} Part */

const PAUSE_MS = 300;

export class Saving extends Observable {
  /**
   * @param {{post: (path: string, body: object) => Promise<any>}} api
   * @param {(run: () => void, ms: number) => void} later
   */
  constructor(api, later) {
    super();
    this.api = api;
    this.later = later;
    this.whole = true;
    this.kept = false;
    /** @type {Record<Part, Set<string>>} */
    this.parts = { kinds: new Set(), rooms: new Set(), files: new Set() };
    /** @type {Estimate | null} */
    this.estimate = null;
    /** @type {unknown} */
    this.failure = null;
    this.round = 0;
  }

  /** @param {boolean} whole everything, or a choice */
  all(whole) {
    this.whole = whole;
    this.reckon();
  }

  /** @param {Part} part @param {string} name */
  toggle(part, name) {
    if (!this.parts[part].delete(name)) this.parts[part].add(name);
    this.reckon();
  }

  keep() {
    this.kept = !this.kept;
    this.reckon();
  }

  /** Nothing is chosen yet. */
  get empty() {
    const { kinds, rooms, files } = this.parts;
    return !this.whole && !this.kept && !kinds.size && !rooms.size && !files.size;
  }

  /** As the box wants it. @param {boolean} flagged whether what looks dangerous goes in */
  body(flagged) {
    const { kinds, rooms, files } = this.parts;
    const only = { kinds: [...kinds], rooms: [...rooms], files: [...files], kept: this.kept };
    return Object.assign({ include_flagged: flagged }, this.whole ? {} : { only });
  }

  /** Asks what it would take, a moment after the last change. */
  reckon() {
    const round = ++this.round;
    this.estimate = null;
    this.failure = null;
    this.changed();
    if (this.empty) return;
    this.later(() => {
      if (round === this.round) this.ask(round);
    }, PAUSE_MS);
  }

  // Internal

  /** @param {number} round */
  async ask(round) {
    try {
      const found = await this.api.post("/api/stable/estimate", this.body(false));
      if (round !== this.round) return;
      this.estimate = found;
    } catch (error) {
      if (round !== this.round) return;
      this.failure = error;
    }
    this.changed();
  }
}
