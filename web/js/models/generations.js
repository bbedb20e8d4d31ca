// @ts-check
/** The saved generations of the box, for administrators. No DOM. */

import { ApiError } from "../net/api.js";
import { Observable } from "./observable.js";

const LOOK_EVERY_MS = 1000;

/** @typedef {import("../types.js").Generations} Found */
/** @typedef {import("../types.js").Generation} Generation */
/** @typedef {import("../types.js").Progress} Progress */
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
    /** @type {Progress | null} how far long work is */
    this.progress = null;
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

  /** @param {object} body what, and a note @returns {Promise<Generation>} */
  save(body) {
    return this.deed(() => this.api.post("/api/stable", body));
  }

  /** Somebody began long work, on another page or before this one was loaded: it is looked at until it is over. */
  async follow() {
    try {
      const found = await this.api.get("/api/stable/progress");
      if (found.finished || this.progress) return;
      this.progress = found;
      await this.deed(async () => found);
    } catch {
      // It failed, or the box went away: whoever asked for it is told.
    }
  }

  /** @param {number} number */
  choose(number) {
    return this.deed(() => this.api.post(`/api/stable/${number}/current`));
  }

  /** @param {number} number @returns {Promise<{ok: boolean, findings: {what: string, name: string}[]}>} */
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
    try {
      return await this.finished(await run());
    } finally {
      this.progress = null;
      await Promise.all([this.load(), this.told().catch(() => {})]);
    }
  }

  /** What takes long is answered with a name, to be asked about until it is over. @param {any} answer */
  async finished(answer) {
    if (!answer?.task) return answer;
    for (;;) {
      const found = await this.far(answer.task);
      if (found.error) throw new ApiError(found.error.code, found.error.params, 409);
      if (found.finished) return found.verified ?? found.generation;
      this.progress = found;
      this.changed();
      await this.pause(LOOK_EVERY_MS);
    }
  }

  /** A blink of the network ends nothing: the box works on. @param {string} task @returns {Promise<any>} */
  async far(task) {
    for (;;) {
      try {
        return await this.api.get(`/api/stable/progress?task=${task}`);
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== "offline") throw error;
      }
      await this.pause(LOOK_EVERY_MS);
    }
  }
}
