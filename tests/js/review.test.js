// @ts-check
/** The quarantine's page: what it asks for, what it says of a file. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Format } from "../../web/js/models/format.js";
import { heldBack, standing } from "../../web/js/models/files.js";
import { outdated, reasonSentence, Review } from "../../web/js/models/review.js";
import { translator } from "../../web/js/models/words.js";
import { en, es } from "./helpers.js";

/** @type {any} */
const STATE = {
  waiting: 3,
  pending: 0,
  flagged: 1,
  release: "open",
  antivirus: { on: false, answers: false, version: null, signatures_at: null },
};

/** @param {Record<string, any>} answers */
function asking(answers) {
  /** @type {string[]} */
  const asked = [];
  const api = {
    /** @param {string} path */
    get: async (path) => {
      asked.push(path);
      if (path === "/api/uploads/review") return STATE;
      if (answers[path] instanceof Error) throw answers[path];
      return answers[path] ?? { items: [], next: null };
    },
    /** @param {string} path */
    post: async (path) => void asked.push(path),
    delete: async () => {},
  };
  return { asked, review: new Review(api) };
}

test("held files come first; the others are asked for", async () => {
  const held = "/api/uploads?state=quarantined&scan=flagged";
  const { asked, review } = asking({ [held]: { items: [{ id: "f_1" }], next: "c" } });
  await review.load();
  assert.deepEqual(review.items, [{ id: "f_1" }]);
  assert.equal(review.state, STATE);
  await review.more();
  assert.ok(asked.includes(`${held}&after=c`));
  assert.equal(review.next, null);
  await review.look("rejected");
  assert.ok(asked.includes("/api/uploads?state=rejected"));
  await review.decide("f_1", "release");
  assert.ok(asked.includes("/api/uploads/f_1/release"));
});

test("an answer that was overtaken is ignored, a failure is told", async () => {
  const { review } = asking({ "/api/uploads?state=rejected": Object.assign(new Error(), { code: "offline" }) });
  const first = review.look("all");
  await Promise.all([first, review.look("rejected")]);
  assert.equal(review.failure, "offline");
  assert.equal(review.items, null);
});

test("every reason of the box has a sentence in both languages", () => {
  const source = readFileSync(new URL("../../appliance/domain/inspection/reasons.py", import.meta.url), "utf8");
  const codes = [...source.matchAll(/^ {4}[A-Z_]+ = "([a-z_]+)"/gm)].map(([, code]) => code);
  assert.ok(codes.length > 20);
  const table = readFileSync(new URL("../../appliance/domain/inspection/kinds.py", import.meta.url), "utf8");
  const kinds = [...table.matchAll(/^ {4}[A-Z_]+ = "([a-z0-9]+)"/gm)].map(([, kind]) => kind);
  for (const dictionary of [es, en]) {
    assert.deepEqual(codes.filter((code) => !(`reason.${code}` in dictionary)), []);
    assert.deepEqual(kinds.filter((kind) => !(`kind.${kind}` in dictionary)), ["empty", "unknown"]);
  }
});

test("sizes are shown as sizes; what is not known yet is shown as it is called", () => {
  const t = translator(/** @type {any} */ (en));
  const format = new Format("en", t);
  const bomb = { code: "zip_bomb", params: { size: 5 * 1024 ** 3, packed: 42 * 1024 } };
  assert.match(reasonSentence(t, format, bomb), /42.KB.*5\.0.GB/);
  const wrong = { code: "not_what_it_says", params: { extension: "jpg", found: "program", type: "application/x-executable" } };
  assert.match(reasonSentence(t, format, wrong), /inside it is a program/);
  assert.equal(reasonSentence(t, format, { code: "of_tomorrow", params: {} }), "of_tomorrow");
});

test("signatures of more than a week are old", () => {
  const day = 24 * 60 * 60 * 1000;
  const dated = { ...STATE, antivirus: { ...STATE.antivirus, signatures_at: 0 } };
  assert.equal(outdated(dated, 6 * day), false);
  assert.equal(outdated(dated, 8 * day), true);
  assert.equal(outdated(STATE, 8 * day), false);
});

test("how a file stands: what the box says of it beats what was found in it", () => {
  const link = "/api/uploads/f/content?link=1";
  assert.equal(standing({ state: "quarantined", scan: "clean", public_url: link }), "waiting");
  assert.equal(standing({ state: "quarantined", scan: "unscanned" }), "waiting");
  assert.equal(standing({ state: "quarantined", scan: "unscanned", public_url: null }), "unreleased");
  assert.equal(standing({ state: "quarantined", scan: "pending", public_url: null }), "scanning");
  assert.equal(standing({ state: "quarantined", scan: "flagged", public_url: null }), "held");
  assert.equal(standing({ state: "released", scan: "flagged", public_url: link }), "checked");
  assert.equal(standing({ state: "rejected", scan: "clean", public_url: null }), "held");
  assert.deepEqual(["held", "scanning", "unreleased", "waiting", "checked"].map(/** @type {any} */ (heldBack)), [
    true,
    true,
    true,
    false,
    false,
  ]);
});
