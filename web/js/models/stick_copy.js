// @ts-check
/** A copy onto a USB stick in the box: which sticks are there, and how far it is. No DOM. */

import { Observable } from "./observable.js";

const LOOK_EVERY_MS = 1000; // while it is copied
const WATCH_EVERY_MS = 3000; // for a stick that is put in or pulled out

/** @typedef {{id: string, name: string, label: string, type: string, size: number, why: string}} Stick */
/**
 * @typedef {{can: boolean, stage: string, done: number, total: number, name: string, sticks: Stick[],
 *   problem: {code: string, params: Record<string, string | number>} | null}} Standing
 */
/** @typedef {{get: (path: string) => Promise<any>, post: (path: string, body: object) => Promise<any>,
 *   delete: (path: string) => Promise<any>}} Api */

export class StickCopy extends Observable {
  /**
   * @param {Api} api
   * @param {(run: () => void, ms: number) => void} later
   */
  constructor(api, later) {
    super();
    this.api = api;
    this.later = later;
    /** @type {Standing | null} */
    this.state = null;
    /** The one that was chosen, by id. */
    this.wanted = "";
    this.open = true;
    this.turn = 0;
  }

  /** Nobody looks any more. */
  close() {
    this.open = false;
  }

  /** Looks, and goes on looking where there is a USB at all. A line that is down for a moment ends nothing. */
  async watch() {
    const turn = ++this.turn;
    try {
      const state = await this.api.get("/api/export/stick");
      if (turn !== this.turn) return; // something newer is known
      this.state = state;
      this.changed();
    } catch {
      // what was seen last stands
    }
    const again = this.state === null || this.state.can;
    const ms = this.underWay ? LOOK_EVERY_MS : WATCH_EVERY_MS;
    if (again) this.later(() => this.open && turn === this.turn && this.watch(), ms);
  }

  get offered() {
    return Boolean(this.state?.can);
  }

  get underWay() {
    return ["preparing", "copying", "verifying"].includes(this.state?.stage ?? "");
  }

  /** @returns {Stick[]} those that can be copied to */
  get good() {
    return this.state?.sticks.filter((stick) => !stick.why) ?? [];
  }

  /** @returns {Stick | null} the one that it would go to */
  get chosen() {
    return this.good.find((stick) => stick.id === this.wanted) ?? this.good[0] ?? null;
  }

  /** @param {string} id */
  choose(id) {
    this.wanted = id;
    this.changed();
  }

  /** @param {object} wish what an export takes, with the password */
  async begin(wish) {
    this.state = await this.api.post("/api/export/stick", Object.assign({ stick: this.chosen?.id ?? null }, wish));
    this.changed();
    await this.watch();
  }

  /** Ends one that is under way. */
  async stop() {
    await this.api.delete("/api/export/stick");
    await this.watch();
  }
}
