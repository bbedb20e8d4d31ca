// @ts-check
/** After a reset that happened under somebody's eyes: what was dropped, what was not sent, and on. */

import { losses, stableSentence } from "../models/stable.js";
import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { html, useEffect, useModel, useRef } from "../ui/preact.js";
import { CopyButton } from "../ui/share.js";

export function WasReset() {
  const app = useApp();
  const { t, format } = useWords();
  const { story, session } = app;
  useModel(session);
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => heading.current?.focus(), []);
  const lost = losses(t, format, story.lost);
  const what = lost ? t("reset.lost", { what: lost }) : t(story.lost ? "reset.lost_nothing" : "reset.lost_some");
  return html`<div class="page">
    <div class="page__inner stack">
      <${Icon} name="leaf" class="was-reset__leaf" />
      <h1 tabindex="-1" ref=${heading}>${t("reset.title")}</h1>
      <p>${what}</p>
      ${session.administrator && html`<${After} />`}
      ${story.uploads > 0 && html`<p>${t("reset.uploads", { n: story.uploads })}</p>`}
      ${story.unsent.length > 0 && html`<${Unsent} entries=${story.unsent} />`}
      ${session.status && html`<p class="soft">${stableSentence(t, format, session.status, app.now())}</p>`}
      <div class="buttons">
        <button type="button" class="button button--main" onClick=${() => story.dismiss()}>${t("reset.go_on")}</button>
      </div>
    </div>
  </div>`;
}

/** Whether it is gone, and how far. */
function After() {
  const { session, story } = useApp();
  const { t } = useWords();
  if (!session.status?.previous?.sessions) return html`<p class="soft">${t("reset.traces")}</p>`;
  return html`<p>${t("reset.interrupted")} <a href="/admin/stable/previous" onClick=${() => story.dismiss()}>${t("reset.left_link")}</a></p>`;
}

/** Never sent by itself: what was true before the reset may not be wanted after it. @param {{entries: import("../types.js").Outgoing[]}} props */
function Unsent({ entries }) {
  const { t } = useWords();
  return html`<section class="stack-s">
    <h2>${t("reset.unsent", { n: entries.length })}</h2>
    <p class="soft">${t("reset.unsent_hint")}</p>
    <ul class="rows">
      ${entries.map(
        (entry) => html`<li class="row" key=${entry.cid}>
          <span class="row__text">${entry.body}</span>
          <span class="row__end"><${CopyButton} text=${entry.body} /></span>
        </li>`,
      )}
    </ul>
  </section>`;
}
