// @ts-check
/** Naming somebody with @. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { callable, callAt, called, names } from "../../web/js/models/mentions.js";

const people = [
  { id: "u1", name: "Marta", username: "marta" },
  { id: "u2", name: "José Ángel Peña", username: "jap" },
  { id: "u3", name: "Ana María", username: "ana.m" },
  { id: "u4", name: "Diana", username: "diana" },
  { id: "g1", name: "Ana, de visita" },
];

/** @param {string} word */
const found = (word) => callable(people, word, "u1").map((one) => one.id);

test("a call begins with @ after a space, and ends at the caret", () => {
  assert.deepEqual(callAt("hola @an", 8), { from: 5, word: "an" });
  assert.deepEqual(callAt("hola @an", 7), { from: 5, word: "a" });
  assert.deepEqual(callAt("@", 1), { from: 0, word: "" });
  assert.deepEqual(callAt("(@peña", 6), { from: 1, word: "peña" });
  for (const text of ["a@b", "@@x", "hola @ana ", "sin nadie"]) assert.equal(callAt(text, text.length), null, text);
});

test("accents and capitals do not matter, beginnings come first, nobody without a user name, never oneself", () => {
  assert.deepEqual(found("ANG"), ["u2"]);
  assert.deepEqual(found("pena"), ["u2"]);
  assert.deepEqual(found("ana"), ["u3", "u4"]);
  assert.deepEqual(found(""), ["u3", "u4", "u2"]);
  assert.deepEqual(found("marta"), []);
});

test("the user name stands in the place of the word", () => {
  assert.deepEqual(called("hola @an, ven", { from: 5, word: "an" }, "ana.m"), { text: "hola @ana.m, ven", caret: 11 });
  assert.deepEqual(called("@an ven", { from: 0, word: "an" }, "ana.m"), { text: "@ana.m ven", caret: 7 });
});

test("a full stop after a name ends the sentence", () => {
  assert.ok(names("@Marta.", "marta") && names("@ana.m", "ana.m") && !names("@martas", "marta"));
});
