// @ts-check
/** Who is here and what the box says of itself. No DOM. */

import { ApiError } from "../net/api.js";
import { Observable } from "./observable.js";

/** @typedef {import("../types.js").Me} Me */
/** @typedef {import("../types.js").Status} Status */
/** @typedef {import("../net/api.js").Api} Api */
/** @typedef {Pick<import("./guest.js").Guest, "began" | "recall" | "ended">} Stay */

const STATUS_EVERY_MS = 4_000;

export class Session extends Observable {
  /**
   * @param {Api} api
   * @param {(run: () => void, ms: number) => void} later
   * @param {Stay} guest what the browser remembers of somebody without an account
   */
  constructor(api, later, guest) {
    super();
    this.api = api;
    this.later = later;
    this.guest = guest;
    /** @type {Status | null} */
    this.status = null;
    /** @type {Me | null} */
    this.me = null;
    this.loaded = false;
    this.failure = "";
    this.ended = false;
    this.due = false;
  }

  /** What the box is and who we are, both at once on the first look. */
  async load() {
    try {
      this.status = await this.api.get("/api/status");
      // Only signed-in people are told of the stable snapshot: asking who we are would be refused.
      this.me = this.status && "stable" in this.status ? await this.api.get("/api/users/me") : this.guest.recall();
      this.failure = "";
    } catch (error) {
      this.failure = String(/** @type {any} */ (error).code);
    }
    this.loaded = true;
    this.changed();
  }

  async refresh() {
    this.status = await this.api.get("/api/status");
    this.changed();
  }

  /** Something happened that the status counts: look again, but not for each of many. */
  refreshSoon() {
    if (this.due) return;
    this.due = true;
    this.later(() => {
      this.due = false;
      if (this.me) this.refresh().catch(() => {});
    }, STATUS_EVERY_MS);
  }

  /**
   * @param {string} username
   * @param {string} password
   */
  async signIn(username, password) {
    const body = { username, password, session: "cookie" };
    await this.api.post("/api/users/login", body);
    await this.begin().catch(forgotten);
  }

  /** @param {{code: string, username: string, password: string, name: string}} claim */
  async claim(claim) {
    await this.api.post("/api/claim", Object.assign({ session: "cookie" }, claim));
    await this.begin().catch(forgotten);
  }

  /**
   * Somebody came in by a room's code.
   *
   * @param {Me} me
   * @param {string} room
   * @param {number} seconds
   */
  visit(me, room, seconds) {
    this.guest.began(me, room, seconds);
    this.me = me;
    this.ended = false;
    this.changed();
  }

  async begin() {
    this.guest.ended();
    this.me = await this.api.get("/api/users/me");
    this.status = await this.api.get("/api/status");
    this.ended = false;
    this.changed();
  }

  async signOut() {
    await this.api.post("/api/users/logout");
    this.leave(false);
  }

  /** @param {boolean} ended whether the box ended it, not the person */
  leave(ended) {
    if (!this.me) return;
    this.guest.ended();
    this.me = null;
    this.ended = ended;
    if (this.status) {
      delete this.status.stable;
      delete this.status.since_stable;
    }
    this.changed();
  }

  /** @param {string} action */
  may(action) {
    return Boolean(this.me?.may?.includes(action));
  }

  /** Without an account: sees one room alone. */
  get visiting() {
    return this.me?.role === "guest";
  }

  get administrator() {
    return this.me?.role === "administrator";
  }
}

/** The box let us in a moment ago: this browser did not keep what it gave us. @param {ApiError} error */
function forgotten(error) {
  throw error.code === "unauthorized" ? new ApiError("no_cookies") : error;
}
