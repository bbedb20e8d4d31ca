// @ts-check
/** Whether there is a line to the box, told calmly: a blink is not worth a word. No DOM. */

import { Observable } from "./observable.js";

/** @typedef {import("../net/socket.js").State} State */

const PATIENCE_MS = 2_000;
const GOOD_NEWS_MS = 3_000;

export class Connection extends Observable {
  /** @param {(run: () => void, ms: number) => void} later */
  constructor(later) {
    super();
    this.later = later;
    /** @type {State} */
    this.state = "idle";
    this.trouble = false;
    this.healed = false;
    this.change = 0;
  }

  /** @param {State} state */
  become(state) {
    const before = this.state;
    this.state = state;
    if (state === "open") this.well();
    else if (before === "open" || before === "idle") this.worry(state);
    if (state === "idle") this.trouble = false;
    this.changed();
  }

  // Internal

  well() {
    this.healed = this.trouble;
    this.trouble = false;
    const change = ++this.change;
    if (!this.healed) return;
    this.later(() => {
      if (change !== this.change) return;
      this.healed = false;
      this.changed();
    }, GOOD_NEWS_MS);
  }

  /** @param {State} state */
  worry(state) {
    if (state === "idle") return;
    this.healed = false;
    const change = ++this.change;
    this.later(() => {
      if (change !== this.change || this.state === "open" || this.state === "idle") return;
      this.trouble = true;
      this.changed();
    }, PATIENCE_MS);
  }
}
