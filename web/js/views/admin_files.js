// @ts-check
/** The quarantine: what waits for a look, why, and the two things that one may decide. */

import { outdated, Review } from "../models/review.js";
import { useApp, useTitle, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Empty, Note, Waiting } from "../ui/parts.js";
import { html, useEffect, useMemo, useModel } from "../ui/preact.js";
import { ReviewRow } from "./review_row.js";

/** @typedef {import("../models/review.js").Show} Show */

const SHOWS = /** @type {const} */ (["held", "all", "rejected"]);

export function ReviewPage() {
  const { api, session } = useApp();
  const { t } = useWords();
  const heading = useTitle(t("review.title"));
  const review = useMemo(() => new Review(api), []);
  useModel(review, session);
  // The state of the box is read again whenever a file comes or changes.
  useEffect(() => {
    review.load();
  }, [session.status]);
  return html`<section class="stack">
    <header class="stack-s">
      <h1 tabindex="-1" ref=${heading}>${t("review.title")}</h1>
      <p>${t("review.what_it_is")}</p>
      ${review.state?.release === "strict" && html`<p><strong>${t("review.strict")}</strong></p>`}
    </header>
    <${Antivirus} review=${review} />
    <${Choice} review=${review} />
    <${Rows} review=${review} />
  </section>`;
}

/** @param {{review: Review}} props */
function Antivirus({ review }) {
  const { now } = useApp();
  const { t, format } = useWords();
  const { state } = review;
  if (!state) return null;
  const { on, answers, version, signatures_at: at } = state.antivirus;
  const waiting = state.pending > 0 && html`<p>${t("review.pending", { n: state.pending })}</p>`;
  if (!on) return html`<p class="soft">${t("review.antivirus_off")}</p>`;
  if (!answers) {
    return html`<${Note} tone="red" icon="triangle-alert" alert><p>${t("review.antivirus_silent")}</p>${waiting}<//>`;
  }
  const old = outdated(state, now());
  return html`<${Note} tone=${old ? "amber" : ""} icon=${old ? "triangle-alert" : "shield-check"}>
    <p>
      ${t("review.antivirus_on", { version: version ?? "" })}
      ${at !== null && ` ${t("review.antivirus_signatures", { date: format.moment(at, now()) })}`}
    </p>
    ${old && html`<p>${t("review.antivirus_old")}</p>`}
    ${waiting}
  <//>`;
}

/** Which of them. @param {{review: Review}} props */
function Choice({ review }) {
  const { t } = useWords();
  const counts = { held: review.state?.flagged, all: review.state?.waiting, rejected: undefined };
  return html`<div class="buttons" role="group" aria-label=${t("review.title")}>
    ${SHOWS.map((show) => {
      const count = counts[show];
      return html`<button
        type="button"
        key=${show}
        class=${review.show === show ? "button button--main" : "button"}
        aria-pressed=${review.show === show ? "true" : "false"}
        onClick=${() => review.look(show)}
      >
        ${t(`review.${show}`)}${count ? ` (${count})` : ""}
      </button>`;
    })}
  </div>`;
}

/** @param {{review: Review}} props */
function Rows({ review }) {
  const { t, error } = useWords();
  if (review.failure) {
    return html`<${Note} tone="red" icon="circle-alert" alert>
      <p>${error(review.failure)}</p>
      <button type="button" class="button" onClick=${() => review.load()}>${t("root.retry")}</button>
    <//>`;
  }
  if (!review.items) return html`<${Waiting} label=${t("wait.loading")} />`;
  if (!review.items.length) {
    if (review.show === "rejected") return html`<${Empty} icon="ban" title=${t("review.none_rejected")} />`;
    return html`<${Empty} icon="shield-check" title=${t("review.none")}><p>${t("review.none_hint")}</p><//>`;
  }
  return html`
    <ul class="rows">
      ${review.items.map((file) => html`<${ReviewRow} key=${file.id} file=${file} review=${review} />`)}
    </ul>
    ${review.next &&
    html`<button type="button" class="button button--wide" onClick=${() => review.more().catch(() => review.load())}>
      <${Icon} name="arrow-down" />${t("files.more")}
    </button>`}
  `;
}
