// @ts-check
/** Pages that are fetched when somebody first opens them, or a moment after the first page stands. */

import { useWords } from "../ui/app.js";
import { Empty, Waiting } from "../ui/parts.js";
import { html, useEffect, useState } from "../ui/preact.js";

/** @type {(() => Promise<unknown>)[]} */
const pages = [];

/** Fetches what nobody has opened yet, so that a blink of the network does not keep them from it. */
export function fetchTheRest() {
  for (const load of pages) load().catch(() => {});
}

/**
 * @param {() => Promise<any>} load
 * @param {boolean} [quiet] nothing stands in its place meanwhile
 * @returns {(props: any) => any}
 */
export function lazy(load, quiet = false) {
  /** @type {any} */
  let Loaded = null;
  const fetched = () =>
    load().then((found) => {
      Loaded = found;
    });
  pages.push(fetched);
  return function Lazy(props) {
    const { t } = useWords();
    const [, draw] = useState(0);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (Loaded) return;
      fetched().then(
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
