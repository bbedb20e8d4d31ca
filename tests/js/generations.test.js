// @ts-check
/** The saved generations: what takes long is asked about until it is over. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { GenerationList } from "../../web/js/models/generations.js";

/** @param {any[]} progress what the box says, look after look */
function list(progress) {
  /** @type {string[]} */
  const asked = [];
  const api = {
    /** @param {string} path */
    get: async (path) => {
      asked.push(path);
      return path === "/api/stable" ? { current: null, generations: [], trouble: null } : progress.shift();
    },
    post: async () => ({ task: "t_1" }),
  };
  const quick = async () => {};
  return { asked, list: new GenerationList(/** @type {any} */ (api), quick, quick) };
}

const GOING = { task: "t_1", finished: false };

test("a long look at a save is over when it says so", async () => {
  const verified = { ok: true, findings: [] };
  const { asked, list: one } = list([GOING, GOING, { task: "t_1", finished: true, verified }]);
  assert.deepEqual(await one.verify(1), verified);
  assert.equal(asked.filter((path) => path === "/api/stable/progress?task=t_1").length, 3);
});

test("a long save that is refused in the end is refused", async () => {
  const error = { code: "no_space", params: {} };
  const { list: one } = list([GOING, { task: "t_1", finished: true, error }]);
  await assert.rejects(one.save({}), { code: "no_space" });
});
