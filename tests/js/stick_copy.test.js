// @ts-check
/** A copy onto a USB stick, as the page follows it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { StickCopy } from "../../web/js/models/stick_copy.js";
import { settled } from "./helpers.js";

/** @param {string} id @param {string} [why] */
const stick = (id, why = "") => ({ id, name: "SanDisk", label: "", type: "FAT", size: 8e9, why });
const idle = { can: true, stage: "idle", done: 0, total: 0, name: "", problem: null, sticks: [stick("1-sda1")] };

function seen() {
  /** @type {any[]} */
  const answers = [];
  /** @type {{run: () => void, ms: number}[]} */
  const later = [];
  /** @type {any[]} */
  const asked = [];
  /** @type {any} */
  const api = {
    get: async () => {
      const found = answers.length > 1 ? answers.shift() : answers[0];
      if (!found) throw new Error("offline");
      return found;
    },
    post: async (/** @type {string} */ path, /** @type {object} */ body) => {
      asked.push({ path, body });
      return { ...idle, stage: "copying", total: 10 };
    },
    delete: async (/** @type {string} */ path) => void asked.push({ path }),
  };
  const copy = new StickCopy(api, (run, ms) => void later.push({ run, ms }));
  return { copy, answers, later, asked };
}

test("a box without a USB is asked once", async () => {
  const { copy, answers, later } = seen();
  answers.push({ ...idle, can: false, sticks: [] });
  await copy.watch();
  assert.equal(copy.offered, false);
  assert.equal(later.length, 0);
});

test("a line that is down for a moment ends nothing", async () => {
  const { copy, answers, later } = seen();
  await copy.watch();
  assert.equal(copy.state, null);
  answers.push(idle);
  later[0].run();
  await settled();
  assert.ok(copy.offered);
  assert.equal(later[1].ms, 3000);
  copy.close();
  later[1].run();
  await settled();
  assert.equal(later.length, 2);
});

test("the first good stick is meant until another one is chosen, and one that is gone is not", async () => {
  const { copy, answers } = seen();
  answers.push({ ...idle, sticks: [stick("9-sdc", "filesystem"), stick("1-sda1"), stick("2-sdb1")] });
  await copy.watch();
  assert.equal(copy.chosen?.id, "1-sda1");
  copy.choose("2-sdb1");
  assert.equal(copy.chosen?.id, "2-sdb1");
  answers[0] = idle;
  await copy.watch();
  assert.equal(copy.chosen?.id, "1-sda1");
});

test("while it is copied the page looks often, by one chain alone", async () => {
  const { copy, answers, later, asked } = seen();
  answers.push(idle);
  await copy.watch();
  answers[0] = { ...idle, stage: "copying", done: 3, total: 10 };
  await copy.begin({ password: "x" });
  assert.deepEqual(asked[0], { path: "/api/export/stick", body: { password: "x", stick: "1-sda1" } });
  assert.ok(copy.underWay);
  assert.equal(copy.state?.done, 3);
  assert.equal(later[1].ms, 1000);
  later[0].run(); // the chain of before
  await settled();
  assert.equal(later.length, 2);
  answers[0] = { ...idle, stage: "failed", problem: { code: "conflict", params: { reason: "stick_stopped" } } };
  await copy.stop();
  assert.equal(copy.underWay, false);
});
