// @ts-check
/** Files dropped anywhere go up; on the page of files they may be pasted too. A room takes its own. */

import { filesOf, named } from "../ui/dropped.js";
import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { html, useEffect, useState } from "../ui/preact.js";

/** @typedef {import("../models/route.js").Route} Route */

/** @param {{route: Route}} props */
export function DropPlace({ route }) {
  const app = useApp();
  const { t } = useWords();
  const [over, setOver] = useState(false);
  const inRoom = route.page === "chat" && Boolean(route.room);
  useEffect(() => listen(app, route.page, inRoom, setOver), [route.page, inRoom]);
  return over ? html`<p class="drop-here"><${Icon} name="upload" /> ${t("files.drop_here")}</p>` : null;
}

/**
 * @param {import("../assembly.js").App} app
 * @param {string} page
 * @param {boolean} inRoom
 * @param {(over: boolean) => void} show
 * @returns {() => void}
 */
function listen({ session, uploads, words, now }, page, inRoom, show) {
  let depth = 0;
  const may = () => session.may("upload") && !inRoom;
  /** @param {number} change */
  const move = (change) => {
    depth = Math.max(0, depth + change);
    show(depth > 0);
  };
  /** @param {any} event */
  const carries = (event) => Array.from(event.dataTransfer?.types ?? []).includes("Files");
  /** @type {Record<string, (event: any) => void>} */
  const heard = {
    dragenter: (event) => carries(event) && may() && move(1),
    dragleave: (event) => carries(event) && move(-1),
    // Whoever may not upload does not lose the page to the file either.
    dragover: (event) => carries(event) && event.preventDefault(),
    drop: (event) => {
      move(-depth);
      if (!carries(event) || event.defaultPrevented) return;
      event.preventDefault();
      if (may()) filesOf(event.dataTransfer).then((files) => uploads.add(files));
    },
    paste: (event) => {
      const files = Array.from(event.clipboardData?.files ?? []);
      if (page !== "files" || !files.length || !session.may("upload")) return;
      event.preventDefault();
      const moment = words.format.moment(now(), now()).replace(":", ".");
      uploads.add(named(files, words.t("files.paste", { date: moment })));
    },
  };
  for (const name of Object.keys(heard)) document.addEventListener(name, heard[name]);
  return () => {
    for (const name of Object.keys(heard)) document.removeEventListener(name, heard[name]);
    show(false);
  };
}
