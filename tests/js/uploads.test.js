// @ts-check
/** Files on their way, and the list of those that arrived. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError, refusal } from "../../web/js/net/api.js";
import { Files } from "../../web/js/models/files.js";
import { secondsLeft, Uploads } from "../../web/js/models/uploads.js";
import { settled } from "./helpers.js";

/** @param {string} name @param {number} size */
const file = (name, size) => /** @type {any} */ ({ name, size });

function sending() {
  const clock = { now: 0 };
  /** @type {Map<string, {progress: (sent: number) => void, done: (entry: any) => void, fail: (error: unknown) => void}>} */
  const wires = new Map();
  /** @type {string[]} */
  const cancelled = [];
  /** @type {any[]} */
  const arrived = [];
  const uploads = new Uploads(
    (one, progress) => {
      const done = new Promise((resolve, reject) => wires.set(one.name, { progress, done: resolve, fail: reject }));
      return { done, cancel: () => cancelled.push(one.name) };
    },
    () => clock.now,
    (entry) => arrived.push(entry),
  );
  return { uploads, wires, clock, cancelled, arrived };
}

/** @param {Uploads} uploads */
const states = (uploads) => uploads.items.map((one) => `${one.file.name} ${one.state}`);

test("two go at once, the others wait their turn", async () => {
  const { uploads, wires, arrived } = sending();
  uploads.add([file("a", 10), file("b", 10), file("c", 10)]);
  assert.deepEqual(states(uploads), ["a sending", "b sending", "c waiting"]);
  wires.get("a")?.done({ id: "f1" });
  await settled();
  assert.deepEqual(states(uploads), ["b sending", "c sending"]);
  assert.deepEqual(arrived, [{ id: "f1" }]);
});

test("speed and time left follow the last seconds", () => {
  const { uploads, wires, clock } = sending();
  const [upload] = uploads.add([file("a", 10_000)]);
  for (let step = 1; step <= 10; step++) {
    clock.now += 500;
    wires.get("a")?.progress(step * 500);
  }
  assert.equal(Math.round(upload.speed), 1000);
  assert.equal(Math.round(secondsLeft(upload)), 5);
  assert.equal(uploads.progress(), 0.5);
  wires.get("a")?.progress(10_000);
  assert.equal(upload.state, "finishing");
});

test("a failure stays in the list with its reason and can be tried again", async () => {
  const { uploads, wires } = sending();
  uploads.add([file("a", 10)]);
  wires.get("a")?.fail(new ApiError("no_space"));
  await settled();
  assert.deepEqual([states(uploads), uploads.items[0].code], [["a failed"], "no_space"]);
  uploads.retry(uploads.items[0].key);
  wires.get("a")?.done({});
  await settled();
  assert.deepEqual(uploads.items, []);
});

test("what is too large is told before a byte is sent", () => {
  const { uploads, wires } = sending();
  uploads.most = 5;
  uploads.add([file("a", 6)]);
  assert.deepEqual([states(uploads), uploads.items[0].code, wires.size], [["a failed"], "too_large", 0]);
});

test("giving one up stops it and lets the next one go", async () => {
  const { uploads, cancelled, wires } = sending();
  const [first] = uploads.add([file("a", 1), file("b", 1), file("c", 1)]);
  uploads.cancel(first.key);
  wires.get("a")?.fail(refusal(0, "", null));
  await settled();
  assert.deepEqual(cancelled, ["a"]);
  assert.deepEqual(states(uploads), ["b sending", "c sending"]);
});

test("an answer is read as our error, or as what its status says", () => {
  const ours = refusal(507, '{"error": {"code": "no_space", "params": {"left": 5}}}', null);
  assert.deepEqual([ours.code, ours.params], ["no_space", { left: 5 }]);
  assert.equal(refusal(502, "<html>", null).code, "internal");
  assert.equal(refusal(0, "", null).code, "offline");
  assert.equal(refusal(429, "{}", "3").params.seconds, 3);
});

function listing() {
  /** @type {Map<string, any>} */
  const pages = new Map();
  /** @type {string[]} */
  const asked = [];
  /** @type {(() => void)[]} */
  const later = [];
  /** @param {string} path */
  const get = async (path) => {
    asked.push(path);
    return pages.get(path) ?? { items: [], next: null };
  };
  const files = new Files(/** @type {any} */ ({ get, delete: async () => null, post: async () => ({}) }), (run) => later.push(run));
  return { files, pages, asked, later };
}

test("the list pages, searches, and takes in what arrives", async () => {
  const { files, pages, asked } = listing();
  pages.set("/api/uploads?sort=-created", { items: [{ id: "f1" }], next: "c1" });
  pages.set("/api/uploads?sort=-created&after=c1", { items: [{ id: "f1" }, { id: "f2" }], next: null });
  await files.load();
  await files.more();
  files.arrived(/** @type {any} */ ({ id: "f3" }));
  files.arrived(/** @type {any} */ ({ id: "f3" }));
  assert.deepEqual(files.items.map((item) => item.id), ["f3", "f1", "f2"]);
  files.event({ id: "f1", state: "deleted" });
  assert.deepEqual(files.items.map((item) => item.id), ["f3", "f2"]);
  await files.look("año nuevo", "name");
  assert.equal(asked[asked.length - 1], "/api/uploads?sort=name&q=a%C3%B1o%20nuevo");
});

test("many files at once are read once", async () => {
  const { files, asked, later } = listing();
  await files.load();
  for (let n = 0; n < 50; n++) files.event({ id: `f${n}`, state: "quarantined" });
  assert.deepEqual([asked.length, later.length], [1, 1]);
  later[0]();
  assert.equal(asked.length, 2);
});

test("an answer that a newer question overtook is ignored", async () => {
  const { files, pages } = listing();
  pages.set("/api/uploads?sort=-created&q=a", { items: [{ id: "old" }], next: null });
  pages.set("/api/uploads?sort=-created&q=ab", { items: [{ id: "new" }], next: null });
  await Promise.all([files.look("a", "-created"), files.look("ab", "-created")]);
  assert.deepEqual(files.items.map((item) => item.id), ["new"]);
});
