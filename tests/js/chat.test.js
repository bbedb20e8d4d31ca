// @ts-check
/** The chat against a box that answers from a script. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError } from "../../web/js/net/api.js";
import { Chat } from "../../web/js/models/chat.js";
import { Clock, message, settled } from "./helpers.js";

/** @typedef {import("../../web/js/types.js").Frame} Frame */

const ana = { id: "u2", name: "Ana" };
const room = { id: "r1", kind: "public", name: "General", head: 3, read: 1, unread: 2, role: "member" };

/**
 * @param {Record<string, (frame: Frame) => any>} answers
 * @param {((run: () => void, ms: number) => void) | undefined} [later]
 */
function chatting(answers = {}, later = undefined) {
  /** @type {Frame[]} */
  const sent = [];
  const link = {
    /** @param {Frame} frame */
    send: (frame) => {
      sent.push(frame);
      return true;
    },
    /** @param {Frame} frame */
    request: async (frame) => {
      sent.push(frame);
      return answers[frame.type](frame);
    },
  };
  const state = { now: 50_000 };
  const chat = new Chat(link, () => "u1", () => state.now, later);
  return { chat, sent, state };
}

const opened = () => ({ items: [message(1), message(2), message(3)], read: 1, members: [{ ...ana, here: true }] });

/** @param {Frame} [more] */
const welcome = (more) => Object.assign({ type: "welcome", mode: "fresh", rooms: [room], limits: { body: 10 } }, more);

test("entering a room loads its window and shows who is there", async () => {
  const { chat, sent } = chatting({ open: opened });
  chat.welcome(welcome());
  chat.enter("r1");
  await settled();
  const conversation = chat.conversation("r1");
  assert.equal(conversation.state, "ready");
  assert.equal(conversation.unreadAfter, 1);
  assert.deepEqual(chat.rooms.present("r1"), [ana]);
  assert.equal(chat.longest, 10);
  chat.seen("r1");
  chat.seen("r1");
  assert.deepEqual(sent.filter((frame) => frame.type === "read"), [{ type: "read", room: "r1", seq: 3 }]);
  assert.equal(chat.rooms.get("r1")?.unread, 0);
});

test("what came while one was away has reached this browser", () => {
  const { chat, sent } = chatting();
  chat.welcome(welcome());
  assert.deepEqual(sent, [{ type: "delivered", room: "r1", seq: 3 }]);
});

test("a message counts as unread once, one's own never", () => {
  const { chat } = chatting();
  chat.welcome(welcome());
  const frame = { type: "message", room: "r1", ...message(4) };
  chat.event(frame);
  chat.event(frame);
  assert.equal(chat.rooms.get("r1")?.unread, 3);
  chat.event({ type: "message", room: "r1", ...message(5, { from: { id: "u1", name: "Marta" } }) });
  assert.equal(chat.rooms.get("r1")?.head, 5);
  assert.equal(chat.rooms.unread(), 0);
});

test("what is missing between is asked for", async () => {
  const { chat } = chatting({ open: opened, history: () => ({ items: [message(4), message(5), message(6)] }) });
  chat.welcome(welcome());
  chat.enter("r1");
  await settled();
  chat.event({ type: "message", room: "r1", ...message(6) });
  await settled();
  assert.deepEqual(chat.conversation("r1").messages.map((one) => one.seq), [1, 2, 3, 4, 5, 6]);
});

test("a sent message takes its place at the word of the box", async () => {
  const { chat, sent } = chatting({ open: opened, send: () => ({ seq: 4, ts: 9, message: "m4" }) });
  chat.welcome(welcome());
  chat.enter("r1");
  await settled();
  const file = { id: "f1", name: "a.png", type: "image/png", size: 1 };
  const entry = /** @type {any} */ ({ room: "r1", cid: "abc", body: "hola", files: [file] });
  await chat.deliver(entry, "Marta");
  assert.deepEqual(sent[sent.length - 1], { type: "send", room: "r1", cid: "abc", body: "hola", files: ["f1"] });
  const last = chat.conversation("r1").messages[3];
  assert.deepEqual([last.seq, last.body, last.from.id], [4, "hola", "u1"]);
});

