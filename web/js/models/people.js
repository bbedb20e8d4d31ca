// @ts-check
/** The accounts of the box, for administrators. No DOM. */

import { Observable } from "./observable.js";

/** @typedef {import("../types.js").User} User */
/** @typedef {import("../net/api.js").Api} Api */

export class People extends Observable {
  /** @param {Api} api */
  constructor(api) {
    super();
    this.api = api;
    /** @type {User[] | null} */
    this.items = null;
    this.failure = "";
  }

  async load() {
    try {
      /** @type {User[]} */
      let items = [];
      for (let after = ""; ; ) {
        const page = await this.api.get(`/api/users?limit=100${after}`);
        items = items.concat(page.items);
        if (!page.next) break;
        after = `&after=${encodeURIComponent(page.next)}`;
      }
      this.items = items;
      this.failure = "";
    } catch (error) {
      this.failure = String(/** @type {any} */ (error).code);
    }
    this.changed();
  }

  /**
   * @param {{username: string, name: string, role: string, password?: string}} wish
   * @returns {Promise<User>}
   */
  async create(wish) {
    const user = await this.api.post("/api/users", wish);
    await this.load();
    return user;
  }

  /**
   * @param {string} id
   * @param {object} change
   */
  async change(id, change) {
    await this.api.patch(`/api/users/${encodeURIComponent(id)}`, change);
    await this.load();
  }

  /** @param {string} id */
  async remove(id) {
    await this.api.delete(`/api/users/${encodeURIComponent(id)}`);
    await this.load();
  }

  /** @param {string} id @returns {Promise<string>} the address of a one-time link, without the host */
  async link(id) {
    const { reset_link: path } = await this.api.post(`/api/users/${encodeURIComponent(id)}/reset-link`);
    await this.load();
    return path;
  }
}
