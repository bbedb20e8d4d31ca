// @ts-check
/** One room: its window of messages, and how they are laid out. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { rows } from "../../web/js/models/bubbles.js";
import { Conversation, MOST } from "../../web/js/models/conversation.js";
import { message } from "./helpers.js";

const MINUTE = 60_000;
const START = new Date(2026, 2, 12, 12, 0).getTime();
const me = "u1";
const marta = { id: me, name: "Marta" };
const ana = { id: "u2", name: "Ana" };

/** @param {Partial<Parameters<typeof rows>[0]>} view */
const laid = (view) => rows(Object.assign({ messages: [], outgoing: [], notices: [], unreadAfter: 0, me }, view));

/** @param {number} seq @param {number} minute @param {{id: string, name: string}} from */
const said = (seq, minute, from) => message(seq, { from, ts: START + minute * MINUTE });

/** @param {ReturnType<typeof rows>} found */
const kinds = (found) => found.map((row) => row.kind);

/** @param {ReturnType<typeof rows>} found */
const bubbles = (found) => found.flatMap((row) => (row.kind === "message" ? [row] : []));

test("messages of one person within five minutes are one group", () => {
  const found = laid({ messages: [said(1, 0, ana), said(2, 4, ana), said(3, 10, ana), said(4, 11, marta)] });
  assert.deepEqual(kinds(found), ["day", "message", "message", "message", "message"]);
  assert.deepEqual(bubbles(found).map((row) => row.first), [true, false, true, true]);
  assert.deepEqual(bubbles(found).map((row) => row.last), [false, true, true, true]);
  assert.deepEqual(bubbles(found).map((row) => row.own), [false, false, false, true]);
});

test("a new day has a line, and starts a new group", () => {
  const found = laid({ messages: [said(1, 0, ana), said(2, 12 * 60, ana)] });
  assert.deepEqual(kinds(found), ["day", "message", "day", "message"]);
  assert.equal(bubbles(found)[1].first, true);
});

test("the unread line stands once, before the first message of somebody else", () => {
  const messages = [said(1, 0, ana), said(2, 1, marta), said(3, 2, ana), said(4, 3, ana)];
  assert.deepEqual(kinds(laid({ messages, unreadAfter: 1 })), ["day", "message", "message", "unread", "message", "message"]);
  assert.ok(!kinds(laid({ messages, unreadAfter: 4 })).includes("unread"));
});

test("who came and went at one place is one line; who did both is none", () => {
  const beto = { id: "u3", name: "Beto" };
  const notices = [
    { after: 1, person: ana, here: true },
    { after: 1, person: beto, here: true },
    { after: 1, person: beto, here: false },
    { after: 2, person: ana, here: false },
  ];
  const found = laid({ messages: [said(1, 0, marta), said(2, 1, marta)], notices });
  assert.deepEqual(kinds(found), ["day", "message", "notice", "message", "notice"]);
  assert.deepEqual(found[2], { kind: "notice", key: "n1", came: ["Ana"], gone: [] });
  assert.deepEqual(found[4], { kind: "notice", key: "n2", came: [], gone: ["Ana"] });
});

test("what is on its way stands at the end and keeps its place when it has arrived", () => {
  const outgoing = /** @type {any} */ ([{ cid: "abc", body: "hola", ts: START, state: "pending", files: [], room: "r", code: "" }]);
  const before = bubbles(laid({ outgoing }))[0];
  const after = bubbles(laid({ messages: [message(1, { from: marta, cid: "abc" })] }))[0];
  assert.equal(before.key, after.key);
  assert.equal(before.own, true);
});

/** @param {number[]} seqs */
function ready(seqs) {
  const conversation = new Conversation("r1");
  conversation.fill(seqs.map((seq) => message(seq)), 0);
  return conversation;
}

/** @param {Conversation} conversation */
const seqs = (conversation) => conversation.messages.map((one) => one.seq);

test("messages are kept in the order of seq, each once", () => {
  const conversation = ready([12, 11, 10]);
  assert.deepEqual(seqs(conversation), [10, 11, 12]);
  assert.equal(conversation.add(message(13)), true);
  assert.equal(conversation.add(message(13, { body: "again" })), true);
  assert.deepEqual(seqs(conversation), [10, 11, 12, 13]);
  assert.equal(conversation.messages[3].body, "again");
});

test("a hole is noticed, not papered over", () => {
  const conversation = ready([1, 2]);
  assert.equal(conversation.add(message(4)), false);
  assert.deepEqual(seqs(conversation), [1, 2]);
});

test("older pages come before, and the start is known", () => {
  const conversation = ready([41, 42]);
  assert.equal(conversation.atStart, false);
  conversation.prepend([message(40), message(39), message(41)], true);
  assert.deepEqual(seqs(conversation), [39, 40, 41, 42]);
  conversation.prepend([message(38)], false);
  assert.equal(conversation.atStart, true);
});

test("an edit and a deletion change the message in its place", () => {
  const conversation = ready([1, 2]);
  conversation.amend(1, { body: "nuevo", edited: true });
  conversation.amend(9, { body: "nobody" });
  assert.deepEqual(conversation.messages.map((one) => one.body), ["nuevo", "2"]);
});

/** @param {number} from @param {number} to */
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => message(from + at));

test("a long conversation lets go of its far end, which can be loaded again", () => {
  const conversation = ready(Array.from({ length: 161 }, (_, at) => at + 1));
  conversation.follow(true);
  assert.deepEqual([conversation.messages.length, conversation.oldest, conversation.newest], [MOST, 42, 161]);
  assert.deepEqual([conversation.atStart, conversation.atEnd], [false, true]);
  conversation.prepend(range(2, 41), true);
  assert.deepEqual([conversation.messages.length, conversation.oldest, conversation.newest], [MOST, 2, 121]);
  assert.equal(conversation.atEnd, false);
  assert.equal(conversation.add(message(162)), true);
  assert.equal(conversation.newest, 121);
  conversation.append(range(122, 162), false);
  assert.deepEqual([conversation.messages.length, conversation.newest, conversation.atEnd], [MOST, 162, true]);
});

test("who reads further up keeps what they read, however much is said meanwhile", () => {
  const conversation = ready([1, 2]);
  conversation.follow(false);
  for (let seq = 3; seq < 400; seq++) conversation.add(message(seq));
  assert.deepEqual([conversation.oldest, conversation.messages.length, conversation.atEnd], [1, MOST, false]);
});

test("the unread line stands where the unread begins, not where a later part does", () => {
  const messages = [said(50, 0, ana), said(51, 1, ana)];
  assert.ok(!kinds(laid({ messages, unreadAfter: 9 })).includes("unread"));
  assert.ok(kinds(laid({ messages, unreadAfter: 49 })).includes("unread"));
});

test("a file that was released is so in every message that brings it", () => {
  const room = new Conversation("r");
  const held = { id: "f_1", name: "a.svg", type: "image/svg+xml", size: 1, state: "quarantined", scan: "flagged" };
  const other = Object.assign({}, held, { id: "f_2" });
  room.fill([message(1, { files: [held, other] }), message(2, {}), message(3, { files: [held] })], 0);
  room.file("f_1", { state: "released", scan: "flagged" });
  assert.deepEqual(
    room.messages.map((one) => (one.files ?? []).map((file) => file.state)),
    [["released", "quarantined"], [], ["released"]],
  );
});
