// @ts-check
/** The rooms of a person: what is unread, who is there, who is writing. Must not hold messages. */

import { Observable } from "./observable.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").Person} Person */
/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Member} Member */

const TYPING_MS = 6_000;

export class Rooms extends Observable {
  /** @param {() => number} now */
  constructor(now) {
    super();
    this.now = now;
    this.loaded = false;
    /** @type {Map<string, Room>} */
    this.byId = new Map();
    /** @type {Map<string, Map<string, string>>} who is there, by room: id to name */
    this.online = new Map();
    /** @type {Map<string, Member[]>} who belongs to a room, as far as it was opened */
    this.members = new Map();
    /** @type {Map<string, {seq: number, delivered: number, read: number, members: number}>} of large rooms */
    this.counts = new Map();
    /** @type {Map<string, Map<string, {name: string, until: number}>>} */
    this.writing = new Map();
    /** @type {Map<string, {name: string, why: string}>} rooms that went while one was here */
    this.parted = new Map();
    // Counts what was heard of rooms that are not here: whoever lists them looks again.
    this.news = 0;
  }

  /** @param {Room[]} rooms */
  load(rooms) {
    this.byId = new Map(rooms.map((room) => [room.id, Object.assign({}, room)]));
    this.writing.clear();
    this.loaded = true;
    this.changed();
  }

  /** Without the archive. */
  list() {
    return Array.from(this.byId.values()).filter((room) => !room.archived);
  }

  /** @param {string | undefined} id */
  get(id) {
    return id === undefined ? undefined : this.byId.get(id);
  }

  /** In the rooms that one wants to be told of. */
  unread() {
    return this.list().reduce((sum, room) => sum + (room.muted ? 0 : room.unread), 0);
  }

  /** The whole of a room: what is off or none is left out on the wire. @param {Room} room */
  put(room) {
    this.byId.set(room.id, Object.assign({}, room));
    this.parted.delete(room.id);
    this.changed();
  }

  /** A room that one is not in is new, or came back. */
  heardOf() {
    this.news += 1;
    this.changed();
  }

  /** @param {string} id @param {string} why as in `member_changed`, or `closed` */
  remove(id, why) {
    const { name } = this.byId.get(id) ?? { name: "" };
    if (name) this.parted.set(id, { name, why });
    this.byId.delete(id);
    this.news += 1;
    this.online.delete(id);
    this.members.delete(id);
    this.writing.delete(id);
    this.changed();
  }

  /**
   * A message moves the head once, however often it is told.
   *
   * @param {Frame} frame
   * @param {string} me
   */
  message(frame, me) {
    const room = this.byId.get(frame.room);
    if (!room || frame.seq <= room.head) return;
    room.head = frame.seq;
    if (frame.from.id === me) this.settle(room, frame.seq);
    else {
      room.unread += 1;
      if (frame.mentions?.includes(me)) room.mentions = (room.mentions ?? 0) + 1;
    }
    const writing = this.writing.get(frame.room);
    if (writing) writing.delete(frame.from.id);
    this.changed();
  }

  /**
   * @param {string} id
   * @param {number} seq
   * @returns {boolean} whether that was news
   */
  read(id, seq) {
    const room = this.byId.get(id);
    if (!room || seq <= room.read) return false;
    this.settle(room, seq);
    this.changed();
    return true;
  }

  /**
   * So much came or went that it was not told one by one.
   *
   * @param {string} id
   * @param {number} first the oldest message that is still there
   * @param {number} head
   */
  renewed(id, first, head) {
    const room = this.byId.get(id);
    if (!room) return;
    room.head = Math.max(room.head, head);
    room.unread = room.head - Math.min(room.head, Math.max(room.read, first - 1));
    if (!room.unread) room.mentions = 0;
    this.changed();
  }

  /**
   * @param {Room} room
   * @param {number} seq
   */
  settle(room, seq) {
    room.read = Math.max(room.read, seq);
    room.unread = Math.min(room.unread, Math.max(0, room.head - room.read));
    if (!room.unread) room.mentions = 0;
  }

