// @ts-check
/** Brings the part of a room that somebody looks at: a window, its ends, the place of one message. No DOM. */

/** @typedef {import("./conversation.js").Conversation} Conversation */
/** @typedef {import("./rooms.js").Rooms} Rooms */
/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Message} Message */

const PAGE = 40;
// Around one message: enough above and below it for a tall screen.
const AROUND = 60;

export class Pages {
  /**
   * @param {{request: (frame: Frame) => Promise<Frame>}} link
   * @param {Rooms} rooms
   * @param {(room: string) => Conversation} conversation
   */
  constructor(link, rooms, conversation) {
    this.link = link;
    this.rooms = rooms;
    this.conversation = conversation;
    /** @type {Map<Conversation, Promise<void>>} */
    this.opening = new Map();
  }

  /**
   * Loads the window of a room, unless it is here already: its end, or where the unread begins.
   *
   * @param {string} room
   * @returns {Promise<void>}
   */
  open(room) {
    const conversation = this.conversation(room);
    if (conversation.state === "ready") return Promise.resolve();
    const under = this.opening.get(conversation);
    if (under) return under;
    conversation.loading();
    const opening = this.load(conversation)
      .catch((error) => conversation.fail(code(error)))
      .then(() => void this.opening.delete(conversation));
    this.opening.set(conversation, opening);
    return opening;
  }

  /**
   * Another part of the room, around one message.
   *
   * @param {string} room
   * @param {number} seq
   */
  async around(room, seq) {
    await this.open(room);
    const conversation = this.conversation(room);
    if (!conversation.messages.some((one) => one.seq === seq)) {
      conversation.busyWith("loadingOlder", true);
      try {
        const { items } = await this.link.request({ type: "history", room, around: seq, limit: AROUND });
        conversation.fill(items, conversation.unreadAfter, this.reachesEnd(room, items));
      } finally {
        conversation.busyWith("loadingOlder", false);
      }
    }
    conversation.show(seq);
  }

  /**
   * Much of the room is not what it was: its window anew, where the person reads.
   *
   * @param {string} room
   * @param {number} first the oldest message that is still there
   */
  async renew(room, first) {
    const conversation = this.conversation(room);
    // One that is on its way may have been told before this.
    await this.opening.get(conversation);
    conversation.far.clear();
    if (conversation.state !== "ready") return this.open(room);
    conversation.windows += 1;
    const { windows } = conversation;
    const where = conversation.following ? {} : { around: Math.max(first, conversation.place) };
    conversation.busyWith("loadingOlder", true);
    try {
      const { items } = await this.link.request(Object.assign({ type: "history", room, limit: AROUND }, where));
      if (conversation.windows === windows) conversation.fill(items, conversation.unreadAfter, this.reachesEnd(room, items));
    } catch {
      conversation.state = "new";
      return this.open(room);
    }
  }

  /** The end of the room, however far it is. @param {string} room */
  async latest(room) {
    const conversation = this.conversation(room);
    if (conversation.atEnd || conversation.loadingNewer) return;
    conversation.busyWith("loadingNewer", true);
    try {
      const { items } = await this.link.request({ type: "history", room, limit: PAGE });
      conversation.fill(items, conversation.unreadAfter, this.reachesEnd(room, items));
    } finally {
      conversation.busyWith("loadingNewer", false);
    }
  }

  /** @param {string} room */
  async older(room) {
    const conversation = this.conversation(room);
    if (conversation.state !== "ready" || conversation.busy || conversation.atStart) return;
    conversation.busyWith("loadingOlder", true);
    try {
      const { oldest, windows } = conversation;
      const answer = await this.link.request({ type: "history", room, before: oldest, limit: PAGE });
      if (conversation.oldest === oldest && conversation.windows === windows) {
        conversation.prepend(answer.items, Boolean(answer.next));
      }
    } catch {
      // No line: scrolling asks again.
    } finally {
      conversation.busyWith("loadingOlder", false);
    }
  }

  /** @param {string} room */
  async newer(room) {
    const conversation = this.conversation(room);
    if (conversation.state !== "ready" || conversation.busy || conversation.atEnd) return;
    conversation.busyWith("loadingNewer", true);
    try {
      const { newest, windows } = conversation;
      const answer = await this.link.request({ type: "history", room, after: newest, limit: PAGE });
      const reached = this.reachesEnd(room, answer.items.length ? answer.items : conversation.messages);
      if (conversation.newest === newest && conversation.windows === windows) {
        conversation.append(answer.items, Boolean(answer.next) || !reached);
      }
    } catch {
      // No line: scrolling asks again.
    } finally {
      conversation.busyWith("loadingNewer", false);
    }
  }

  /**
   * Something between what is here and what came is missing: ask for it.
   *
   * @param {Conversation} conversation
   */
  async mend(conversation) {
    try {
      const frame = { type: "history", room: conversation.room, after: conversation.newest, limit: 100 };
      const answer = await this.link.request(frame);
      for (const message of answer.items) conversation.add(message);
      // Of very many the rest comes as the person goes down.
      if (conversation.newest < this.head(conversation.room)) conversation.append([], true);
    } catch {
      conversation.state = "new";
      this.open(conversation.room);
    }
  }

  /**
   * One message that a quote shows and that is not in the window. Asked for once.
   *
   * @param {string} room
   * @param {number} seq
   */
  async quoted(room, seq) {
    const conversation = this.conversation(room);
    if (conversation.said(seq) !== undefined) return;
    conversation.far.set(seq, null);
    try {
      const { items } = await this.link.request({ type: "history", room, after: seq - 1, limit: 1 });
      if (items.length && items[0].seq === seq) conversation.quote(seq, items[0]);
    } catch {
      conversation.far.delete(seq);
    }
  }

  // Internal

  /** @param {Conversation} conversation */
  async load(conversation) {
    const { room } = conversation;
    const answer = await this.link.request({ type: "open", room });
    /** @type {Message[]} */
    let items = answer.items ?? [];
    const members = answer.members ?? [];
    const read = answer.read ?? this.rooms.get(room)?.read ?? 0;
    // More is unread than comes with the room: begin where it begins.
    if (read > 0 && items.length && read < items[0].seq - 1) {
      items = (await this.link.request({ type: "history", room, around: read + 1, limit: AROUND })).items;
    }
    conversation.fill(items, read, this.reachesEnd(room, items));
    this.rooms.met(room, members);
    this.rooms.here(room, members.filter((/** @type {any} */ one) => one.here));
  }

  /** @param {string} room */
  head(room) {
    return this.rooms.get(room)?.head ?? 0;
  }

  /** @param {string} room @param {Message[]} items */
  reachesEnd(room, items) {
    return !items.length || items[items.length - 1].seq >= this.head(room);
  }
}

/** @param {unknown} error */
const code = (error) => String(/** @type {{code?: string}} */ (error).code ?? "internal");
