// @ts-check
/** The saved generations of the box, for administrators. No DOM. */

import { Observable } from "./observable.js";

/** @typedef {import("../types.js").Generations} Found */
/** @typedef {import("../net/api.js").Api} Api */

export class GenerationList extends Observable {
  /**
   * @param {Api} api
   * @param {() => Promise<void>} told reads the state of the box again, after each deed
   */
  constructor(api, told) {
    super();
    this.api = api;
    this.told = told;
    /** @type {Found | null} */
    this.found = null;
    this.failure = "";
  }

  async load() {
    try {
      this.found = await this.api.get("/api/stable");
      this.failure = "";
    } catch (error) {
      this.failure = String(/** @type {any} */ (error).code);
    }
    this.changed();
  }

  /** @param {string} note */
  save(note) {
    return this.deed(() => this.api.post("/api/stable", note ? { note } : {}));
  }

  /** @param {number} number */
  choose(number) {
    return this.deed(() => this.api.post(`/api/stable/${number}/current`));
  }

  /** @param {number} number @returns {Promise<{ok: boolean, findings: unknown[]}>} */
  verify(number) {
    return this.deed(() => this.api.post(`/api/stable/${number}/verify`));
  }

  /** @param {number} number */
  remove(number) {
    return this.deed(() => this.api.delete(`/api/stable/${number}`));
  }

  // Internal

  /**
   * @template T
   * @param {() => Promise<T>} run
   * @returns {Promise<T>}
   */
  async deed(run) {
    const value = await run();
    await Promise.all([this.load(), this.told().catch(() => {})]);
    return value;
  }
}
