// @ts-check
/** The stable snapshot: what a restart would undo, saving, the generations, going back; and the ways to the rest. */

import { GenerationList } from "../models/generations.js";
import { losses, stableSentence } from "../models/stable.js";
import { useApp, useTitle, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Note, Waiting } from "../ui/parts.js";
import { html, useEffect, useMemo, useModel } from "../ui/preact.js";
import { GenerationRow } from "./generation_row.js";
import { ArchivePage } from "./stable_archive.js";
import { ComparePage, DifferencePage } from "./stable_difference.js";
import { HealthPage } from "./stable_health.js";
import { PreviousPage } from "./stable_previous.js";
import { ResetNow } from "./stable_reset.js";
import { Save } from "./stable_save.js";
import { SettingsPage } from "./stable_settings.js";
import { WishesPage } from "./stable_wishes.js";

/** @type {Record<string, () => any>} */
const PAGES = {
  difference: DifferencePage,
  compare: ComparePage,
  wishes: WishesPage,
  previous: PreviousPage,
  settings: SettingsPage,
  archive: ArchivePage,
  health: HealthPage,
};

/** @param {{route: import("../models/route.js").Route}} props */
export function StablePage({ route }) {
  const Page = PAGES[route.item ?? ""] ?? Overview;
  return html`<${Page} key=${route.item ?? ""} />`;
}

function Overview() {
  const { api, session } = useApp();
  const { t, error } = useWords();
  const heading = useTitle(t("admin.stable"));
  const list = useMemo(() => new GenerationList(api, () => session.refresh()), []);
  useModel(list, session);
  const generation = session.status?.stable?.generation;
  useEffect(() => {
    list.load();
  }, [generation]);
  useEffect(() => void list.follow(), []);
  return html`<section class="stack-l">
    <header class="stack-s">
      <h1 tabindex="-1" ref=${heading}>${t("admin.stable")}</h1>
      <p>${t("stable.what_it_is")}</p>
    </header>
    ${list.found?.trouble && html`<${TroubleNote} trouble=${list.found.trouble} />`}
    <${Now} />
    <${Save} list=${list} />
    <section class="stack">
      <h2>${t("stable.generations")}</h2>
      ${list.failure && html`<${Note} tone="red" icon="circle-alert" alert>${error(list.failure)}<//>`}
      ${!list.found && !list.failure && html`<${Waiting} label=${t("wait.loading")} />`}
      <${Rows} list=${list} />
    </section>
    <${ResetNow} />
    <${Ways} />
  </section>`;
}

/** What a restart would undo at this moment. */
function Now() {
  const { session, now } = useApp();
  const { t, format } = useWords();
  const { status } = session;
  if (!status) return null;
  const lost = losses(t, format, status.since_stable);
  return html`<div class="card stack-s">
    <p class="now"><${Icon} name="leaf" class="now__leaf" /><strong>${stableSentence(t, format, status, now())}</strong></p>
    ${lost
      ? html`<p class="amber"><${Icon} name="history" /> ${t("stable.would_go", { what: lost })}</p>`
      : html`<p class="soft">${t("stable.nothing_new")}</p>`}
    ${status.stable?.note && html`<p class="soft">«${status.stable.note}»</p>`}
    <p><a href="/admin/stable/difference">${t("stable.difference_link")}</a></p>
  </div>`;
}

/** @param {{list: GenerationList}} props */
function Rows({ list }) {
  const { t } = useWords();
  if (!list.found) return null;
  if (!list.found.generations.length) return html`<p class="soft">${t("stable.no_generations")}</p>`;
  return html`<ul class="rows">
    ${list.found.generations.map(
      (one) => html`<${GenerationRow}
        key=${one.generation}
        one=${one}
        current=${one.generation === list.found?.current}
        list=${list}
      />`,
    )}
  </ul>`;
}

/** What the last restart could not do as it should. @param {{trouble: import("../types.js").Trouble}} props */
function TroubleNote({ trouble }) {
  const { t } = useWords();
  const numbers = trouble.passed.map((one) => one.generation).filter((number) => number !== null);
  return html`<${Note} tone="red" icon="triangle-alert" alert>
    ${numbers.length > 0 && html`<p>${t("stable.trouble_passed", { n: numbers.length, numbers: numbers.join(", ") })}</p>`}
    ${trouble.lost > 0 && html`<p>${t("stable.trouble_lost", { n: trouble.lost })} <a href="/admin/stable/health">${t("stable.health_which")}</a></p>`}
    ${trouble.recovered_box && html`<p>${t("stable.trouble_box", { number: trouble.recovered_box })}</p>`}
    ${!numbers.length && trouble.passed.length > 0 && html`<p>${t("stable.trouble_pointer")}</p>`}
  <//>`;
}

const WAYS = /** @type {const} */ ([
  { item: "wishes", icon: "bookmark", label: "stable.wishes", hint: "stable.wishes_hint" },
  { item: "previous", icon: "history", label: "stable.previous", hint: "stable.previous_hint" },
  { item: "settings", icon: "clock", label: "stable.settings", hint: "stable.settings_hint" },
  { item: "archive", icon: "archive", label: "stable.archive", hint: "stable.archive_hint" },
  { item: "health", icon: "hard-drive", label: "stable.health", hint: "stable.health_hint" },
]);

/** The pages around it. */
function Ways() {
  const { session } = useApp();
  const { t } = useWords();
  const waiting = session.status?.previous?.sessions ?? 0;
  return html`<section class="stack">
    <h2>${t("stable.more")}</h2>
    <ul class="rows">
      ${WAYS.map(
        (one) => html`<li key=${one.item}>
          <a class="row" href=${`/admin/stable/${one.item}`}>
            <${Icon} name=${one.icon} class="row__icon" />
            <span class="row__text">
              <strong class="home__line">${t(one.label)}</strong>
              <span class="soft home__line">${t(one.hint)}</span>
              ${one.item === "previous" &&
              waiting > 0 &&
              html`<span class="tag tag--amber"><${Icon} name="history" />${t("stable.previous_waits", { n: waiting })}</span>`}
            </span>
            <${Icon} name="chevron-right" class="soft" />
          </a>
        </li>`,
      )}
    </ul>
  </section>`;
}
