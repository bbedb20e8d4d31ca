// @ts-check
/** Whether what is kept is still what was kept: damaged files by name, the card, the space. */

import { explain, useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Note, useDeed } from "../ui/parts.js";
import { html, useEffect, useModel, useState } from "../ui/preact.js";
import { Bar, Loaded, SubPage } from "./stable_page.js";

/** @typedef {import("../types.js").StoreReport} StoreReport */

const LOOK_EVERY_MS = 1000;

export function HealthPage() {
  const { api, session } = useApp();
  const words = useWords();
  const { t, format } = words;
  useModel(session);
  const [report, setReport] = useState(/** @type {StoreReport | null} */ (null));
  const [failure, setFailure] = useState("");
  const load = async () => {
    try {
      setReport(await api.get("/api/health/store"));
      setFailure("");
    } catch (error) {
      setFailure(String(/** @type {any} */ (error).code));
    }
  };
  // The state of the box is read again at each of its notices: a body that was damaged, or healed.
  useEffect(() => void load(), [session.status]);
  const running = report?.running;
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(load, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [running]);
  const check = useDeed(async () => setReport(await api.post("/api/health/store")));
  return html`<${SubPage} title=${t("stable.health")} text=${t("stable.health_text")}>
    <${Loaded} ready=${report !== null} failure=${report ? "" : failure} again=${load}>
      ${report &&
      html`
        <${Damaged} report=${report} />
        <section class="card stack">
          <h2>${t("stable.health_checks")}</h2>
          <${Checked} report=${report} />
          ${Boolean(check.error) && html`<${Note} tone="red" icon="circle-alert" alert>${explain(words, check.error)}<//>`}
          <div class="buttons">
            <button type="button" class="button" aria-disabled=${running ? "true" : null} onClick=${() => !running && check.run()}>
              <${Icon} name="shield-check" />${t("stable.health_check_now")}
            </button>
          </div>
        </section>
        <section class="card stack">
          <h2>${t("stable.health_card")}</h2>
          <p class="numbers">${t("stable.health_space", { free: format.size(report.free_bytes), total: format.size(report.total_bytes) })}</p>
          <${Card} report=${report} />
        </section>
      `}
    <//>
  <//>`;
}

/** @param {{report: StoreReport}} props */
function Damaged({ report }) {
  const { t } = useWords();
  if (!report.damaged.length) {
    return html`<${Note} icon="circle-check">${t(report.checked_at === null ? "stable.health_none_yet" : "stable.health_none")}<//>`;
  }
  return html`<section class="stack-s">
    <${Note} tone="red" icon="triangle-alert" alert>
      <p><strong>${t("stable.health_damaged", { n: report.damaged.length })}</strong></p>
      <p>${t("stable.heal")}</p>
    <//>
    <ul class="rows">
      ${report.damaged.map(
        (one) => html`<li class="row" key=${one.sha256}>
          <${Icon} name="triangle-alert" class="row__icon" />
          <div class="row__text">
            <p class="row__name">${one.files.length ? one.files.map((file) => file.name).join(", ") : t("stable.health_only_saved")}</p>
            <p class="soft sum">${one.sha256}</p>
          </div>
        </li>`,
      )}
    </ul>
    <p><a class="button" href="/files"><${Icon} name="upload" />${t("stable.heal_go")}</a></p>
  </section>`;
}

/** When all of it was read, or how far it is. @param {{report: StoreReport}} props */
function Checked({ report }) {
  const { now } = useApp();
  const { t, format } = useWords();
  const { checked_at: at, share } = report;
  if (report.running) return html`<${Bar} label=${t("stable.health_running")} done=${Math.round(share * 100)} total=${100} things />`;
  return html`
    <p>${at === null ? t("stable.health_never") : t("stable.health_checked", { when: format.moment(at, now()) })}</p>
    ${share > 0 && html`<p class="soft numbers">${t("stable.health_share", { percent: Math.floor(share * 100) })}</p>`}
  `;
}

/** @param {{report: StoreReport}} props */
function Card({ report }) {
  const { t } = useWords();
  const { card } = report;
  if (!card) return html`<p class="soft">${t("stable.card_unknown")}</p>`;
  const tired = card.spare === "urgent" || card.spare === "warning" || (card.worn_percent ?? 0) >= 80;
  const worn = card.worn_percent === null ? t("stable.card_silent") : t("stable.card_worn", { percent: card.worn_percent });
  return html`
    <p>${[card.name, card.kind].filter(Boolean).join(" · ")}</p>
    <p>${worn}</p>
    ${tired && html`<${Note} tone="amber" icon="triangle-alert">${t("stable.card_tired")}<//>`}
  `;
}
