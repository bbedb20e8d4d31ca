// @ts-check
/** The saved generations of the box, for administrators. No DOM. */

import { ApiError } from "../net/api.js";
import { Observable } from "./observable.js";

const LOOK_EVERY_MS = 1000;

/** @typedef {import("../types.js").Generations} Found */
/** @typedef {import("../net/api.js").Api} Api */

export class GenerationList extends Observable {
  /**
   * @param {Api} api
   * @param {() => Promise<void>} told reads the state of the box again, after each deed
   * @param {(ms: number) => Promise<void>} pause
   */
  constructor(api, told, pause = (ms) => new Promise((over) => setTimeout(over, ms))) {
    super();
    this.api = api;
    this.told = told;
    this.pause = pause;
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
    const value = await this.finished(await run());
    await Promise.all([this.load(), this.told().catch(() => {})]);
    return value;
  }

  /** What takes long is answered with a name, to be asked about until it is over. @param {any} answer */
  async finished(answer) {
    if (!answer?.task) return answer;
    for (;;) {
      const found = await this.api.get(`/api/stable/progress?task=${answer.task}`);
      if (found.error) throw new ApiError(found.error.code, found.error.params, 409);
      if (found.finished) return found.verified ?? found.generation;
      await this.pause(LOOK_EVERY_MS);
    }
  }
}
