// @ts-check
/** Short words that come and go by themselves, with at most one deed. No DOM. */

import { Observable } from "./observable.js";

/** @typedef {{label: string, run: () => void}} Deed */
/** @typedef {{key: number, text: string, icon: string, deed: Deed | null}} Toast */

const READING_MS = 5_000;
const DECIDING_MS = 8_000;

export class Toasts extends Observable {
  /** @param {(run: () => void, ms: number) => void} later */
  constructor(later) {
    super();
    this.later = later;
    /** @type {Toast[]} */
    this.items = [];
    this.number = 0;
  }

  /**
   * @param {string} text
   * @param {{icon?: string, deed?: Deed, ms?: number}} [more] `ms`: how long the deed can be done
   * @returns {number} for `close`
   */
  say(text, more = {}) {
    const key = ++this.number;
    this.items = this.items.concat([{ key, text, icon: more.icon ?? "check", deed: more.deed ?? null }]);
    this.later(() => this.close(key), more.ms ?? (more.deed ? DECIDING_MS : READING_MS));
    this.changed();
    return key;
  }

  /** @param {number} key */
  close(key) {
    this.items = this.items.filter((toast) => toast.key !== key);
    this.changed();
  }
}
