// @ts-check
/** A page that is fetched later brings every word that it says: none stands there as a key. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { es } from "./helpers.js";

const WEB = resolve(dirname(fileURLToPath(import.meta.url)), "../../web");
const LAZY = /lazy\(\s*\(\) =>\s*import\("(\.[^"]+)"\)[^{;]*?(?:, \{([^}]*)\})?,?\s*\);/g;
const KEYS = new Set(Object.keys(es).map((key) => key.replace(/\.(one|other)$/, "")));

/** @param {string} path */
const read = (path) => readFileSync(join(WEB, path), "utf8");

/** @param {string} path @param {Set<string>} found what comes along with a module */
function follow(path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  for (const match of read(path).matchAll(/^(?:import|export)\s[^;]*?from "(\.[^"]+)"|^import "(\.[^"]+)"/gm)) {
    follow(join(dirname(path), match[1] ?? match[2]), found);
  }
  return found;
}

/** @param {string} area */
async function said(area) {
  const module = await import(`../../web/i18n/es${area ? `/${area}` : ""}.js`);
  return new Set(Object.keys(module.default).map((key) => key.replace(/\.(one|other)$/, "")));
}

/** @param {Set<string>} paths @param {Set<string>} known */
function unsaid(paths, known) {
  const found = [];
  for (const path of paths) {
    if (path.startsWith("i18n") || path.startsWith("vendor")) continue;
    for (const [, key] of read(path).matchAll(/"([a-z_]+(?:\.[a-z_]+)+)"/g)) {
      if (KEYS.has(key) && !known.has(key)) found.push(`${path}: ${key}`);
    }
  }
  return found;
}

const first = follow("js/main.js");
const house = await said("");

test("the first page has its words", () => assert.deepEqual(unsaid(first, house), []));

/** @param {string} from the module that says `lazy(...)` @param {Set<string>} around @param {Set<string>} known */
async function pagesOf(from, around, known) {
  let count = 0;
  for (const [, to, options = ""] of read(from).matchAll(LAZY)) {
    const areas = Array.from((/words: \[([^\]]*)\]/.exec(options)?.[1] ?? "").matchAll(/"(\w+)"/g), (match) => match[1]);
    const words = new Set(known);
    for (const area of areas) for (const key of await said(area)) words.add(key);
    const page = join(dirname(from), to);
    const modules = new Set([...follow(page)].filter((path) => !around.has(path)));
    test(`${page} brings its words`, () => assert.deepEqual(unsaid(modules, words), []));
    for (const path of modules) count += await pagesOf(path, new Set([...around, ...modules]), words);
    count += 1;
  }
  return count;
}

let pages = 0;
for (const path of first) pages += await pagesOf(path, first, house);
const named = [...first].reduce((sum, path) => sum + (read(path).match(/ = lazy\(/g) ?? []).length, 0);
test("every page was looked at", () => assert.ok(pages >= named && named > 8, `${pages} of ${named}`));

test("no two areas say the same key in other words: which of them counted would depend on the way there", async () => {
  for (const language of ["es", "en"]) {
    const known = new Map();
    for (const file of readdirSync(join(WEB, "i18n", language))) {
      const module = await import(`../../web/i18n/${language}/${file}`);
      for (const [key, words] of Object.entries(module.default)) {
        assert.equal(known.get(key) ?? words, words, `${language}/${file}: ${key}`);
        known.set(key, words);
      }
    }
  }
});
