// @ts-check
/** What a restart would undo, and what two generations differ in: by kind, narrowed down, opened. */

import { all, CHANGES, Difference, KINDS } from "../models/difference.js";
import { chatPath } from "../models/route.js";
import { contentPath } from "../models/files.js";
import { useApp, useWords } from "../ui/app.js";
import { useId } from "../ui/form.js";
import { fileIcon, Icon } from "../ui/icon.js";
import { Empty } from "../ui/parts.js";
import { html, useEffect, useMemo, useModel } from "../ui/preact.js";
import { Find, Loaded, More, Pick, SubPage } from "./stable_page.js";

/** @typedef {import("../types.js").ChangedItem} ChangedItem */

export function DifferencePage() {
  const { api, session } = useApp();
  const { t } = useWords();
  const list = useMemo(() => new Difference(api, "/api/stable/difference"), []);
  useModel(list, session);
  useEffect(() => void list.begin(), []);
  return html`<${SubPage} title=${t("stable.difference")} text=${t("stable.difference_text")}>
    <${Look} list=${list} live empty=${t("stable.difference_none")} />
    <p><a class="button" href="/admin/stable">${t("stable.save_some")}</a></p>
  <//>`;
}

/** Addresses like `/admin/stable/compare?from=2&to=5`. */
export function ComparePage() {
  const { api, router } = useApp();
  const { t } = useWords();
  const asked = new URLSearchParams(router.search);
  const from = asked.get("from") ?? "";
  const to = asked.get("to") ?? "";
  const list = useMemo(() => new Difference(api, `/api/stable/compare?from=${Number(from)}&to=${Number(to)}`), [from, to]);
  useModel(list);
  useEffect(() => void list.begin(), [from, to]);
  return html`<${SubPage} title=${t("stable.compare_title", { from, to })} text=${t("stable.compare_text", { from, to })}>
    <${Look} list=${list} empty=${t("stable.compare_none")} />
  <//>`;
}

/** @param {{list: Difference, live?: boolean, empty: string}} props */
function Look({ list, live = false, empty }) {
  const { t } = useWords();
  const change = useId("change");
  const { summary, items } = list;
  const nothing = summary && KINDS.every((kind) => !all(summary[kind]));
  const kinds = KINDS.map((kind) => ({ value: kind, label: `${t(`stable.kind.${kind}`)} (${summary ? all(summary[kind]) : 0})` }));
  const closed = summary && list.kind ? summary[list.kind].hidden : 0;
  return html`<div class="stack">
    <${Loaded} ready=${summary !== null && items !== null} failure=${list.failure} again=${() => list.begin()}>
      ${nothing
        ? html`<${Empty} icon="leaf" title=${empty} />`
        : html`
            <${Pick} label=${t("stable.kinds")} options=${kinds} value=${list.kind} choose=${(/** @type {any} */ kind) => list.look({ kind })} />
            <div class="search" role="search">
              <${Find} label=${t("stable.find")} look=${(/** @type {string} */ query) => list.look({ query })} />
              <label class="only-heard" for=${change}>${t("stable.changes")}</label>
              <select id=${change} class="input" value=${list.change} onChange=${(/** @type {any} */ event) => list.look({ change: event.target.value })}>
                ${CHANGES.map((one) => html`<option key=${one} value=${one}>${t(one ? `stable.${live ? "change" : "differs"}.${one}` : "stable.change_all")}</option>`)}
              </select>
            </div>
            ${closed > 0 && list.kind !== "rooms" && html`<p class="soft">${t("stable.hidden", { n: closed })}</p>`}
            ${items && items.length > 0
              ? html`<ul class="rows">
                  ${items.map((one) => html`<${Row} key=${`${one.kind}${one.change}${one.id}${one.room}`} one=${one} live=${live} />`)}
                </ul>`
              : html`<p class="soft" role="status">${t("stable.find_none")}</p>`}
            <${More} next=${list.next} more=${() => list.more()} />
          `}
    <//>
  </div>`;
}

// What would go is a warning; what another save has more is not.
const TONES = { added: "amber", changed: "", removed: "leaf" };
const CALM = { added: "leaf", changed: "", removed: "" };
const ICONS = { added: "plus", changed: "pencil", removed: "history" };

/** @param {{one: ChangedItem, live: boolean}} props */
function Row({ one, live }) {
  const { now } = useApp();
  const { t, format } = useWords();
  const facts = factsOf(one, t, format);
  if (one.at) facts.push(format.moment(one.at, now()));
  const name = one.name ?? one.excerpt ?? t("stable.closed_room");
  const inside = html`
    <${Icon} name=${iconOf(one)} class="row__icon" />
    <span class="row__text">
      <span class="home__line row__name"><bdi>${name}</bdi></span>
      <span class="soft home__line numbers">${facts.join(" · ")}</span>
      <span class=${`tag tag--${(live ? TONES : CALM)[one.change]}`}><${Icon} name=${ICONS[one.change]} />${t(`stable.${live ? "change" : "differs"}.${one.change}`)}</span>
    </span>
  `;
  return html`<li><${Open} one=${one} live=${live}>${inside}<//></li>`;
}

/** Where there is something to open, the row does. @param {{one: ChangedItem, live: boolean, children?: any}} props */
function Open({ one, live, children }) {
  const { chat, router } = useApp();
  const here = live && one.change !== "removed";
  if (here && one.kind === "files") {
    return html`<a class="row" href=${contentPath(one.id)} download=${one.name}>${children}<${Icon} name="download" class="soft" /></a>`;
  }
  const room = one.kind === "rooms" ? one.id : (one.room ?? "");
  if (!here || !chat.rooms.get(room)) return html`<div class="row">${children}</div>`;
  const go = async () => {
    router.go(chatPath(room));
    await chat.open(room);
    if (one.seq) await chat.around(room, one.seq).catch(() => {});
  };
  return html`<button type="button" class="row" onClick=${go}>${children}<${Icon} name="chevron-right" class="soft" /></button>`;
}

/** @param {ChangedItem} one */
function iconOf(one) {
  if (one.kind === "files") return fileIcon("");
  return one.kind === "messages" ? "message-circle" : one.kind === "rooms" ? "hash" : "user";
}

/**
 * @param {ChangedItem} one
 * @param {import("../models/words.js").Translate} t
 * @param {import("../models/format.js").Format} format
 */
function factsOf(one, t, format) {
  const facts = [];
  if (one.bytes !== undefined) facts.push(format.size(one.bytes));
  if (one.owner) facts.push(one.owner.name);
  if (one.room_name) facts.push(one.room_name);
  if (one.messages && all(one.messages)) facts.push(t("count.messages", { n: all(one.messages) }));
  if (one.members && all(one.members)) facts.push(t("stable.count_members", { n: all(one.members) }));
  return facts;
}
