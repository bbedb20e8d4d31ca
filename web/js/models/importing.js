// @ts-check
/** An archive of another box, or of this one, on its way in. No DOM. */

import { Arrival } from "./arrival.js";

/** @typedef {import("../types.js").Import} Import */
/** @typedef {{get: (path: string) => Promise<any>, post: (path: string, body: object) => Promise<any>,
 *   delete: (path: string) => Promise<any>}} Api */

/** @extends {Arrival<NonNullable<Import>>} */
export class Importing extends Arrival {
  /**
   * @param {Api} api
   * @param {(run: () => void, ms: number) => void} later
   */
  constructor(api, later) {
    const underWay = ["receiving", "checking", "merging"];
    super(api, later, { path: "/api/import", type: "application/zip", underWay });
    this.deeds = api;
  }

  /** It takes minutes: a line that is down for a moment does not end the looking. */
  goesOn() {
    const away = this.failure === "offline";
    return away || (this.state !== null && this.about.underWay.includes(this.state.stage));
  }

  /** @param {string} password @param {boolean} trust vouches for a box that this one does not know */
  async merge(password, trust) {
    await this.deeds.post("/api/import/merge", { password, trust });
    await this.load();
  }

  async forget() {
    await this.deeds.delete("/api/import");
    await this.load();
  }
}
