// @ts-check
/** What was reported on the box, and who did what. */

import { useApp, useTitle, useWords } from "../ui/app.js";
import { Waiting } from "../ui/parts.js";
import { html, useEffect, useState } from "../ui/preact.js";
import { Reports } from "./reports.js";
import { useTry } from "./room_deeds.js";

/**
 * @typedef {{number: number, at: number, actor: string, actor_name: string, action: string, subject: string,
 *   detail: Record<string, any>}} Deed
 */

export function ReportsPage() {
  const { t } = useWords();
  const heading = useTitle(t("admin.reports"));
  return html`<section class="stack-l">
    <section class="stack">
      <h1 tabindex="-1" ref=${heading}>${t("admin.reports")}</h1>
      <p class="soft">${t("rooms.reports_says")}</p>
      <${Reports} />
    </section>
    <${Audit} />
  </section>`;
}

/** The log holds names and places, never what was said. */
function Audit() {
  const { api } = useApp();
  const { t } = useWords();
  const attempt = useTry();
  const [deeds, setDeeds] = useState(/** @type {Deed[] | null} */ (null));
  const [next, setNext] = useState("");
  /** @param {Deed[]} before @param {string} after */
  const load = (before, after) =>
    attempt(async () => {
      const page = await api.get(`/api/audit?limit=50${after && `&after=${after}`}`);
      setDeeds(before.concat(page.items));
      setNext(page.next ?? "");
    });
  useEffect(() => void load([], ""), []);
  return html`<section class="stack">
    <h2>${t("audit.title")}</h2>
    <p class="soft">${t("audit.says")}</p>
    ${!deeds && html`<${Waiting} label=${t("wait.loading")} />`}
    ${deeds &&
    deeds.length > 0 &&
    html`<ul class="rows">
      ${deeds.map((deed) => html`<${DeedRow} key=${deed.number} deed=${deed} />`)}
    </ul>`}
    ${next && html`<button type="button" class="button" onClick=${() => load(deeds ?? [], next)}>${t("talk.search_more")}</button>`}
  </section>`;
}

/** @param {{deed: Deed}} props */
function DeedRow({ deed }) {
  const { chat, now } = useApp();
  const { t, format, dictionary } = useWords();
  const key = `audit.${deed.action}`;
  const what = key in dictionary ? t(/** @type {any} */ (key)) : deed.action.replace(/_/g, " ");
  const room = chat.rooms.get(deed.subject)?.name;
  const { name, username, reason } = deed.detail;
  const about = [room, name ?? username, reason].filter((one) => typeof one === "string" && one);
  return html`<li class="row">
    <span class="row__text">
      <span class="home__line">${deed.actor_name || t("audit.box")}: ${what}</span>
      <span class="home__line soft small">${[...about, format.ago(deed.at, now())].join(" · ")}</span>
    </span>
  </li>`;
}
