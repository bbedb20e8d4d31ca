// @ts-check
/** The line to the box: hello and resume, answers, silence, coming back. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Socket } from "../../web/js/net/socket.js";
import { Connection } from "../../web/js/models/connection.js";
import { ResetStory } from "../../web/js/models/reset_story.js";
import { Clock, MemoryStorage } from "./helpers.js";

/** @typedef {import("../../web/js/types.js").Frame} Frame */

class FakeLine {
  constructor() {
    /** @type {Frame[]} */
    this.sent = [];
    this.closed = false;
    /** @type {any} */
    this.onopen = null;
    /** @type {any} */
    this.onmessage = null;
    /** @type {any} */
    this.onclose = null;
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }

  /** @param {Frame} frame */
  says(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }

  get last() {
    return this.sent[this.sent.length - 1];
  }
}

function connecting() {
  const clock = new Clock();
  /** @type {FakeLine[]} */
  const lines = [];
  /** @type {any[]} */
  const heard = [];
  let clients = 0;
  const socket = new Socket(
    {
      connect: () => {
        lines.push(new FakeLine());
        return /** @type {any} */ (lines[lines.length - 1]);
      },
      timers: {
        setTimeout: (run, ms) => clock.setTimeout(run, ms),
        clearTimeout: (id) => clock.clearTimeout(id),
        random: () => 0.5,
      },
      client: () => `c${++clients}`,
      lang: () => "es",
    },
    {
      onWelcome: (frame) => heard.push(["welcome", frame.mode]),
      onEvent: (frame) => heard.push([frame.type, frame.ev]),
      onState: (state) => heard.push(state),
      onEnded: (code) => heard.push(["ended", code]),
    },
  );
  socket.start();
  const line = () => lines[lines.length - 1];
  /** @param {Frame} [more] */
  const open = (more) => {
    line().onopen();
    line().says(Object.assign({ type: "welcome", epoch: "9f3a01c2", ev: 118, mode: "fresh" }, more));
  };
  return { socket, clock, lines, line, heard, open };
}

test("says hello first, and after a cut where it was", () => {
  const { socket, clock, line, lines, open } = connecting();
  assert.equal(socket.send({ type: "ping" }), false);
  open();
  assert.deepEqual(line().sent[0], { type: "hello", id: 1, v: 1, client: "c1", lang: "es" });
  line().says({ type: "message", ev: 119 });
  line().says({ type: "batch", events: [{ type: "message", ev: 120 }, { type: "message", ev: 121 }] });
  line().onclose({ code: 1006 });
  clock.pass(250);
  assert.equal(lines.length, 2);
  line().onopen();
  assert.equal(line().last.resume, "9f3a01c2.121");
});

test("a resumed line moves its cursor with the replay, not before it", () => {
  const { clock, line, open } = connecting();
  open();
  line().onclose({ code: 1006 });
  clock.pass(250);
  open({ type: "welcome", mode: "resumed", ev: 130 });
  line().onclose({ code: 1006 });
  clock.pass(500);
  line().onopen();
  assert.equal(line().last.resume, "9f3a01c2.118");
});

test("each request has its own answer", async () => {
  const { socket, line, open } = connecting();
  open();
  const first = socket.request({ type: "send" });
  const second = socket.request({ type: "history" });
  const [one, two] = line().sent.slice(-2);
  line().says({ type: "error", id: two.id, code: "rate_limited", retry_ms: 250 });
  line().says({ type: "ack", id: one.id, seq: 5 });
  assert.equal((await first).seq, 5);
  await assert.rejects(second, (error) => /** @type {any} */ (error).code === "rate_limited");
});

test("what no frame may carry is left out, and nobody waits for a frame that could not be read", async () => {
  const { socket, line, open } = connecting();
  open();
  socket.send({ type: "send", body: "a\0b \ud83d\ude00 \ud83d", files: ["\udc00x"] });
  assert.equal(line().last.body, "ab \ud83d\ude00 ");
  assert.deepEqual(line().last.files, ["x"]);
  const unread = socket.request({ type: "send" });
  line().says({ type: "error", code: "bad_frame", params: { reason: "nul" } });
  await assert.rejects(unread, (error) => /** @type {any} */ (error).code === "bad_frame");
});

