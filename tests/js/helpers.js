// @ts-check
/** What several tests need: a clock that stands still, a storage, sentences of both languages. */

import { readdirSync } from "node:fs";
import { Format } from "../../web/js/models/format.js";
import { translator } from "../../web/js/models/words.js";

const I18N = new URL("../../web/i18n/", import.meta.url);

/** @param {string} language @returns {Promise<Record<string, string>>} every area of it */
async function allWords(language) {
  const found = await Promise.all(
    readdirSync(new URL(language, I18N)).map((name) => import(new URL(`${language}/${name}`, I18N).href)),
  );
  return Object.assign({}, ...found.map((module) => module.default));
}

export const [es, en] = await Promise.all(["es", "en"].map(allWords));

/** @param {"es" | "en"} [language] */
export function speaking(language = "es") {
  const t = translator(language === "es" ? es : en);
  return { t, format: new Format(language === "es" ? "es-ES" : "en-GB", t) };
}

/** Timers that fire when the test says so. */
export class Clock {
  constructor() {
    this.now = 1_000_000;
    /** @type {{id: number, at: number, run: () => void}[]} */
    this.due = [];
    this.number = 0;
  }

  /** @param {() => void} run @param {number} ms */
  setTimeout(run, ms) {
    const id = ++this.number;
    this.due.push({ id, at: this.now + ms, run });
    return id;
  }

  /** @param {number} id */
  clearTimeout(id) {
    this.due = this.due.filter((one) => one.id !== id);
  }

  /** @param {number} ms */
  pass(ms) {
    const end = this.now + ms;
    for (;;) {
      const next = this.due.filter((one) => one.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.clearTimeout(next.id);
      this.now = next.at;
      next.run();
    }
    this.now = end;
  }
}

export class MemoryStorage {
  constructor() {
    /** @type {Map<string, string>} */
    this.map = new Map();
  }

  get length() {
    return this.map.size;
  }

  /** @param {string} key */
  getItem(key) {
    return this.map.get(key) ?? null;
  }

  /** @param {string} key @param {string} value */
  setItem(key, value) {
    this.map.set(key, value);
  }

  /** @param {string} key */
  removeItem(key) {
    this.map.delete(key);
  }

  /** @param {number} at */
  key(at) {
    return Array.from(this.map.keys())[at] ?? null;
  }
}

/** Lets promises that are ready go on. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));

/**
 * @param {number} seq
 * @param {Partial<import("../../web/js/types.js").Message>} [more]
 * @returns {import("../../web/js/types.js").Message}
 */
export function message(seq, more = {}) {
  const from = { id: "u2", name: "Ana" };
  return Object.assign({ id: `m${seq}`, seq, from, cid: `c${seq}`, ts: 1_700_000_000_000 + seq, body: `${seq}` }, more);
}
