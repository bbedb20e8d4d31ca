// @ts-check
/** Pages that are fetched when somebody first opens them, or a moment after the first page stands. */

import { useWords } from "../ui/app.js";
import { Empty, Waiting } from "../ui/parts.js";
import { html, useEffect, useState } from "../ui/preact.js";

/** @typedef {import("../words.js").Words} Words */

/** @type {((words: Words) => Promise<unknown>)[]} */
const pages = [];

/**
 * Fetches what nobody has opened yet, so that a blink of the network does not keep them from it.
 *
 * @param {Words} words
 */
export function fetchTheRest(words) {
  for (const fetched of pages) fetched(words).catch(() => {});
}

/**
 * A view, its words (`web/i18n/<language>/<area>.js`) and its sheets (`web/css/<sheet>.css`), fetched together.
 *
 * @param {() => Promise<any>} load
 * @param {{words?: string[], sheets?: string[], quiet?: boolean}} [with_] quiet: nothing stands in its place meanwhile
 * @returns {(props: any) => any}
 */
export function lazy(load, { words: areas = [], sheets = [], quiet = false } = {}) {
  /** @type {any} */
  let Loaded = null;
  /** @param {Words} words */
  const fetched = async (words) => {
    const [found] = await Promise.all([load(), words.add(areas), ...sheets.map(dress)]);
    Loaded = found;
  };
  pages.push(fetched);
  return function Lazy(props) {
    const words = useWords();
    const { t } = words;
    const [, draw] = useState(0);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (Loaded) return;
      fetched(words).then(
        () => draw((count) => count + 1),
        () => setFailed(true),
      );
    }, []);
    if (Loaded) return html`<${Loaded} ...${props} />`;
    if (quiet) return null;
    // A browser remembers that a module could not be fetched: only a new page asks again.
    if (!failed) return html`<${Waiting} label=${t("wait.loading")} />`;
    return html`<${Empty} icon="wifi-off" title=${t("root.unreachable")}>
      <button type="button" class="button" onClick=${() => window.location.reload()}>${t("root.retry")}</button>
    <//>`;
  };
}

// Internal

/** @type {Map<string, Promise<void>>} */
const worn = new Map();

/** @param {string} name @returns {Promise<void>} */
function dress(name) {
  const known = worn.get(name);
  if (known) return known;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL(`../../css/${name}.css`, import.meta.url).pathname;
  const wait = new Promise((done) => {
    // A page without its dress can still be read.
    link.onload = link.onerror = () => done(undefined);
    document.head.appendChild(link);
  });
  worn.set(name, wait);
  return wait;
}
