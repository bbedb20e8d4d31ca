// @ts-check
/** Files on their way, and the list of those that arrived. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError, refusal } from "../../web/js/net/api.js";
import { Files, goes } from "../../web/js/models/files.js";
import { folderOf, foldersIn } from "../../web/js/models/folders.js";
import { pictured, preview } from "../../web/js/models/preview.js";
import { Unfinished } from "../../web/js/models/unfinished.js";
import { secondsLeft, Uploads } from "../../web/js/models/uploads.js";
import { MemoryStorage, settled } from "./helpers.js";

/** @param {string} name @param {number} size */
const file = (name, size) => /** @type {any} */ ({ name, size });

function sending(storage = new MemoryStorage()) {
  const clock = { now: 0 };
  /** @type {Map<string, any>} */
  const wires = new Map();
  /** @type {string[]} */
  const cancelled = [];
  /** @type {any[]} */
  const arrived = [];
  const unfinished = new Unfinished(storage);
  unfinished.open("e1", "u1");
  const uploads = new Uploads(
    (one, heard, url) => {
      const done = new Promise((resolve, reject) => {
        wires.set(one.name, { ...heard, progress: heard.moved, url, done: resolve, fail: reject });
      });
      return { done, stop: (forGood) => cancelled.push(forGood ? one.name : `${one.name} paused`) };
    },
    () => clock.now,
    (entry) => arrived.push(entry),
    unfinished,
  );
  return { uploads, unfinished, wires, clock, cancelled, arrived };
}

/** @param {Uploads} uploads */
const states = (uploads) => uploads.items.map((one) => `${one.file.name} ${one.state}`);

test("three go at once, the others wait their turn", async () => {
  const { uploads, wires, arrived } = sending();
  uploads.add([file("a", 10), file("b", 10), file("c", 10), file("d", 10)]);
  assert.deepEqual(states(uploads), ["a sending", "b sending", "c sending", "d waiting"]);
  wires.get("a")?.done({ id: "f1" });
  await settled();
  assert.deepEqual(states(uploads), ["b sending", "c sending", "d sending"]);
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
  const [first] = uploads.add([file("a", 1), file("b", 1), file("c", 1), file("d", 1)]);
  uploads.cancel(first.key);
  wires.get("a")?.fail(refusal(0, "", null));
  await settled();
  assert.deepEqual(cancelled, ["a"]);
  assert.deepEqual(states(uploads), ["b sending", "c sending", "d sending"]);
});

test("a pause keeps what came, and going on asks for the same upload", async () => {
  const { uploads, cancelled, wires } = sending();
  const [one] = uploads.add([file("a", 100)]);
  wires.get("a").begun("/t/1");
  wires.get("a").progress(40);
  const before = wires.get("a");
  uploads.pause(one.key);
  before.fail(refusal(0, "", null));
  before.progress(60);
  await settled();
  assert.deepEqual([states(uploads), one.sent, cancelled], [["a paused"], 40, ["a paused"]]);
  uploads.resume(one.key);
  assert.deepEqual([states(uploads), wires.get("a").url], [["a sending"], "/t/1"]);
  wires.get("a").done({ id: "f1" });
  await settled();
  assert.deepEqual([uploads.items, uploads.leftOver()], [[], []]);
});

test("after a reload the same file goes on where it was, another of that name begins anew", () => {
  const storage = new MemoryStorage();
  const first = sending(storage);
  first.uploads.add([file("a", 100)]);
  first.wires.get("a").begun("/t/1");
  first.clock.now = 5_000;
  first.wires.get("a").progress(40);
  const { uploads, wires } = sending(storage);
  assert.deepEqual(uploads.leftOver(), [{ url: "/t/1", name: "a", size: 100, modified: 0, sent: 40 }]);
  const [other, same] = uploads.add([file("a", 101), file("a", 100)]);
  assert.deepEqual([other.url, same.url, same.sent, uploads.leftOver()], ["", "/t/1", 40, []]);
  assert.equal(wires.get("a").url, "/t/1");
  assert.equal(uploads.add([file("a", 100)])[0].url, "");
});

