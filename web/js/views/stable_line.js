// @ts-check
/** The line that is always there: what a restart does, and for administrators what it would undo. */

import { losses, stableSentence, stableShort } from "../models/stable.js";
import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { html, useModel, usePassingTime } from "../ui/preact.js";

/** In full, as it stands in the rail and on the start page. */
export function StableLine() {
  const app = useApp();
  const { t, format } = useWords();
  useModel(app.session);
  usePassingTime();
  const { status } = app.session;
  if (!status) return null;
  const lost = losses(t, format, status.since_stable);
  const kind = status.stable ? "stable" : "stable stable--never";
  return html`<a class=${kind} href=${placeOf(app)}>
    <${Icon} name=${status.stable ? "leaf" : "triangle-alert"} />
    <span>
      ${stableSentence(t, format, status, app.now())}
      ${lost && html`<span class="stable__losses">${t("stable.would_go", { what: lost })}</span>`}
    </span>
  </a>`;
}

/** The same as one thin strip, on narrow screens. */
export function StableStrip() {
  const app = useApp();
  const { t, format } = useWords();
  useModel(app.session);
  usePassingTime();
  const { status } = app.session;
  if (!status) return null;
  const kind = status.stable ? "stable stable--thin" : "stable stable--thin stable--never";
  return html`<aside aria-label=${t("stable.about")}>
    <a class=${kind} href=${placeOf(app)}>
      <${Icon} name=${status.stable ? "leaf" : "triangle-alert"} />
      <span class="cut" aria-hidden="true">${t("stable.strip", { when: stableShort(t, format, status, app.now()) })}</span>
      <span class="only-heard">${stableSentence(t, format, status, app.now())}</span>
    </a>
  </aside>`;
}

/** Administrators can do something about it, the others can read what it means. @param {import("../ui/app.js").App} app */
const placeOf = (app) => (app.session.administrator ? "/admin/stable" : "/help#restart");
