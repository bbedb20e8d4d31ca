// @ts-check
/** Messages on their way: nothing is lost, nothing goes twice, nothing goes after a reset. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError } from "../../web/js/net/api.js";
import { Drafts } from "../../web/js/models/drafts.js";
import { Outbox } from "../../web/js/models/outbox.js";
import { Clock, MemoryStorage, settled } from "./helpers.js";

/** @param {{storage?: MemoryStorage}} [given] */
function writing({ storage = new MemoryStorage() } = {}) {
  const clock = new Clock();
  /** @type {string[]} */
  const sent = [];
  /** @type {{fail: string, params: Record<string, unknown>}} */
  const box = { fail: "", params: {} };
  const outbox = new Outbox({
    storage,
    cid: () => `cid${++clock.number}`,
    now: () => ++clock.now,
    deliver: async (entry) => {
      if (box.fail) throw new ApiError(box.fail, box.params);
      sent.push(entry.body);
    },
    later: (run, ms) => void clock.setTimeout(run, ms),
  });
  outbox.open("e1", "u1");
  return { outbox, sent, box, clock, storage };
}

/** @param {Outbox} outbox */
const states = (outbox) => outbox.entries.map((entry) => `${entry.body} ${entry.state} ${entry.code}`.trim());

test("messages go in the order of writing and leave the box empty", async () => {
  const { outbox, sent, storage } = writing();
  for (const body of ["uno", "dos", "tres"]) outbox.add("r1", body);
  await settled();
  assert.deepEqual(sent, ["uno", "dos", "tres"]);
  assert.deepEqual([outbox.entries, storage.length], [[], 0]);
});

test("without a line they wait, and go when it is back", async () => {
  const { outbox, sent, box } = writing();
  box.fail = "offline";
  outbox.add("r1", "uno");
  outbox.add("r1", "dos");
  await settled();
  assert.deepEqual(states(outbox), ["uno pending", "dos pending"]);
  box.fail = "";
  await outbox.flush();
  assert.deepEqual(sent, ["uno", "dos"]);
});

test("a refusal is shown and does not hold up the others", async () => {
  const { outbox, sent, box } = writing();
  box.fail = "muted";
  outbox.add("r1", "uno");
  await settled();
  assert.deepEqual(states(outbox), ["uno failed muted"]);
  box.fail = "";
  outbox.add("r1", "dos");
  await settled();
  assert.deepEqual(sent, ["dos"]);
  outbox.retry(outbox.entries[0].cid);
  await settled();
  assert.deepEqual(sent, ["dos", "uno"]);
});

test("told to slow down, it waits as long as it was told", async () => {
  const { outbox, sent, box, clock } = writing();
  Object.assign(box, { fail: "rate_limited", params: { retry_ms: 250 } });
  outbox.add("r1", "uno");
  await settled();
  box.fail = "";
  clock.pass(249);
  await settled();
  assert.deepEqual(sent, []);
  clock.pass(1);
  await settled();
  assert.deepEqual(sent, ["uno"]);
});

test("a reload in the same epoch sends what was waiting, with the same cid", async () => {
  const first = writing();
  first.box.fail = "offline";
  first.outbox.add("r1", "uno");
  await settled();
  const { cid } = first.outbox.entries[0];
  const second = writing({ storage: first.storage });
  assert.equal(second.outbox.entries[0].cid, cid);
  await second.outbox.flush();
  assert.deepEqual(second.sent, ["uno"]);
});

test("after a reset nothing is sent by itself: it is handed to the person", async () => {
  const { outbox, sent, box, storage } = writing();
  box.fail = "offline";
  outbox.add("r1", "uno");
  await settled();
  box.fail = "";
  outbox.open("e2", "u1");
  await outbox.flush();
  assert.deepEqual(sent, []);
  assert.deepEqual(outbox.stranded.map((entry) => entry.body), ["uno"]);
  assert.deepEqual([outbox.entries, storage.length], [[], 0]);
});

test("the messages of somebody else on the same browser are left alone", async () => {
  const { outbox, box, storage } = writing();
  box.fail = "offline";
  outbox.add("r1", "uno");
  await settled();
  outbox.open("e1", "u2");
  assert.deepEqual([outbox.entries, outbox.stranded, storage.length], [[], [], 1]);
});

test("a storage that is full or damaged costs nothing but the memory", async () => {
  const storage = new MemoryStorage();
  storage.setItem("pichat.outbox.e1.u1.x", "{broken");
  storage.setItem = () => {
    throw new Error("full");
  };
  const { outbox, sent } = writing({ storage });
  outbox.add("r1", "uno");
  await settled();
  assert.deepEqual(sent, ["uno"]);
});

test("a draft with a file on its way is sent when the file is there", () => {
  /** @type {any[]} */
  const posted = [];
  const drafts = new Drafts((room, body, files) => posted.push([room, body, files.length]));
  const file = { id: "f1", name: "a", type: "", size: 1 };
  assert.equal(drafts.post("r1"), false);
  drafts.write("r1", " hola ");
  drafts.expect("r1", 7);
  assert.equal(drafts.post("r1"), true);
  assert.deepEqual(posted, []);
  drafts.arrived("r1", 7, file);
  assert.deepEqual(posted, [["r1", "hola", 1]]);
  assert.equal(drafts.of("r1").text, "");
});

test("a draft whose file failed waits for the person", () => {
  /** @type {any[]} */
  const posted = [];
  const drafts = new Drafts((room, body) => posted.push([room, body]));
  drafts.write("r1", "hola");
  drafts.expect("r1", 7);
  drafts.post("r1");
  drafts.forget("r1", 7);
  assert.deepEqual([posted, drafts.of("r1").text], [[], "hola"]);
  drafts.post("r1");
  assert.deepEqual(posted, [["r1", "hola"]]);
});
