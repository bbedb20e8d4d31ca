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

/** @param {string} folder the words of the first page, and those that come later */
async function allWords(folder) {
  const files = readdirSync(folder).map((name) => pathToFileURL(resolve(folder, name)).href);
  return Object.assign({}, ...(await Promise.all(files.map(async (file) => (await import(file)).default))));
}

/** @param {string} web */
async function languageFaults(web) {
  if (!existsSync(resolve(web, "i18n"))) return [];
  const [es, en] = await Promise.all(["es", "en"].map((language) => allWords(resolve(web, "i18n", language))));
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
