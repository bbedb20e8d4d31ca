// @ts-check
/** Who is here: what a browser that keeps no cookies is told. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Session } from "../../web/js/models/session.js";
import { ApiError } from "../../web/js/net/api.js";

/** @param {string} refused what the box answers to who am I */
function entering(refused) {
  const api = { post: () => Promise.resolve({}), get: () => Promise.reject(new ApiError(refused)) };
  return new Session(/** @type {any} */ (api), () => {}, { began: () => {}, recall: () => null, ended: () => {} });
}

test("the right password in a browser without cookies is not called a wrong one", async () => {
  /** @param {string} code */
  const is = (code) => (/** @type {any} */ error) => error.code === code;
  await assert.rejects(entering("unauthorized").signIn("ana", "la luna de papel 9"), is("no_cookies"));
  const claim = { code: "x", username: "ana", password: "la luna de papel 9", name: "Ana" };
  await assert.rejects(entering("unauthorized").claim(claim), is("no_cookies"));
  await assert.rejects(entering("offline").signIn("ana", "la luna de papel 9"), is("offline"));
});
