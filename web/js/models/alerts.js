// @ts-check
/** Whether somebody is to be called to the page, and how. Must not call them itself. */

import { folded } from "./mentions.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Room} Room */
/** @typedef {Pick<import("./preferences.js").Preferences, "kept" | "keep">} Keeping */
/** @typedef {{sound: boolean, note: boolean}} Call */

export const SOUND_KEY = "pichat.sound";
export const NOTES_KEY = "pichat.notes";
const SOUND_EVERY_MS = 2_000;
// What comes after a long sleep is read in the list, not rung for one by one.
const FRESH_MS = 60_000;
const MOST_CHARS = 140;

export class Alerts {
  /** @param {Keeping} keeping @param {() => number} now */
  constructor(keeping, now) {
    this.keeping = keeping;
    this.now = now;
    this.rang = -Infinity;
  }

  get sound() {
    return this.keeping.kept(SOUND_KEY) !== "off";
  }

  /** @param {boolean} on */
  turnSound(on) {
    this.keeping.keep(SOUND_KEY, on ? "on" : "off");
  }

  get notes() {
    return this.keeping.kept(NOTES_KEY) === "on";
  }

  /** @param {boolean} on */
  turnNotes(on) {
    this.keeping.keep(NOTES_KEY, on ? "on" : "off");
  }

  /**
   * @param {Frame} message
   * @param {{me: string, room: Room | undefined, open: boolean, visible: boolean}} here `open`: that room is shown
   * @returns {Call | null}
   */
  of(message, { me, room, open, visible }) {
    if (!room || message.from.id === me || (open && visible)) return null;
    if (room.muted || room.archived || this.now() - message.ts > FRESH_MS) return null;
    const sound = this.sound && this.now() - this.rang >= SOUND_EVERY_MS;
    if (sound) this.rang = this.now();
    return { sound, note: this.notes && !visible };
  }
}

/**
 * What a notice of the system says: who and where, and the beginning of it.
 *
 * @param {Frame} message
 * @param {Room} room
 */
export function said(message, room) {
  const { name } = message.from;
  const title = room.kind === "direct" || folded(room.name) === folded(name) ? name : `${name} · ${room.name}`;
  const body = message.body || (message.files ?? []).map((/** @type {{name: string}} */ file) => file.name).join(", ");
  return { title, body: body.length > MOST_CHARS ? `${body.slice(0, MOST_CHARS)}…` : body };
}
