// @ts-check
/** The dialog that stands open, if any. No DOM. */

import { Observable } from "./observable.js";

/** @typedef {(close: () => void) => unknown} Draw */

export class Dialogs extends Observable {
  constructor() {
    super();
    /** @type {Draw | null} */
    this.current = null;
  }

  /** @param {Draw} draw */
  open(draw) {
    this.current = draw;
    this.changed();
  }

  close() {
    this.current = null;
    this.changed();
  }

  /** Whether there was one to close. */
  dismiss() {
    const open = this.current !== null;
    if (open) this.close();
    return open;
  }
}