test("what was begun by somebody else, or before the box went back, is not offered", () => {
  const storage = new MemoryStorage();
  const { unfinished } = sending(storage);
  unfinished.note("/t/1", file("a", 100), 0);
  const again = new Unfinished(storage);
  for (const [epoch, person] of [["e1", "u2"], ["e2", "u1"], ["e1", ""]]) {
    again.open(epoch, person);
    assert.deepEqual(again.items, []);
  }
  again.open("e1", "u1");
  assert.equal(again.items.length, 1);
  storage.setItem("pichat.unfinished", "{");
  again.open("e1", "u1");
  assert.deepEqual(again.items, []);
});

test("when the box is there again, what hangs asks anew and what flows is left alone", () => {
  const { uploads, wires, clock, cancelled } = sending();
  uploads.add([file("a", 100), file("b", 100), file("c", 100)]);
  for (const name of ["a", "b"]) wires.get(name).begun(`/t/${name}`);
  wires.get("a").stalled();
  clock.now = 1_000;
  wires.get("b").progress(10);
  assert.deepEqual(states(uploads), ["a stalled", "b sending", "c sending"]);
  uploads.nudge();
  assert.deepEqual([cancelled, wires.get("a").url], [["a paused"], "/t/a"]);
  clock.now = 10_000;
  uploads.nudge();
  assert.deepEqual(cancelled, ["a paused", "a paused", "b paused"]);
  assert.deepEqual(states(uploads), ["a sending", "b sending", "c sending"]);
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
  /** @param {string} path @param {object} [body] */
  const post = async (path, body) => {
    asked.push(/** @type {any} */ (body ? [path, body] : path));
    return { id: path.split("/")[3] };
  };
  /** @param {string} path @param {object} body */
  const patch = async (path, body) => Object.assign({ id: path.split("/")[3] }, body);
  const files = new Files(/** @type {any} */ ({ get, delete: async () => null, post, patch }), (run) => later.push(run));
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

test("the list is narrowed down by the box, and several are asked for as one zip", async () => {
  const { files, pages, asked } = listing();
  pages.set("/api/uploads?sort=-created&owner=me", { items: [{ id: "f1" }, { id: "f2" }, { id: "f3" }], next: null });
  await files.look("", "-created", "mine");
  files.choose(true);
  for (const id of ["f1", "f2", "f3", "f2"]) files.pick(id);
  files.gone("f3");
  assert.deepEqual(files.chosen().map((item) => item.id), ["f1"]);
  await files.zip(files.chosen().map((item) => item.id));
  assert.deepEqual(asked[asked.length - 1], ["/api/uploads/zip", { ids: ["f1"] }]);
  files.choose(false);
  assert.deepEqual(files.chosen(), []);
  await files.look("a", "name", "held");
  assert.equal(asked[asked.length - 1], "/api/uploads?sort=name&q=a&scan=flagged");
  await files.look("", "name", "owner:u2");
  assert.equal(asked[asked.length - 1], "/api/uploads?sort=name&owner=u2");
  await files.look("", "name", "goes");
  assert.equal(asked[asked.length - 1], "/api/uploads?sort=name&stable=0");
});

test("a file is changed where it stands, and a deletion undone brings it back", async () => {
  const { files, pages, later } = listing();
  pages.set("/api/uploads?sort=-created", { items: [{ id: "f1" }, { id: "f2" }], next: null });
  await files.load();
  await files.change("f2", { name: "acta.txt", keep: true });
  assert.deepEqual(files.items[1], { id: "f2", name: "acta.txt", keep: true });
  await files.remove(files.items[0]);
  assert.deepEqual(files.items.map((item) => item.id), ["f2"]);
  assert.deepEqual(files.deleted.map((item) => item.id), ["f1"]);
  await files.restore("f1");
  assert.deepEqual([files.items.map((item) => item.id), files.deleted], [["f1", "f2"], []]);
  await files.remove(files.items[0]);
  later.forEach((run) => run());
  assert.deepEqual(files.deleted, []);
});

test("what a restart takes is told as the box says it", () => {
  assert.deepEqual([goes({ stable: false }), goes({ stable: true }), goes({})], [true, false, false]);
});

test("folders are known by the files in them", async () => {
  const inside = (/** @type {string} */ id, /** @type {string} */ folder) => /** @type {any} */ ({ id, folder });
  const items = [inside("a", "fotos/2024"), inside("b", "fotos"), inside("c", "actas"), inside("d", ""), inside("e", "fotos2")];
  assert.deepEqual(foldersIn(items, "").map((one) => `${one.path} ${one.count}`), ["actas 1", "fotos 2", "fotos2 1"]);
  assert.deepEqual(foldersIn(items, "fotos"), [{ path: "fotos/2024", name: "2024", count: 1 }]);
  assert.equal(folderOf({ webkitRelativePath: "fotos/2024/a.jpg" }), "fotos/2024");
  assert.deepEqual([folderOf({ folder: "b/c", webkitRelativePath: "" }), folderOf({})], ["b/c", ""]);
  const { files, pages } = listing();
  pages.set("/api/uploads?sort=-created&folder=fotos", { items: [items[0], items[1]], next: null });
  await files.enter("fotos");
  assert.deepEqual([files.items.length, files.shown.map((item) => item.id)], [2, ["b"]]);
  files.arrived(inside("x", "fotos/2023"));
  files.arrived(inside("y", "otra"));
  assert.deepEqual(files.items.map((item) => item.id), ["x", "a", "b"]);
});

test("what lies in a folder is asked for to its end, without what is held back", async () => {
  const { files, pages } = listing();
  const harmless = { state: "quarantined", scan: "unscanned" };
  await files.enter("fotos");
  pages.set("/api/uploads?sort=name&folder=fotos", { items: [{ id: "f1", ...harmless }], next: "c1" });
  pages.set("/api/uploads?sort=name&folder=fotos&after=c1", {
    items: [{ id: "f2", ...harmless }, { id: "f3", state: "quarantined", scan: "flagged" }],
    next: null,
  });
  assert.deepEqual(await files.everyId(), ["f1", "f2"]);
});

test("an upload that another browser began goes on only with the very same file", () => {
  const { uploads, wires } = sending();
  uploads.elsewhere([{ url: "/t/9", name: "a", size: 100, sent: 40, modified: 5 }]);
  assert.deepEqual(uploads.leftOver().map((one) => one.url), ["/t/9"]);
  const dated = (/** @type {number} */ lastModified) => /** @type {any} */ ({ name: "a", size: 100, lastModified });
  assert.equal(uploads.add([dated(7)])[0].url, "");
  const [same] = uploads.add([dated(5)]);
  assert.deepEqual([same.url, same.sent, uploads.leftOver()], ["/t/9", 40, []]);
  assert.equal(wires.get("a").url, "/t/9");
});

test("what the box has already is not sent", async () => {
  const { uploads, wires, arrived } = sending();
  uploads.add([file("a", 100)]);
  wires.get("a").looking(true);
  assert.deepEqual(states(uploads), ["a looking"]);
  wires.get("a").done({ id: "f1", here: true });
  await settled();
  assert.deepEqual([uploads.items, arrived], [[], [{ id: "f1", here: true }]]);
});

test("only what is safe and was found harmless is shown in place", () => {
  const of = (/** @type {string} */ type, more = {}) =>
    /** @type {any} */ (Object.assign({ type, state: "quarantined", scan: "unscanned", size: 10 }, more));
  assert.equal(preview(of("image/png")), "picture");
  assert.equal(preview(of("text/plain; charset=utf-8")), "text");
  assert.equal(preview(of("video/mp4")), "video");
  for (const type of ["image/svg+xml", "text/html", "application/pdf"]) assert.equal(preview(of(type)), null);
  for (const more of [{ scan: "pending" }, { scan: "flagged" }, { state: "rejected" }]) {
    assert.equal(preview(of("image/png", more)), null);
  }
  assert.deepEqual([pictured(of("image/png")), pictured(of("image/png", { size: 5e6 }))], [true, false]);
});
