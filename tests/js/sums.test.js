// @ts-check
/** The checksum that the page makes by itself is the one that everybody else makes. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

const SCRIPT = readFileSync(new URL("../../web/js/workers/sha256.js", import.meta.url), "utf8");

/** What a worker has of a file, and how it reads it. @param {Uint8Array} bytes @returns {string} */
function sumOf(bytes) {
  /** @type {string[]} */
  const said = [];
  const self = /** @type {any} */ ({ postMessage: (/** @type {string} */ text) => said.push(text) });
  const FileReaderSync = function () {
    return { readAsArrayBuffer: (/** @type {Uint8Array} */ piece) => piece };
  };
  runInNewContext(SCRIPT, { self, FileReaderSync, Uint8Array, Uint32Array, DataView, ArrayBuffer, Math });
  self.onmessage({ data: { size: bytes.length, slice: (/** @type {number} */ a, /** @type {number} */ b) => bytes.slice(a, b) } });
  return said[0];
}

test("the vectors of the standard", () => {
  const text = (/** @type {string} */ words) => new TextEncoder().encode(words);
  assert.equal(sumOf(text("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert.equal(sumOf(text("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  assert.equal(sumOf(text(two)), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
});

test("every length around a block and around a piece", () => {
  const bytes = new Uint8Array(1024 * 1024 + 200).map((_, at) => (at * 31 + (at >> 8)) & 255);
  const lengths = [...Array(130).keys(), bytes.length - 200, bytes.length - 199, bytes.length - 137, bytes.length];
  for (const length of lengths) {
    const some = bytes.subarray(0, length);
    assert.equal(sumOf(some), createHash("sha256").update(some).digest("hex"), `${length} bytes`);
  }
});
