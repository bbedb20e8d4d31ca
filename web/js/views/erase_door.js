// @ts-check
/** The way to "erase for good": the question itself is fetched when somebody comes to it. */

import { html } from "../ui/preact.js";
import { lazy } from "./lazy.js";

const Erase = lazy(() => import("./erase_dialog.js").then((module) => module.EraseDialog), {
  words: ["erase"],
  sheets: ["rooms"],
  quiet: true,
});

/**
 * @typedef {{kind: "file" | "message" | "room", path: string, name: string, files?: boolean}} Erasable
 *   `path`: what is deleted; `files`: a message has some
 */

/** @param {import("../ui/app.js").App} app @param {Erasable} thing */
export function askErase(app, thing) {
  app.dialogs.open((close) => html`<${Erase} thing=${thing} close=${close} />`);
}
