// @ts-check
/** Colours that can be read, and a first load that an old phone can bear. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const WEB = resolve(dirname(fileURLToPath(import.meta.url)), "../../web");
const MOST_KB = 80;

/** @param {string} path */
const read = (path) => readFileSync(join(WEB, path), "utf8");

/** @param {string} block */
function tokens(block) {
  return Object.fromEntries(Array.from(block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g), (match) => [match[1], match[2]]));
}

/** @param {string} colour */
function light(colour) {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const [r, g, b] = parts.map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {string} one @param {string} other */
function contrast(one, other) {
  const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

const TEXT = [
  ...["paper", "surface", "sunken", "leaf-wash", "leaf-faint", "amber-wash", "red-wash"].map((under) => ["ink", under]),
  ...["paper", "surface", "sunken", "leaf-faint"].map((under) => ["ink-soft", under]),
  ...["paper", "surface", "sunken", "leaf-faint"].map((under) => ["leaf", under]),
  ...["paper", "surface", "leaf-wash", "amber-wash", "red-wash"].map((under) => ["link", under]),
  ["leaf-strong", "leaf-wash"],
  ["on-leaf", "leaf"],
  ["on-red", "red"],
  ["amber", "amber-wash"],
  ["amber", "leaf-wash"],
  ["amber", "surface"],
  ["red", "red-wash"],
  ["red", "surface"],
  ["red", "paper"],
];
// The border of a field is all that says it is one.
const SHAPES = [
  ["line-strong", "surface"],
  ["line-strong", "paper"],
];

test("every text can be read on what is under it, in both themes", () => {
  const [lightBlock, darkBlock] = read("css/tokens.css").split("[data-theme");
  const paper = tokens(lightBlock);
  for (const theme of [paper, { ...paper, ...tokens(darkBlock) }]) {
    for (const [over, under] of TEXT) {
      const found = contrast(theme[over], theme[under]);
      assert.ok(found >= 4.5, `${over} on ${under}: ${found.toFixed(2)}`);
    }
    for (const [over, under] of SHAPES) {
      const found = contrast(theme[over], theme[under]);
      assert.ok(found >= 3, `${over} on ${under}: ${found.toFixed(2)}`);
    }
  }
});

test("no other file knows a colour, but the QR code, which cameras read", () => {
  for (const name of readdirSync(join(WEB, "css"))) {
    if (name === "tokens.css") continue;
    const found = read(`css/${name}`).match(/#[0-9a-fA-F]{3,8}\b|rgba?\(/g) ?? [];
    assert.deepEqual(found.filter((colour) => name !== "pages.css" || !["#ffffff", "#000000"].includes(colour)), []);
  }
});

/** @param {string} path @param {Set<string>} found */
function follow(path, found) {
  if (found.has(path)) return found;
  found.add(path);
  for (const match of read(path).matchAll(/^(?:import|export)\s[^;]*?from "(\.[^"]+)"|^import "(\.[^"]+)"/gm)) {
    follow(join(dirname(path), match[1] ?? match[2]), found);
  }
  return found;
}

test("the first load is small", () => {
  const page = read("index.html");
  const named = Array.from(page.matchAll(/(?:src|href)="((?:css|js|img)\/[^"]+)"/g), (match) => match[1]);
  const found = new Set(["index.html", "img/icons.svg"]);
  for (const path of named) follow(path, found);
  follow("i18n/es.js", found);
  const bytes = Array.from(found).reduce((sum, path) => sum + gzipSync(read(path), { level: 9 }).length, 0);
  assert.ok(found.size > 40, "the imports were followed");
  assert.ok(bytes < MOST_KB * 1024, `${(bytes / 1024).toFixed(1)} KB in ${found.size} files`);
  console.log(`first load: ${(bytes / 1024).toFixed(1)} KB in ${found.size} files`);
});
