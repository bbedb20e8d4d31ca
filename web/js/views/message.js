// @ts-check
/** One row of a conversation. Takes no part in state: a long conversation draws hundreds of them. */

import { Icon } from "../ui/icon.js";
import { html } from "../ui/preact.js";
import { Attached } from "./message_files.js";
import { Quote, Reactions, Text, Tick } from "./message_parts.js";
import { openMenu } from "./message_menu.js";

/** @typedef {import("../models/bubbles.js").Row} AnyRow */
/** @typedef {import("../models/bubbles.js").MessageRow} MessageRow */
/** @typedef {import("../ui/app.js").App} App */
/** @typedef {import("../words.js").Words} Words */

/** @param {{row: AnyRow, room: string, app: App, words: Words}} props */
export function Row({ row, room, app, words }) {
  const { t, format } = words;
  if (row.kind === "day") {
    return html`<p class="line line--day"><span>${format.day(row.ts, app.now())}</span></p>`;
  }
  if (row.kind === "unread") return html`<p class="line line--unread"><span>${t("chat.unread_line")}</span></p>`;
  if (row.kind === "notice") return html`<p class="line line--notice">${noticeText(row, t)}</p>`;
  return html`<${Message} row=${row} room=${room} app=${app} words=${words} />`;
}

/**
 * @param {import("../models/bubbles.js").NoticeRow} row
 * @param {Words["t"]} t
 */
function noticeText(row, t) {
  const came = row.came.length ? t("chat.came", { n: row.came.length, names: row.came.join(", ") }) : "";
  const gone = row.gone.length ? t("chat.gone", { n: row.gone.length, names: row.gone.join(", ") }) : "";
  return [came, gone].filter(Boolean).join(" · ");
}

/** @param {{row: MessageRow, room: string, app: App, words: Words}} props */
function Message({ row, room, app, words }) {
  const { t, format } = words;
  const { message, outgoing } = row;
  const { id: mine = "", username = "" } = app.session.me ?? {};
  const called = !row.own && Boolean(message?.mentions?.includes(mine));
  const kind = [
    "bubble",
    row.own ? "bubble--own" : "",
    row.first ? "bubble--first" : "",
    called ? "bubble--called" : "",
  ].join(" ");
  const failed = outgoing?.state === "failed";
  const live = message && !message.deleted ? message : null;
  const answers = (message ?? outgoing)?.reply_to;
  const menu = () => live && openMenu(app, words, room, live);
  /** @param {MouseEvent} event a long press of a finger comes as this */
  const pressed = (event) => {
    if (!live || !window.matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    menu();
  };
  return html`<article
    class=${failed ? `${kind} bubble--failed` : kind}
    data-seq=${message?.seq}
    onContextMenu=${pressed}
  >
    <p class=${row.first && !row.own ? "bubble__name" : "only-heard"}>
      ${row.own ? t("chat.you") : message?.from.name}
    </p>
    <div class="bubble__body">
      ${answers && html`<${Quote} seq=${answers} room=${room} app=${app} words=${words} />`}
      <${Text}
        body=${(message ?? outgoing)?.body ?? ""}
        calls=${Boolean(message?.mentions?.length)}
        me=${called ? username : ""}
        deleted=${message?.deleted ? t("chat.deleted") : ""}
      />
      ${((message ?? outgoing)?.files ?? []).map((file) => html`<${Attached} key=${file.id} file=${file} app=${app} words=${words} />`)}
      ${live &&
      html`<button type="button" class="bubble__more" aria-label=${words.t("talk.more")} onClick=${menu}>
        <${Icon} name="ellipsis" />
      </button>`}
    </div>
    ${live && html`<${Reactions} message=${live} room=${room} app=${app} words=${words} />`}
    ${failed
      ? html`<${Failed} cid=${outgoing?.cid ?? ""} code=${outgoing?.code ?? ""} app=${app} words=${words} />`
      : html`<p class=${row.last || outgoing ? "bubble__foot" : "only-heard"}>
          ${message?.edited && html`<span>${t("chat.edited")} · </span>`}
          ${message?.restored && html`<span>${t("chat.restored")} · </span>`}
          <span class="numbers">${format.time(row.ts)}</span>
          ${row.own && html`<${Tick} seq=${message?.seq ?? 0} room=${room} app=${app} words=${words} />`}
        </p>`}
  </article>`;
}

/** @param {{cid: string, code: string, app: App, words: Words}} props */
function Failed({ cid, code, app, words }) {
  const { t } = words;
  return html`<div class="bubble__failed" role="alert">
    <p><${Icon} name="circle-alert" /> ${t("chat.failed")} ${words.error(code)}</p>
    <button type="button" class="button" onClick=${() => app.outbox.retry(cid)}>${t("chat.retry")}</button>
    <button type="button" class="button button--quiet" onClick=${() => app.outbox.drop(cid)}>${t("chat.discard")}</button>
  </div>`;
}