test("what waits for an answer is told when the line is lost, or silent too long", async () => {
  const { socket, clock, line, open } = connecting();
  open();
  const lost = socket.request({ type: "send" });
  line().onclose({ code: 1006 });
  await assert.rejects(lost, { message: "offline" });
  await assert.rejects(socket.request({ type: "send" }), { message: "offline" });
  clock.pass(250);
  open();
  const silent = socket.request({ type: "send" });
  clock.pass(15_000);
  await assert.rejects(silent, { message: "offline" });
});

test("after 25 s of silence it asks, and without an answer it comes back", () => {
  const { clock, line, lines, open } = connecting();
  open();
  clock.pass(25_000);
  assert.equal(line().last.type, "ping");
  line().says({ type: "pong" });
  clock.pass(25_000);
  assert.equal(line().last.type, "ping");
  clock.pass(5_000);
  assert.equal(lines[0].closed, true);
  clock.pass(250);
  assert.equal(lines.length, 2);
});

test("tries again later and later, at once when somebody looks", () => {
  const { socket, clock, line, lines } = connecting();
  for (const wait of [250, 500, 1000, 2000, 4000, 7500, 7500]) {
    const before = lines.length;
    line().onclose({ code: 1006 });
    clock.pass(wait - 1);
    assert.equal(lines.length, before);
    clock.pass(1);
    assert.equal(lines.length, before + 1);
  }
  line().onclose({ code: 1006 });
  socket.wake();
  assert.equal(lines.length, 9);
});

test("a line that never opens is given up", () => {
  const { clock, lines } = connecting();
  clock.pass(10_250);
  assert.equal(lines.length, 2);
});

test("an ended session stays away; a replaced tab takes another name; a reset comes back", () => {
  const ended = connecting();
  ended.open();
  ended.line().onclose({ code: 4001 });
  ended.clock.pass(60_000);
  assert.deepEqual([ended.lines.length, ended.heard[ended.heard.length - 1]], [1, ["ended", 4001]]);

  const replaced = connecting();
  replaced.open();
  replaced.line().onclose({ code: 4009 });
  replaced.clock.pass(250);
  replaced.line().onopen();
  assert.equal(replaced.line().last.client, "c2");

  const reset = connecting();
  reset.open();
  reset.line().onclose({ code: 4012 });
  assert.deepEqual(reset.heard.slice(-2), ["waiting", ["ended", 4012]]);
  reset.clock.pass(250);
  assert.equal(reset.lines.length, 2);
});

test("a blink of the network is not worth a word; longer ones are, and their end too", () => {
  const clock = new Clock();
  const connection = new Connection((run, ms) => void clock.setTimeout(run, ms));
  connection.become("connecting");
  connection.become("open");
  assert.deepEqual([connection.trouble, connection.healed], [false, false]);
  connection.become("waiting");
  clock.pass(1_999);
  connection.become("open");
  assert.equal(connection.healed, false);
  connection.become("waiting");
  connection.become("connecting");
  clock.pass(2_000);
  assert.equal(connection.trouble, true);
  connection.become("open");
  assert.deepEqual([connection.trouble, connection.healed], [false, true]);
  clock.pass(3_000);
  assert.equal(connection.healed, false);
});

test("a reset is told once: by a line to who was away, by a page to who saw it or lost words", () => {
  const storage = new MemoryStorage();
  const story = new ResetStory(storage);
  assert.equal(story.arrived("e1"), false);
  story.begin();
  assert.equal(story.arrived("e1"), false);
  assert.equal(story.phase, "none");
  assert.equal(story.arrived("e2"), true);
  story.happened({ unsent: [], uploads: 0, witnessed: false });
  assert.deepEqual([story.phase, story.witnessed], ["done", false]);
  story.happened({ unsent: /** @type {any} */ ([{}]), uploads: 0, witnessed: false });
  assert.equal(story.witnessed, true);
  story.dismiss();
  assert.equal(new ResetStory(storage).arrived("e2"), false);
});
