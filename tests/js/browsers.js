// @ts-check
/** Reads the front end for what old browsers cannot do, and its two languages: `node browsers.js <web folder>`. */

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { pageFaults } from "./lint/pages.js";
import { scriptFaults } from "./lint/scripts.js";
import { styleFaults } from "./lint/styles.js";
import { unansweredCodes, wordFaults } from "./lint/words.js";

/** @param {string} folder @returns {string[]} */
function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}

/** @param {string} path */
function faultsOf(path) {
  const text = () => readFileSync(path, "utf8");
  if (path.endsWith(".js")) return scriptFaults(text(), !path.includes("/vendor/"));
  if (path.endsWith(".css")) return styleFaults(text());
  return path.endsWith(".html") ? pageFaults(text()) : [];
}

/** @param {string} web */
async function languageFaults(web) {
  // The words of the first page, and those that come later.
  const parts = [".js", "/area.js"].map((end) => ["es", "en"].map((name) => resolve(web, "i18n", `${name}${end}`)));
  if (!parts[0].every((path) => existsSync(path))) return [];
  const there = parts.filter((pair) => pair.some((path) => existsSync(path))).flat();
  const words = await Promise.all(there.map(async (path) => (await import(pathToFileURL(path).href)).default));
  const [es, en] = [0, 1].map((at) => Object.assign({}, ...words.filter((_, number) => number % 2 === at)));
  const errors = readFileSync(resolve(web, "..", "appliance", "base", "errors.py"), "utf8");
  return [...wordFaults(es, en), ...unansweredCodes(errors, es)].map((what) => `web/i18n: ${what}`);
}

const web = process.argv[2] ?? "web";
const said = await languageFaults(web);
for (const path of files(web)) {
  for (const { line, what } of faultsOf(path)) said.push(`${relative(process.cwd(), path)}:${line}: ${what}`);
}
if (said.length) {
  console.log(said.join("\n"));
  process.exitCode = 1;
}
