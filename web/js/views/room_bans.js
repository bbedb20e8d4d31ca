// @ts-check
/** Keeping somebody out of a room, and letting them in again. */

import { useApp, useWords } from "../ui/app.js";
import { Choices, Field, Submit, useForm } from "../ui/form.js";
import { Waiting } from "../ui/parts.js";
import { html, useEffect, useState } from "../ui/preact.js";
import { roomPath, useTry } from "./room_deeds.js";
import { Step } from "./room_step.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").Member} Member */
/** @typedef {{id: string, name: string, until: number | null, reason: string, by: string, at: number}} BanEntry */

const SPANS = { hour: 60, day: 24 * 60, ever: 0 };

/** @param {{room: Room, member: Member, back: () => void, close: () => void, done: () => void}} props */
export function Ban({ room, member, back, close, done }) {
  const { api, toasts } = useApp();
  const { t } = useWords();
  const [span, setSpan] = useState("day");
  const [reason, setReason] = useState("");
  const form = useForm({
    fields: { reason: "reason" },
    deed: async () => {
      const minutes = SPANS[/** @type {keyof typeof SPANS} */ (span)];
      const body = { user: member.id, reason: reason.trim() };
      await api.post(`${roomPath(room.id)}/bans`, minutes ? Object.assign({ minutes }, body) : body);
      toasts.say(t("rooms.ban_done", { name: member.name }));
      done();
    },
  });
  const options = Object.keys(SPANS).map((value) => ({ value, label: t(/** @type {any} */ (`rooms.ban_${value}`)) }));
  return html`<${Step} title=${t("rooms.ban_ask", { name: member.name })} back=${back} close=${close}>
    <form class="stack" onSubmit=${form.submit} novalidate>
      <p>${t(member.guest ? "rooms.ban_guest_says" : "rooms.ban_says")}</p>
      <${Choices} label=${t("rooms.ban_span")} name="span" value=${span} options=${options} onChoose=${setSpan} row />
      <${Field}
        label=${t("rooms.reason")}
        value=${reason}
        onInput=${setReason}
        error=${form.errorOf("reason")}
        autocapitalize="sentences"
        maxlength=${200}
      />
      ${form.problem}
      <div class="buttons buttons--end">
        <button type="button" class="button" onClick=${back}>${t("talk.keep")}</button>
        <${Submit} label=${t("talk.ban")} busy=${form.busy} tone="danger" />
      </div>
    </form>
  <//>`;
}

/** @param {{room: Room, back: () => void, close: () => void}} props */
export function Bans({ room, back, close }) {
  const { api, now } = useApp();
  const { t, format } = useWords();
  const attempt = useTry();
  const [bans, setBans] = useState(/** @type {BanEntry[] | null} */ (null));
  const path = `${roomPath(room.id)}/bans`;
  const load = async () => setBans((await api.get(path)).items);
  useEffect(() => {
    attempt(load);
  }, []);
  /** @param {BanEntry} ban */
  const lift = (ban) =>
    attempt(async () => {
      await api.delete(`${path}/${encodeURIComponent(ban.id)}`);
      await load();
    }, t("rooms.lifted", { name: ban.name }));
  /** @param {BanEntry} ban */
  const says = (ban) => {
    const until = ban.until === null ? t("rooms.ban_ever") : t("rooms.ban_until", { when: format.moment(ban.until, now()) });
    return [until, ban.by && t("rooms.by", { name: ban.by }), ban.reason].filter(Boolean).join(" · ");
  };
  return html`<${Step} title=${t("rooms.bans")} back=${back} close=${close}>
    ${!bans && html`<${Waiting} label=${t("wait.loading")} />`}
    ${bans && !bans.length && html`<p class="soft">${t("rooms.no_bans")}</p>`}
    ${bans &&
    bans.length > 0 &&
    html`<ul class="rows">
      ${bans.map(
        (ban) => html`<li class="row ban" key=${ban.id}>
          <span class="row__text">${ban.name || t("talk.guest")}<br /><span class="soft small">${says(ban)}</span></span>
          <button type="button" class="button" onClick=${() => lift(ban)}>
            ${t("rooms.lift")}<span class="only-heard"> ${ban.name}</span>
          </button>
        </li>`,
      )}
    </ul>`}
  <//>`;
}