  /**
   * @param {string} id
   * @param {Person[]} people
   */
  here(id, people) {
    this.online.set(id, new Map(people.map((person) => [person.id, person.name])));
    this.changed();
  }

  /**
   * @param {string} id
   * @param {Member[]} members
   */
  met(id, members) {
    this.members.set(id, members);
    this.changed();
  }

  /** Somebody came in, went, or is something else now. @param {Frame} frame */
  member(frame) {
    const before = this.members.get(frame.room);
    if (!before) return;
    const { id, name } = frame.user;
    const known = before.find((one) => one.id === id);
    const others = before.filter((one) => one.id !== id);
    const username = frame.username || known?.username;
    const muted_until = frame.muted_until ?? 0;
    const now = Object.assign({}, known, { id, name, username, role: frame.role, muted_until });
    this.met(frame.room, frame.role === "none" ? others : others.concat([now]));
  }

  /** Somebody has another name. @param {Person} person */
  called(person) {
    for (const there of this.online.values()) if (there.has(person.id)) there.set(person.id, person.name);
    for (const [room, members] of this.members) {
      this.members.set(room, members.map((one) => (one.id === person.id ? Object.assign({}, one, { name: person.name }) : one)));
    }
    this.changed();
  }

  /** How far others have received and read. @param {Frame} frame */
  received(frame) {
    if (frame.counts) this.counts.set(frame.room, frame.counts);
    const marks = new Map((frame.items ?? []).map((/** @type {any} */ one) => [one.user, one]));
    const members = (this.members.get(frame.room) ?? []).map((one) => Object.assign({}, one, marks.get(one.id)));
    this.members.set(frame.room, members);
    this.changed();
  }

  /**
   * How many others have got one's own message, and how many have read it.
   *
   * @param {string} id
   * @param {number} seq
   * @param {string} me
   */
  reach(id, seq, me) {
    const counts = this.counts.get(id);
    if (counts && seq <= counts.seq) return { delivered: counts.delivered, read: counts.read, of: counts.members - 1 };
    const others = (this.members.get(id) ?? []).filter((one) => one.id !== me);
    const delivered = others.filter((one) => Math.max(one.delivered ?? 0, one.read ?? 0) >= seq).length;
    return { delivered, read: others.filter((one) => (one.read ?? 0) >= seq).length, of: others.length };
  }

  /**
   * @param {string} id
   * @param {Person} person
   * @param {boolean} present
   */
  presence(id, person, present) {
    const there = this.online.get(id) ?? new Map();
    if (present) there.set(person.id, person.name);
    else there.delete(person.id);
    this.online.set(id, there);
    this.changed();
  }

  /** @param {string} id @returns {Person[]} */
  present(id) {
    return Array.from(this.online.get(id) ?? [], ([who, name]) => ({ id: who, name }));
  }

  /**
   * @param {string} id
   * @param {Person} person
   * @param {boolean} on
   */
  typing(id, person, on) {
    const there = this.writing.get(id) ?? new Map();
    if (on) there.set(person.id, { name: person.name, until: this.now() + TYPING_MS });
    else there.delete(person.id);
    this.writing.set(id, there);
    this.changed();
  }

  /** @param {string} id @returns {string[]} names of those who wrote in the last seconds */
  writers(id) {
    const now = this.now();
    return Array.from((this.writing.get(id) ?? new Map()).values())
      .filter((one) => one.until > now)
      .map((one) => one.name);
  }

  /** When the next writer is to be forgotten, in ms from now; 0 when nobody writes. */
  nextSilence() {
    const now = this.now();
    let next = 0;
    for (const there of this.writing.values()) {
      for (const one of there.values()) {
        if (one.until > now) next = next === 0 ? one.until - now : Math.min(next, one.until - now);
      }
    }
    return next;
  }
}