test("after a resumed line everything is kept, after any other it is loaded anew", async () => {
  const { chat, sent } = chatting({ open: opened });
  chat.welcome(welcome());
  chat.enter("r1");
  await settled();
  chat.welcome(welcome({ type: "welcome", mode: "resumed" }));
  assert.equal(chat.conversation("r1").state, "ready");
  chat.welcome(welcome({ type: "welcome", mode: "resync" }));
  await settled();
  assert.equal(sent.filter((frame) => frame.type === "open").length, 2);
});

test("typing is told at most every three seconds and forgotten after six", () => {
  const { chat, sent, state } = chatting();
  chat.welcome(welcome());
  chat.typing("r1");
  chat.typing("r1");
  state.now += 3_000;
  chat.typing("r1");
  assert.equal(sent.filter((frame) => frame.type === "typing").length, 2);
  chat.event({ type: "typing", room: "r1", user: ana, on: true });
  chat.event({ type: "typing", room: "r1", user: { id: "u1", name: "Marta" }, on: true });
  assert.deepEqual(chat.rooms.writers("r1"), ["Ana"]);
  assert.equal(chat.rooms.nextSilence(), 6_000);
  state.now += 6_000;
  assert.deepEqual(chat.rooms.writers("r1"), []);
});

test("people come and go, and rooms too", async () => {
  const { chat } = chatting({ open: opened });
  chat.welcome(welcome());
  chat.enter("r1");
  await settled();
  chat.event({ type: "user_left", room: "r1", user: ana, why: "disconnect" });
  assert.deepEqual(chat.rooms.present("r1"), []);
  assert.equal(chat.conversation("r1").notices.length, 1);
  const info = { kind: "direct", name: "", head: 7, users: [ana, { id: "u1", name: "Marta" }] };
  chat.event({ type: "member_changed", room: "r2", user: { id: "u1", name: "Marta" }, role: "member", info });
  assert.equal(chat.rooms.get("r2")?.name, "Ana");
  chat.event({ type: "room_changed", room: "r1", info: { name: "Plaza" } });
  assert.equal(chat.rooms.get("r1")?.name, "Plaza");
  chat.event({ type: "room_closed", room: "r1" });
  chat.event({ type: "member_changed", room: "r2", user: { id: "u1", name: "Marta" }, role: "none" });
  assert.deepEqual(chat.rooms.list(), []);
});

test("a room that cannot be loaded says why, and an unknown event does no harm", async () => {
  const { chat } = chatting({
    open: () => {
      throw new ApiError("forbidden");
    },
  });
  chat.welcome(welcome());
  chat.enter("r1");
  await settled();
  assert.deepEqual([chat.conversation("r1").state, chat.conversation("r1").failure], ["failed", "forbidden"]);
  chat.event({ type: "of_tomorrow" });
});

test("a lively room is marked once for many messages, and to the last of them", () => {
  const clock = new Clock();
  const { chat, sent } = chatting({}, (run, ms) => void clock.setTimeout(run, ms));
  const rooms = ["r1", "r2", "r3"].map((id) => Object.assign({}, room, { id }));
  chat.welcome(welcome({ type: "welcome", rooms }));
  for (let seq = 4; seq <= 100; seq++) chat.event({ type: "message", room: "r1", ...message(seq) });
  clock.pass(1_000);
  assert.deepEqual(
    sent.map((frame) => [frame.type, frame.room, frame.seq]),
    [["delivered", "r1", 3], ["delivered", "r2", 3], ["delivered", "r3", 3], ["delivered", "r1", 100]],
  );
});

test("nothing of one person is marked for the next", () => {
  const clock = new Clock();
  const { chat, sent } = chatting({}, (run, ms) => void clock.setTimeout(run, ms));
  chat.welcome(welcome());
  chat.event({ type: "message", room: "r1", ...message(4) });
  chat.forget();
  clock.pass(1_000);
  assert.deepEqual(sent.map((frame) => frame.seq), [3]);
});
