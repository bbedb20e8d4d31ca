// @ts-check
/** The list of rooms, in parts; and those that one could come into. No DOM. */

import { Observable } from "./observable.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("./rooms.js").Rooms} Rooms */
/** @typedef {import("../net/api.js").Api} Api */
/** @typedef {"open" | "closed" | "direct"} Part */

/**
 * One's rooms by who can come in: everybody, those invited, the two of you.
 *
 * @param {Room[]} rooms
 * @returns {{part: Part, rooms: Room[]}[]} without empty ones
 */
export function parts(rooms) {
  /** @type {{part: Part, rooms: Room[]}[]} */
  const found = [
    { part: "open", rooms: [] },
    { part: "closed", rooms: [] },
    { part: "direct", rooms: [] },
  ];
  for (const room of rooms) found[place(room)].rooms.push(room);
  found[2].rooms.sort((one, other) => one.name.localeCompare(other.name));
  return found.filter((one) => one.rooms.length);
}

/** @param {Room} room */
function place(room) {
  if (room.kind === "direct") return 2;
  return room.kind === "public" ? 0 : 1;
}

/** Rooms that the welcome does not tell of: open ones of others, and the archive. */
export class RoomDirectory extends Observable {
  /**
   * @param {Api} api
   * @param {Rooms} rooms
   */
  constructor(api, rooms) {
    super();
    this.api = api;
    this.rooms = rooms;
    /** @type {Room[]} */
    this.found = [];
    /** @type {Room[] | null} null: nobody looked yet */
    this.archive = null;
    this.failure = "";
  }

  /** Open rooms that one is not in. */
  get others() {
    return this.found.filter((room) => !this.rooms.get(room.id));
  }

  async load() {
    await this.guarded(async () => {
      const all = await this.every("");
      for (const room of all) if (room.role !== "none" && !this.rooms.get(room.id)) this.rooms.put(room);
      this.found = all.filter((room) => room.role === "none");
    });
  }

  async loadArchive() {
    await this.guarded(async () => {
      this.archive = await this.every("&archived=1");
    });
  }

  // Internal

  /** @param {() => Promise<void>} run */
  async guarded(run) {
    try {
      await run();
      this.failure = "";
    } catch (error) {
      this.failure = String(/** @type {any} */ (error).code ?? "internal");
    }
    this.changed();
  }

  /** @param {string} more @returns {Promise<Room[]>} */
  async every(more) {
    /** @type {Room[]} */
    let all = [];
    for (let after = ""; ; ) {
      const page = await this.api.get(`/api/rooms?limit=100${more}${after}`);
      all = all.concat(page.items);
      if (!page.next) return all;
      after = `&after=${encodeURIComponent(page.next)}`;
    }
  }
}
