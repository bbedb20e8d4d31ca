// @ts-check
/** What a save would take, what a restart would undo, what an earlier session holds: as models. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Difference } from "../../web/js/models/difference.js";
import { EarlierThings } from "../../web/js/models/earlier.js";
import { ResetStory } from "../../web/js/models/reset_story.js";
import { Saving } from "../../web/js/models/saving.js";
import { MemoryStorage } from "./helpers.js";

/** Answers come when the test gives them. @param {string} method */
function box(method) {
  /** @type {{path: string, body?: any, give: (value: any) => void, refuse: (code: string) => void}[]} */
  const asked = [];
  /** @param {string} path @param {any} [body] */
  const call = (path, body) =>
    new Promise((give, fail) => {
      asked.push({ path, body, give, refuse: (code) => fail(Object.assign(new Error(code), { code })) });
    });
  return { asked, api: /** @type {any} */ ({ [method]: call }) };
}

const settled = () => new Promise((done) => setTimeout(done, 0));
const at_once = (/** @type {() => void} */ run) => run();

test("only the answer about the last choice counts", async () => {
  const { asked, api } = box("post");
  const saving = new Saving(api, at_once);
  saving.reckon();
  saving.all(false);
  assert.ok(saving.empty);
  saving.toggle("kinds", "files");
  assert.deepEqual(asked[1].body, { include_flagged: false, only: { kinds: ["files"], rooms: [], files: [], kept: false } });
  asked[1].give({ files: 2 });
  asked[0].give({ files: 9 });
  await settled();
  assert.equal(saving.estimate?.files, 2);
  saving.toggle("kinds", "files");
  assert.ok(saving.empty && saving.estimate === null);
});

test("what cannot be saved is said", async () => {
  const { asked, api } = box("post");
  const saving = new Saving(api, at_once);
  saving.keep();
  saving.all(false);
  assert.ok(!saving.empty);
  asked[1].refuse("conflict");
  await settled();
  assert.equal(/** @type {any} */ (saving.failure).code, "conflict");
  assert.deepEqual(saving.body(true).include_flagged, true);
});

const SUM = { added: 0, changed: 0, removed: 0, bytes: 0, hidden: 0 };

test("a difference begins with the first kind that has something", async () => {
  const { asked, api } = box("get");
  const list = new Difference(api, "/api/stable/compare?from=1&to=2");
  const began = list.begin();
  const summary = { files: SUM, messages: Object.assign({}, SUM, { removed: 3 }), rooms: SUM, members: SUM };
  asked[0].give({ summary, items: [], next: null });
  await settled();
  assert.equal(asked[1].path, "/api/stable/compare?from=1&to=2&kind=messages");
  asked[1].give({ summary, items: [{ id: "m1" }], next: "x=" });
  await began;
  const more = list.more();
  assert.equal(asked[2].path, "/api/stable/compare?from=1&to=2&kind=messages&after=x%3D");
  asked[2].give({ summary, items: [{ id: "m2" }], next: null });
  await more;
  assert.deepEqual(list.items?.map((one) => one.id), ["m1", "m2"]);
});

test("what was chosen of one kind stays while another one is looked at", async () => {
  const { asked, api } = box("get");
  const things = new EarlierThings(api, "a b");
  things.pick("f1");
  const looked = things.look({ kind: "messages", query: "sol" });
  assert.equal(asked[0].path, "/api/previous/a%20b/items?kind=messages&q=sol&after=");
  asked[0].refuse("offline");
  await looked;
  assert.equal(things.failure, "offline");
  things.pick("m1");
  things.pick("m2");
  things.pick("m2");
  assert.deepEqual(things.choice(), { files: ["f1"], messages: ["m1"], rooms: [] });
  assert.equal(things.count, 2);
});

test("a reset that was called off is announced no more; one that happens is not called off", () => {
  const story = new ResetStory(new MemoryStorage());
  story.announce(1000);
  story.calledOff();
  assert.equal(story.phase, "none");
  story.begin();
  story.calledOff();
  assert.equal(story.phase, "under_way");
});
