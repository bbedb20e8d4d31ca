// @ts-check
/** What a person is told when the box goes back: before, during, after. No DOM. */

import { Observable } from "./observable.js";

/** @typedef {import("../types.js").Since} Since */
/** @typedef {import("../types.js").Outgoing} Outgoing */
/** @typedef {Pick<globalThis.Storage, "getItem" | "setItem">} Storage */
/** @typedef {"none" | "soon" | "under_way" | "done"} Phase */

const EPOCH_KEY = "pichat.epoch";

export class ResetStory extends Observable {
  /** @param {Storage} storage */
  constructor(storage) {
    super();
    this.storage = storage;
    /** @type {Phase} */
    this.phase = "none";
    this.at = 0;
    /** @type {Since | undefined} */
    this.lost = undefined;
    /** @type {Outgoing[]} written here and never sent */
    this.unsent = [];
    this.uploads = 0;
    // The page stood open when it happened: more than a line is due.
    this.witnessed = false;
  }

  /** @param {number} at when it will happen */
  announce(at) {
    this.phase = "soon";
    this.at = at;
    this.changed();
  }

  /** An administrator thought better of it. */
  calledOff() {
    if (this.phase !== "soon") return;
    this.phase = "none";
    this.changed();
  }

  begin() {
    this.phase = "under_way";
    this.changed();
  }

  /**
   * A box answered. True when it is another epoch than the one this browser knew.
   *
   * @param {string} epoch
   */
  arrived(epoch) {
    const before = this.stored();
    this.store(epoch);
    if (before && before !== epoch) return true;
    if (this.phase === "under_way") this.dismiss();
    return false;
  }

  /**
   * @param {{lost?: Since, unsent: Outgoing[], uploads: number, witnessed: boolean}} what
   */
  happened(what) {
    this.phase = "done";
    this.lost = what.lost;
    this.unsent = what.unsent;
    this.uploads = what.uploads;
    this.witnessed = what.witnessed || what.unsent.length > 0;
    this.changed();
  }

  dismiss() {
    this.phase = "none";
    this.unsent = [];
    this.lost = undefined;
    this.changed();
  }

  // Internal

  stored() {
    try {
      return this.storage.getItem(EPOCH_KEY) ?? "";
    } catch {
      return "";
    }
  }

  /** @param {string} epoch */
  store(epoch) {
    try {
      this.storage.setItem(EPOCH_KEY, epoch);
    } catch {
      // Without storage every visit is the first one.
    }
  }
}
