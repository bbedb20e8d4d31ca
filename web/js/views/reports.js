// @ts-check
/** What people told those who moderate, and putting it off the list: for one room, and for the whole box. */

import { chatPath } from "../models/route.js";
import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Empty, Waiting } from "../ui/parts.js";
import { html, useEffect, useState } from "../ui/preact.js";
import { useTry } from "./room_deeds.js";
import { Step } from "./room_step.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").Person} Person */
/**
 * @typedef {{id: string, room: string, room_name: string, user?: Person, seq?: number, body?: string,
 *   reason: string, by: Person, at: number}} Report
 */

/** @param {{room: Room, back: () => void, close: () => void}} props */
export function RoomReports({ room, back, close }) {
  const { t } = useWords();
  return html`<${Step} title=${t("rooms.reports")} back=${back} close=${close}>
    <${Reports} room=${room.id} close=${close} />
  <//>`;
}

/** Those of one room, or of all that one moderates. @param {{room?: string, close?: () => void}} props */
export function Reports({ room = "", close = () => {} }) {
  const { api } = useApp();
  const { t } = useWords();
  const attempt = useTry();
  const [reports, setReports] = useState(/** @type {Report[] | null} */ (null));
  const [next, setNext] = useState("");
  /** @param {Report[]} before @param {string} after */
  const load = (before, after) =>
    attempt(async () => {
      const page = await api.get(`/api/reports?limit=100${after && `&after=${encodeURIComponent(after)}`}`);
      setReports(before.concat(page.items));
      setNext(page.next ?? "");
    });
  useEffect(() => void load([], ""), []);
  /** @param {Report} gone */
  const settle = (gone) =>
    attempt(async () => {
      await api.delete(`/api/reports/${encodeURIComponent(gone.id)}`);
      setReports((all) => (all ?? []).filter((one) => one.id !== gone.id));
    }, t("rooms.report_done"));
  if (!reports) return html`<${Waiting} label=${t("wait.loading")} />`;
  const shown = reports.filter((one) => !room || one.room === room);
  if (!shown.length && !next) return html`<${Empty} icon="circle-check" title=${t("rooms.no_reports")} />`;
  return html`<ul class="rows">
      ${shown.map((one) => html`<${ReportRow} key=${one.id} report=${one} named=${!room} settle=${settle} close=${close} />`)}
    </ul>
    ${next && html`<button type="button" class="button" onClick=${() => load(reports, next)}>${t("talk.search_more")}</button>`}`;
}

/** @param {{report: Report, named: boolean, settle: (report: Report) => void, close: () => void}} props */
function ReportRow({ report, named, settle, close }) {
  const { chat, now, router } = useApp();
  const { t, format } = useWords();
  const name = report.user?.name ?? "";
  const said = name ? t("rooms.report_message", { name }) : t("rooms.report_a_message");
  const place = chat.rooms.get(report.room);
  const look = async () => {
    close();
    router.go(chatPath(report.room));
    await chat.open(report.room);
    if (report.seq) await chat.around(report.room, report.seq).catch(() => {});
  };
  return html`<li class="row report">
    <div class="row__text stack-s">
      <p>
        <strong>${report.seq ? said : name}</strong>
        <br /><span class="soft small">
          ${t("rooms.report_by", { name: report.by.name })} · ${named && html`${report.room_name} · `}${format.ago(report.at, now())}
        </span>
      </p>
      ${report.body && html`<blockquote class="report__text">${report.body}</blockquote>`}
      ${report.reason && html`<p>${t("rooms.report_reason", { reason: report.reason })}</p>`}
      <div class="buttons">
        ${place && html`<button type="button" class="button" onClick=${look}>${t(report.seq ? "rooms.report_look" : "rooms.report_room")}</button>`}
        <button type="button" class="button" onClick=${() => settle(report)}>
          <${Icon} name="check" />${t("rooms.report_settle")}
        </button>
      </div>
    </div>
  </li>`;
}
