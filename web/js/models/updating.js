// @ts-check
/** A newer PiChat on its way into the box, and what became of it. No DOM. */

import { Arrival } from "./arrival.js";

/** @typedef {import("../types.js").Update} Update */

/** @extends {Arrival<Update>} */
export class Updating extends Arrival {
  /**
   * @param {{get: (path: string) => Promise<any>, delete: (path: string) => Promise<any>}} api
   * @param {(run: () => void, ms: number) => void} later
   */
  constructor(api, later) {
    const underWay = ["receiving", "checking", "withdrawing"];
    super(api, later, { path: "/api/update", type: "application/octet-stream", underWay });
    this.drop = () => api.delete("/api/update");
  }

  /** What waits is not to start. */
  async withdraw() {
    await this.drop();
    await this.load();
  }
}
