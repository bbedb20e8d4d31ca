// @ts-check
/** Messages on their way: nothing is lost, nothing goes twice, nothing goes after a reset. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError } from "../../web/js/net/api.js";
import { Drafts } from "../../web/js/models/drafts.js";
import { Outbox } from "../../web/js/models/outbox.js";
import { Clock, MemoryStorage, message, settled } from "./helpers.js";

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

/** @param {MemoryStorage} storage */
const drafting = (storage) => new Drafts(() => {}, { storage, now: () => storage.length, lasting: (room) => room !== "rx" });

test("what was being written survives a reload: words, files, an answer, an edit", () => {
  const storage = new MemoryStorage();
  const first = drafting(storage);
  first.open("e1", "u1");
  first.reply("r1", message(4));
  first.write("r1", "hola");
  first.write("r2", "a medias");
  first.edit("r2", message(9, { body: "lo dicho" }));
  first.write("r2", "lo dicho, mejor");
  first.write("rx", "no se escribe en ningún sitio");
  const second = drafting(storage);
  second.open("e1", "u1");
  assert.deepEqual([second.of("r1").text, second.of("r1").reply?.seq], ["hola", 4]);
  assert.deepEqual([second.of("r2").text, second.of("r2").editing?.body], ["lo dicho, mejor", "lo dicho"]);
  second.edit("r2", null);
  assert.equal(second.of("r2").text, "a medias");
  assert.equal(second.of("rx").text, "");
  second.post("r1");
  assert.equal(storage.length, 1);
});

test("after a reset the words alone are left, and of somebody else's nothing is seen", () => {
  const storage = new MemoryStorage();
  const first = drafting(storage);
  first.open("e1", "u1");
  first.expect("r1", 1);
  first.arrived("r1", 1, { id: "f1", name: "a", type: "", size: 1 });
  first.edit("r1", message(9));
  first.write("r1", "hola");
  const other = drafting(storage);
  other.open("e1", "u10");
  assert.equal(other.of("r1").text, "");
  const later = drafting(storage);
  later.open("e2", "u1");
  const { text, files, editing } = later.of("r1");
  assert.deepEqual([text, files, editing], ["hola", [], undefined]);
  later.erase();
  assert.equal(storage.length, 0);
});

test("drafts are kept of so many rooms, the oldest go", () => {
  const storage = new MemoryStorage();
  const drafts = drafting(storage);
  drafts.open("e1", "u1");
  for (let room = 0; room < 60; room++) drafts.write(`r${room}`, "x".repeat(30_000));
  assert.equal(storage.length, 50);
  assert.equal(storage.getItem("pichat.draft.u1.r0"), null);
  storage.setItem("pichat.draft.u1.r59", "{broken");
  const again = drafting(storage);
  again.open("e1", "u1");
  assert.equal(again.of("r59").text, "");
  assert.equal(again.of("r58").text.length, 20_000);
});
