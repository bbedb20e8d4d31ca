// @ts-check
/** Who is called to the page, and for what. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Alerts, said } from "../../web/js/models/alerts.js";
import { message } from "./helpers.js";

const room = { id: "r1", kind: "public", name: "General", head: 1, read: 1, unread: 0, role: "member" };

function calling() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  const keeping = {
    kept: (/** @type {string} */ key) => kept.get(key) ?? "",
    keep: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, value),
  };
  const state = { now: 1_700_000_000_000 };
  const alerts = new Alerts(keeping, () => state.now);
  /** @param {object} [more] @param {object} [said] */
  const of = (more, said) =>
    alerts.of({ type: "message", ...message(5, { ts: state.now, ...said }) }, { me: "u1", room, open: false, visible: true, ...more });
  return { alerts, state, of };
}

test("a message rings once in a while, where nobody looks", () => {
  const { of, state } = calling();
  assert.deepEqual(of(), { sound: true, note: false });
  assert.deepEqual(of(), { sound: false, note: false });
  state.now += 2_000;
  assert.deepEqual(of({ open: true, visible: false }), { sound: true, note: false });
  assert.equal(of({ open: true, visible: true }), null);
});

test("nothing of one's own, of a quiet or archived room, of long ago, of a room that one is not in", () => {
  const { of, state } = calling();
  assert.equal(of({ me: "u2" }), null);
  assert.equal(of({ room: { ...room, muted: true } }), null);
  assert.equal(of({ room: { ...room, archived: true } }), null);
  assert.equal(of({ room: undefined }), null);
  assert.equal(of({}, { ts: state.now - 120_000 }), null);
});

test("notices of the system are for pages out of sight, and for those who asked for them", () => {
  const { alerts, of } = calling();
  assert.equal(of({ visible: false })?.note, false);
  alerts.turnNotes(true);
  assert.equal(of({ visible: false })?.note, true);
  assert.equal(of({ visible: true })?.note, false);
  alerts.turnSound(false);
  assert.deepEqual([alerts.sound, alerts.notes], [false, true]);
});

test("a notice says who, where, and the beginning", () => {
  const frame = { type: "message", ...message(5, { body: "x".repeat(200) }) };
  assert.deepEqual(said(frame, room).title, "Ana · General");
  assert.equal(said(frame, room).body.length, 141);
  assert.equal(said(frame, { ...room, kind: "direct", name: "Ana" }).title, "Ana");
  const files = [{ id: "f", name: "a.png", type: "", size: 1 }];
  assert.equal(said({ type: "message", ...message(5, { body: "", files }) }, room).body, "a.png");
});
