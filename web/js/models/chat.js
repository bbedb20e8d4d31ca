// @ts-check
/** The chat as one page knows it: applies what the box says, asks it for what is missing. No DOM. */

import { Conversation } from "./conversation.js";
import { Marks } from "./marks.js";
import { Pages } from "./pages.js";
import { Rooms } from "./rooms.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Message} Message */
/** @typedef {import("../types.js").Outgoing} Outgoing */
/** @typedef {{send: (frame: Frame) => boolean, request: (frame: Frame) => Promise<Frame>}} Link */

const TYPING_EVERY_MS = 3_000;

export class Chat {
  /**
   * @param {Link} link
   * @param {() => string} me the id of the person
   * @param {() => number} now
   * @param {(run: () => void, ms: number) => void} [later] without it nothing waits for more of its kind
   */
  constructor(link, me, now, later = (run) => run()) {
    this.link = link;
    this.me = me;
    this.now = now;
    this.rooms = new Rooms(now);
    /** @type {Map<string, Conversation>} */
    this.conversations = new Map();
    this.pages = new Pages(link, this.rooms, (room) => this.conversation(room));
    this.marks = new Marks((frame) => link.send(frame), later);
    this.current = "";
    this.lastTyping = 0;
    this.longest = 4000;
    // Whether this person may send files, and gets only those that somebody has released.
    this.attaches = true;
    this.releasedOnly = false;
    /** @type {(message: Frame) => void} whoever calls the person to the page */
    this.heard = () => {};
  }

  /** @param {string} room */
  conversation(room) {
    const known = this.conversations.get(room) ?? new Conversation(room);
    this.conversations.set(room, known);
    return known;
  }

  /**
   * A new line to the box. `resumed` continues, anything else begins anew.
   *
   * @param {Frame} frame
   */
  welcome(frame) {
    this.rooms.load(frame.rooms);
    const { body = this.longest, attach = true, released_only = false } = frame.limits ?? {};
    Object.assign(this, { longest: body, attaches: attach, releasedOnly: released_only });
    if (frame.mode !== "resumed") this.conversations.clear();
    // What came while one was away has reached this browser now, though nobody has looked at it.
    for (const { id, head, unread } of this.rooms.list()) {
      if (unread) this.marks.tell("delivered", id, head);
    }
    if (this.rooms.get(this.current)) this.open(this.current);
  }

  /** Nothing of this person or this epoch is kept. */
  forget() {
    this.conversations.clear();
    this.marks.forget();
    this.rooms.load([]);
    this.rooms.loaded = false;
    this.rooms.online.clear();
    this.rooms.parted.clear();
  }

  /** @param {string} room */
  enter(room) {
    if (this.current && this.current !== room) this.leaveView();
    this.current = room;
    if (this.rooms.get(room)) this.open(room);
  }

  leaveView() {
    this.conversation(this.current).settle();
    this.current = "";
  }

  /** @param {string} room */
  open(room) {
    return this.pages.open(room);
  }

  /** What a search, a quote or a call points at. @param {string} room @param {number} seq */
  around(room, seq) {
    return this.pages.around(room, seq);
  }

  /**
   * Hands one outgoing message to the box; on its word it takes its place among the others.
   *
   * @param {Outgoing} entry
   * @param {string} name
   */
  async deliver(entry, name) {
    const { room, cid, body } = entry;
    /** @type {Frame} */
    const frame = { type: "send", room, cid, body };
    if (entry.reply_to) frame.reply_to = entry.reply_to;
    if (entry.files.length) frame.files = entry.files.map((file) => file.id);
    const ack = await this.link.request(frame);
    const from = { id: this.me(), name };
    const id = ack.message ?? "";
    const { files, reply_to } = entry;
    this.message({ type: "message", id, room, seq: ack.seq, from, cid, ts: ack.ts, body, files, reply_to });
  }

  /** @param {string} room */
  typing(room) {
    if (this.now() - this.lastTyping < TYPING_EVERY_MS) return;
    this.lastTyping = this.now();
    this.link.send({ type: "typing", room, on: true });
  }

  /**
   * The person has everything before their eyes up to here.
   *
   * @param {string} room
   * @param {number} [upTo] the newest message, where it is not said
   */
  seen(room, upTo) {
    const seq = upTo ?? this.rooms.get(room)?.head ?? 0;
    if (this.rooms.read(room, seq)) this.marks.tell("read", room, seq);
  }

  /** @param {Frame} frame */
  event(frame) {
    const act = this.actions()[frame.type];
    if (act) act(frame);
  }

  // Internal

