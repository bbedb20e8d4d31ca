// @ts-check
/** A voice note in bytes. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { clock, wav } from "../../web/js/models/voice.js";

test("what was said is a WAV of one channel", () => {
  const bytes = Buffer.from(wav(new Float32Array([0, 1, -1, 2]), 16_000));
  assert.equal(bytes.toString("latin1", 0, 4) + bytes.toString("latin1", 8, 16), "RIFFWAVEfmt ");
  assert.deepEqual([bytes.readUInt16LE(22), bytes.readUInt32LE(24), bytes.readUInt32LE(40)], [1, 16_000, 8]);
  assert.deepEqual([0, 1, 2, 3].map((at) => bytes.readInt16LE(44 + at * 2)), [0, 32767, -32768, 32767]);
});

test("the time is told in minutes and seconds", () => {
  assert.deepEqual([0, 7.9, 65, 600].map(clock), ["0:00", "0:07", "1:05", "10:00"]);
});
