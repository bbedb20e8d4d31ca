// @ts-check
/** The words and the dress of what the chat fetches later: they come with it, not with the first page. */

import en from "../../i18n/en/talk.js";
import es from "../../i18n/es/talk.js";
import { translator } from "../models/words.js";
import { useWords } from "../ui/app.js";
import { useEffect, useState } from "../ui/preact.js";

/** @typedef {typeof es} Talk */
/** @typedef {{[Key in keyof Talk]: Key extends `${infer Base}.one` ? Base : Key}[keyof Talk]} TalkKey */
/** @typedef {(key: TalkKey, params?: import("../models/words.js").Params) => string} Say */

/** @type {Record<string, Say>} */
const SAYS = {
  es: /** @type {any} */ (translator(es)),
  en: /** @type {any} */ (translator(en)),
};

/** @param {string} language @returns {Say} */
export const saying = (language) => SAYS[language] ?? SAYS.es;

/** @returns {Say} */
export function useSay() {
  return saying(useWords().language);
}

const SHEETS = ["../../css/chat.css", "../../css/talk.css"];
const dress = { on: false, wait: Promise.all(SHEETS.map(sheet)).then(() => void (dress.on = true)) };

/** Whether the styles of the chat are here; the view is drawn again when they are. */
export function useDress() {
  const [on, put] = useState(dress.on);
  useEffect(() => void dress.wait.then(() => put(true)), []);
  return on;
}

// Internal

/** @param {string} path @returns {Promise<void>} */
function sheet(path) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL(path, import.meta.url).pathname;
  return new Promise((done) => {
    // A page without its dress can still be read.
    link.onload = link.onerror = () => done();
    document.head.appendChild(link);
  });
}