  /** @returns {Record<string, (frame: Frame) => unknown>} */
  actions() {
    return {
      message: (frame) => this.message(frame),
      message_edited: (frame) => this.amend(frame, { body: frame.body, edited: frame.edited, mentions: frame.mentions }),
      message_deleted: (frame) => this.erase(frame),
      reaction: (frame) => this.conversations.get(frame.room)?.react(/** @type {any} */ (frame)),
      receipts: (frame) => this.rooms.received(frame),
      users_online: (frame) => this.rooms.here(frame.room, frame.users),
      user_joined: (frame) => this.presence(frame, true),
      user_left: (frame) => this.presence(frame, false),
      presence: (frame) => this.moved(frame),
      user_changed: (frame) => this.rooms.called(frame.user),
      typing: (frame) => frame.user.id !== this.me() && this.rooms.typing(frame.room, frame.user, frame.on),
      room_changed: (frame) => this.renamed(frame),
      member_changed: (frame) => this.membership(frame),
      room_mine: (frame) => this.chosen(frame),
      room_resync: (frame) => this.renew(frame),
      room_closed: (frame) => this.closed(frame.room),
      upload: (frame) => this.file(frame),
    };
  }

  /** @param {Frame} frame */
  message(frame) {
    const news = frame.seq > (this.rooms.get(frame.room)?.head ?? 0);
    this.rooms.message(frame, this.me());
    if (news) this.heard(frame);
    const conversation = this.conversations.get(frame.room);
    const message = /** @type {any} */ (frame);
    if (conversation && !conversation.add(message)) this.pages.mend(conversation);
    const read = this.current === frame.room;
    if (message.from.id !== this.me() && !read) this.marks.tell("delivered", frame.room, frame.seq);
  }

  /**
   * @param {Frame} frame
   * @param {Partial<Message>} change
   */
  amend(frame, change) {
    const conversation = this.conversations.get(frame.room);
    conversation?.amend(frame.seq, Object.assign({ ev: frame.ev }, change));
  }

  /** @param {Frame} frame */
  erase(frame) {
    this.amend(frame, { body: "", files: [], reactions: [], deleted: frame.deleted });
  }

  /** A file changed its state; one that is gone stays named where it was sent. @param {Frame} frame */
  file(frame) {
    if (frame.state === "deleted") return;
    const { id, state, scan } = frame;
    for (const conversation of this.conversations.values()) conversation.file(id, { state, scan });
  }

  /**
   * @param {Frame} frame
   * @param {boolean} here
   */
  presence(frame, here) {
    const who = frame.user;
    this.rooms.presence(frame.room, who, here);
    if (who.id !== this.me()) this.conversations.get(frame.room)?.notice(who, here);
  }

  /** Many who came and went within a second. @param {Frame} frame */
  moved(frame) {
    for (const user of frame.joined ?? []) this.presence({ type: "user_joined", room: frame.room, user }, true);
    for (const user of frame.left ?? []) this.presence({ type: "user_left", room: frame.room, user }, false);
  }

  /** @param {Frame} frame */
  renamed(frame) {
    const room = this.rooms.get(frame.room);
    if (room) this.rooms.put(Object.assign({}, room, faced(frame.info, room.name)));
    else this.rooms.heardOf();
  }

  /** Much of a room is otherwise now: what is before the eyes is asked for again, the rest is dropped. @param {Frame} frame */
  renew({ room, first, head }) {
    this.rooms.renewed(room, first, head);
    if (this.current === room) return this.pages.renew(room, first);
    this.conversations.delete(room);
    return undefined;
  }

  /** What this person chose on another of their screens. @param {Frame} frame */
  chosen({ room: id, muted }) {
    const room = this.rooms.get(id);
    if (room) this.rooms.put(Object.assign({}, room, { muted }));
  }

  /** @param {Frame} frame */
  membership(frame) {
    this.rooms.member(frame);
    if (frame.user.id !== this.me()) return;
    const { room: id, role, muted_until = 0 } = frame;
    const room = this.rooms.get(id);
    if (role === "none") this.closed(id, frame.why);
    else if (room) this.rooms.put(Object.assign({}, room, { role, muted_until }));
    else if (frame.info) this.rooms.put(entered(frame, this.me()));
  }

  /** @param {string} room @param {string} [why] */
  closed(room, why = "closed") {
    this.conversations.delete(room);
    this.rooms.remove(room, why);
  }
}

/**
 * A room that one is a member of from now on: who comes in has read all.
 *
 * @param {Frame} frame
 * @param {string} me
 * @returns {import("../types.js").Room}
 */
function entered(frame, me) {
  const { head, users, e2e } = frame.info;
  const peer = (users ?? []).find((/** @type {{id: string}} */ one) => one.id !== me);
  const face = faced(frame.info, peer?.name);
  return Object.assign({ id: frame.room, head, e2e, peer, read: head, unread: 0, role: frame.role }, face);
}

/**
 * What a room is, whoever looks; a switch that is off is left out on the wire. Two alone have each other's names.
 *
 * @param {Frame} info
 * @param {string} [peer]
 */
function faced(info, peer = "") {
  const { kind, ephemeral, everyone, password, archived, announcement, slow = 0 } = info;
  return {
    kind,
    name: kind === "direct" ? peer : info.name,
    ephemeral: Boolean(ephemeral),
    everyone: Boolean(everyone),
    password: Boolean(password),
    archived: Boolean(archived),
    announcement: Boolean(announcement),
    slow,
  };
}
