// @ts-check
/** The parts of a long room: jumped to, read on both ways, without a hole and never too much at once. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Chat } from "../../web/js/models/chat.js";
import { MOST } from "../../web/js/models/conversation.js";
import { message, settled } from "./helpers.js";

/** @typedef {import("../../web/js/types.js").Frame} Frame */

/** A box with so many messages, answering as ours does. @param {number} head @param {number} read */
function long(head, read = head) {
  const state = { head, asked: 0, first: 1, says: "" };
  /** @param {number} from @param {number} to */
  const said = (from, to) => {
    const [first, last] = [Math.max(state.first, from), Math.min(state.head, to)];
    const words = state.says ? { body: state.says } : {};
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => message(first + at, words));
  };
  /** @param {Frame} frame */
  const history = ({ before, after, around, limit }) => {
    state.asked += 1;
    if (after !== undefined) return { items: said(after + 1, after + limit), next: after + limit < state.head ? after + limit : null };
    if (around !== undefined) return { items: said(around - limit / 2, around + limit / 2 - 1), next: null };
    const end = before ?? state.head + 1;
    return { items: said(end - limit, end - 1), next: end - limit > state.first ? end - limit : null };
  };
  const link = {
    send: () => true,
    /** @param {Frame} frame @returns {Promise<any>} */
    request: async (frame) => (frame.type === "open" ? { items: said(state.head - 39, state.head), read, members: [] } : history(frame)),
  };
  const chat = new Chat(link, () => "u1", () => 0);
  const room = { id: "r1", kind: "public", name: "General", head, read, unread: head - read, role: "member" };
  chat.welcome({ type: "welcome", mode: "fresh", rooms: [room], limits: {} });
  return { chat, state, conversation: chat.conversation("r1") };
}

/** @param {import("../../web/js/models/conversation.js").Conversation} conversation */
const whole = ({ messages }) => messages.every((one, at) => at === 0 || one.seq === messages[at - 1].seq + 1);

test("a jump far back loads that place alone, and both ways lead on from there", async () => {
  const { chat, state, conversation } = long(3000);
  await chat.open("r1");
  await chat.around("r1", 700);
  assert.equal(state.asked, 1);
  assert.deepEqual([conversation.wanted, conversation.atEnd, conversation.atStart], [700, false, false]);
  const { oldest, newest } = conversation;
  await chat.pages.older("r1");
  await chat.pages.newer("r1");
  assert.ok(conversation.oldest < oldest && conversation.newest > newest && whole(conversation));
  while (!conversation.atEnd) {
    await chat.pages.newer("r1");
    assert.ok(conversation.messages.length <= MOST && whole(conversation));
  }
  assert.equal(conversation.newest, 3000);
  while (!conversation.atStart) {
    await chat.pages.older("r1");
    assert.ok(conversation.messages.length <= MOST && whole(conversation));
  }
  assert.equal(conversation.oldest, 1);
});

test("a jump while the room is still opening waits for it", async () => {
  const { chat, conversation } = long(500);
  await Promise.all([chat.open("r1"), chat.around("r1", 20)]);
  assert.equal(conversation.wanted, 20);
  assert.ok(conversation.messages.some((one) => one.seq === 20));
});

test("to the end, from wherever; what was said meanwhile is there", async () => {
  const { chat, state, conversation } = long(500);
  await chat.around("r1", 20);
  state.head = 501;
  chat.event({ type: "message", room: "r1", ...message(501) });
  assert.equal(conversation.newest < 501, true);
  assert.equal(chat.rooms.get("r1")?.unread, 1);
  await chat.pages.latest("r1");
  assert.deepEqual([conversation.newest, conversation.atEnd], [501, true]);
});

test("with much unread a room opens where that begins", async () => {
  const { chat, conversation } = long(500, 200);
  await chat.open("r1");
  assert.ok(conversation.oldest <= 200 && conversation.newest >= 201);
  assert.equal(conversation.atEnd, false);
  chat.seen("r1", 240);
  assert.equal(chat.rooms.get("r1")?.unread, 260);
});

test("a quoted message far away is asked for once", async () => {
  const { chat, state, conversation } = long(500);
  await chat.open("r1");
  await Promise.all([chat.pages.quoted("r1", 7), chat.pages.quoted("r1", 7)]);
  assert.equal(conversation.said(7)?.body, "7");
  assert.equal(state.asked, 1);
});

test("many who come and go are told in one frame", () => {
  const { chat } = long(1);
  const [ana, beto] = [{ id: "u2", name: "Ana" }, { id: "u3", name: "Beto" }];
  chat.event({ type: "users_online", room: "r1", users: [ana] });
  chat.event({ type: "presence", room: "r1", joined: [beto], left: [ana] });
  assert.deepEqual(chat.rooms.present("r1"), [beto]);
  chat.event({ type: "user_changed", user: { id: "u3", name: "Alberto" } });
  assert.deepEqual(chat.rooms.present("r1"), [{ id: "u3", name: "Alberto" }]);
});

test("a room of which much changed is asked for again where the person reads, and no cached word stays", async () => {
  const { chat, state, conversation } = long(500);
  chat.enter("r1");
  await settled();
  await chat.around("r1", 200);
  Object.assign(conversation, { following: false, place: 195 });
  await chat.pages.quoted("r1", 3);
  Object.assign(state, { first: 190, head: 800, says: "anew" });
  chat.event({ type: "room_resync", ev: 9, room: "r1", first: 190, head: 800 });
  await settled();
  assert.deepEqual([conversation.oldest, conversation.atEnd, conversation.far.size], [190, false, 0]);
  assert.ok(conversation.messages.every((one) => one.body === "anew") && whole(conversation));
  assert.deepEqual([chat.rooms.get("r1")?.head, chat.rooms.get("r1")?.unread], [800, 300]);
  await chat.pages.older("r1");
  assert.deepEqual([conversation.oldest, conversation.atStart], [190, true]);
});

test("who reads along at the end stays there, and a room that nobody looks at is dropped", async () => {
  const { chat, state, conversation } = long(500);
  chat.enter("r1");
  await settled();
  state.head = 900;
  chat.event({ type: "room_resync", ev: 9, room: "r1", first: 1, head: 900 });
  chat.event({ type: "room_resync", ev: 10, room: "r1", first: 1, head: 900 });
  await settled();
  assert.deepEqual([conversation.newest, conversation.atEnd, conversation.busy], [900, true, false]);
  chat.leaveView();
  Object.assign(state, { first: 901, head: 900 });
  chat.event({ type: "room_resync", ev: 11, room: "r1", first: 901, head: 900 });
  assert.notEqual(chat.conversation("r1"), conversation);
  assert.equal(chat.rooms.get("r1")?.unread, 0);
  chat.enter("r1");
  await settled();
  assert.deepEqual([chat.conversation("r1").messages.length, chat.conversation("r1").state], [0, "ready"]);
});

test("what an answer for an earlier window brings is not mixed into the one that is there", async () => {
  const { chat, state, conversation } = long(500);
  chat.enter("r1");
  await settled();
  await chat.around("r1", 200);
  conversation.following = false;
  conversation.place = 200;
  const late = chat.pages.older("r1");
  state.says = "anew";
  chat.event({ type: "room_resync", ev: 9, room: "r1", first: 1, head: 500 });
  await late;
  await settled();
  assert.ok(conversation.messages.every((one) => one.body === "anew") && whole(conversation));
});
