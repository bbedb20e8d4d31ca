// @ts-check
/** Who is in a room, and what may be done about one of them. */

import { over } from "../models/room_powers.js";
import { useApp, useWords } from "../ui/app.js";
import { Field, Submit, useForm } from "../ui/form.js";
import { Icon } from "../ui/icon.js";
import { Avatar, Waiting } from "../ui/parts.js";
import { html, useState } from "../ui/preact.js";
import { PeoplePicker } from "./people_picker.js";
import { memberPath, useTry, Way, writeTo } from "./room_deeds.js";
import { Ban } from "./room_bans.js";
import { Step } from "./room_step.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").Member} Member */

const FEW = 8; // beyond, what may be done with the room would be far below
const MUTES = [10, 60, 24 * 60];

/** Who is here now stands first. @param {{room: Room, meet: (person: string) => void}} props */
export function RoomPeople({ room, meet }) {
  const { chat } = useApp();
  const { t } = useWords();
  const [all, setAll] = useState(false);
  const known = chat.rooms.members.get(room.id);
  if (!known) return html`<${Waiting} label=${t("wait.loading")} />`;
  const present = new Set(chat.rooms.present(room.id).map((one) => one.id));
  const here = known.filter((one) => present.has(one.id));
  const away = known.filter((one) => !present.has(one.id));
  const folded = !all && known.length > FEW + 2;
  const most = folded ? FEW : known.length;
  /** @param {string} title @param {Member[]} people */
  const part = (title, people) =>
    people.length > 0 &&
    html`<h3 class="room-people__part">${title}</h3>
      <ul class="rows">
        ${people.map((member) => html`<${PersonRow} key=${member.id} room=${room} member=${member} meet=${meet} />`)}
      </ul>`;
  return html`<div class="room-people">
    ${part(t("rooms.here_now", { n: here.length }), here.slice(0, most))}
    ${part(t("rooms.members", { n: away.length }), away.slice(0, Math.max(0, most - here.length)))}
    ${folded &&
    html`<button type="button" class="button button--quiet" onClick=${() => setAll(true)}>${t("rooms.show_all", { n: known.length })}</button>`}
  </div>`;
}

/** @param {{room: Room, member: Member, meet: (person: string) => void}} props */
function PersonRow({ room, member, meet }) {
  const { session, now } = useApp();
  const { t } = useWords();
  const me = member.id === session.me?.id;
  const facts = factsOf(t, room, member, now());
  return html`<li class="row">
    <${Avatar} name=${member.name} />
    <span class="row__text">
      <span class="home__line cut">${member.name}${me && html` <span class="soft">(${t("rooms.you")})</span>`}</span>
      ${facts && html`<span class="home__line soft small cut">${facts}</span>`}
    </span>
    ${!me &&
    room.kind !== "direct" &&
    html`<button
      type="button"
      class="button button--quiet button--icon"
      aria-label=${t("talk.person", { name: member.name })}
      onClick=${() => meet(member.id)}
    >
      <${Icon} name="ellipsis" />
    </button>`}
  </li>`;
}

/** @param {import("../models/words.js").Translate} t @param {Room} room @param {Member} member @param {number} now */
function factsOf(t, room, member, now) {
  const facts = [
    room.kind !== "direct" && member.role !== "member" && t(/** @type {any} */ (`talk.role.${member.role}`)),
    member.guest && t("talk.guest"),
    (member.muted_until ?? 0) > now && t("talk.muted"),
  ];
  return facts.filter(Boolean).join(" · ");
}

/** @param {{room: Room, member: Member, back: () => void, close: () => void}} props */
export function PersonPanel({ room, member, back, close }) {
  const app = useApp();
  const { t, format } = useWords();
  const attempt = useTry();
  const [step, setStep] = useState("");
  const { api, chat, session } = app;
  const may = over(session.me, room, member);
  const until = (member.muted_until ?? 0) > app.now() ? (member.muted_until ?? 0) : 0;
  if (step === "ban") return html`<${Ban} room=${room} member=${member} back=${() => setStep("")} close=${close} done=${back} />`;
  if (step === "report") return html`<${Report} room=${room} member=${member} back=${() => setStep("")} close=${close} done=${back} />`;
  if (step === "owner") return html`<${HandOver} room=${room} member=${member} back=${() => setStep("")} close=${close} done=${back} />`;
  /** @param {string} type @param {object} more @param {string} done */
  const act = (type, more, done) =>
    attempt(() => chat.link.request(Object.assign({ type, room: room.id, user: member.id, reason: "" }, more)), done);
  /** @param {string} role */
  const make = (role) => attempt(() => api.call("PUT", memberPath(room.id, member.id), { role }), t("talk.done"));
  const kick = async () => (await act("kick", {}, t("rooms.kicked_done", { name: member.name }))) && back();
  const write = async () => (await attempt(() => writeTo(app, member.id))) && close();
  const facts = [t(/** @type {any} */ (`talk.role.${member.role}`)), member.guest && t("talk.guest")];
  return html`<${Step} title=${member.name} back=${back} close=${close}>
    <p class="soft">
      ${facts.filter(Boolean).join(" · ")}${until > 0 && html` · ${t("rooms.muted_until", { when: format.moment(until, app.now()) })}`}
    </p>
    <div class="deeds">
      ${may.write && html`<${Way} icon="message-circle" label=${t("talk.write_to")} run=${write} />`}
      ${may.role.includes("moderator") && html`<${Way} icon="shield-check" label=${t("talk.make_moderator")} run=${() => make("moderator")} />`}
      ${may.role.includes("member") && html`<${Way} icon="user" label=${t("talk.make_member")} run=${() => make("member")} />`}
      ${may.role.includes("owner") && html`<${Way} icon="key-round" label=${t("rooms.make_owner")} run=${() => setStep("owner")} />`}
      ${may.mute && until > 0 && html`<${Way} icon="clock" label=${t("talk.unmute")} run=${() => act("mute", { minutes: 0 }, t("talk.done"))} />`}
      ${may.mute &&
      !until &&
      MUTES.map(
        (minutes) => html`<${Way}
          key=${minutes}
          icon="clock"
          label=${t(/** @type {any} */ (`rooms.mute_${minutes}`))}
          run=${() => act("mute", { minutes }, t("rooms.muted_done", { name: member.name }))}
        />`,
      )}
      ${may.kick && html`<${Way} icon="log-out" label=${t("talk.kick")} hint=${t("rooms.kick_hint")} run=${kick} />`}
      ${may.ban && html`<${Way} icon="ban" label=${t("talk.ban")} run=${() => setStep("ban")} danger />`}
      <${Way} icon="circle-alert" label=${t("talk.report")} run=${() => setStep("report")} />
    </div>
  <//>`;
}

/** @typedef {{room: Room, member: Member, back: () => void, close: () => void, done: () => void}} About */

/** @param {About} props */
function HandOver({ room, member, back, close, done }) {
  const { api } = useApp();
  const { t } = useWords();
  const attempt = useTry();
  const give = async () => {
    const path = memberPath(room.id, member.id);
    if (await attempt(() => api.call("PUT", path, { role: "owner" }), t("talk.done"))) done();
  };
  return html`<${Step} title=${t("rooms.make_owner")} back=${back} close=${close}>
    <p>${t("rooms.make_owner_says", { name: member.name })}</p>
    <div class="buttons buttons--end">
      <button type="button" class="button" data-first onClick=${back}>${t("talk.keep")}</button>
      <button type="button" class="button button--main" onClick=${give}>${t("rooms.make_owner")}</button>
    </div>
  <//>`;
}

/** @param {About} props */
function Report({ room, member, back, close, done }) {
  const { chat, toasts } = useApp();
  const { t } = useWords();
  const [reason, setReason] = useState("");
  const form = useForm({
    fields: { reason: "reason" },
    deed: async () => {
      await chat.link.request({ type: "report", room: room.id, user: member.id, reason: reason.trim() });
      toasts.say(t("talk.reported"));
      done();
    },
  });
  return html`<${Step} title=${t("talk.report")} back=${back} close=${close}>
    <form class="stack" onSubmit=${form.submit} novalidate>
      <${Field}
        label=${t("rooms.reason")}
        value=${reason}
        onInput=${setReason}
        error=${form.errorOf("reason")}
        autocapitalize="sentences"
        maxlength=${200}
        hint=${t("rooms.report_hint", { name: member.name })}
      />
      ${form.problem}
      <div class="buttons buttons--end"><${Submit} label=${t("rooms.report_deed")} busy=${form.busy} /></div>
    </form>
  <//>`;
}

/** @param {{room: Room, back: () => void, close: () => void}} props */
export function Invite({ room, back, close }) {
  const { api, chat, toasts } = useApp();
  const { t } = useWords();
  const [people, setPeople] = useState(/** @type {import("./people_picker.js").Found[]} */ ([]));
  const inside = (chat.rooms.members.get(room.id) ?? []).map((one) => one.id);
  const form = useForm({
    fields: {},
    deed: async () => {
      for (const [at, person] of people.entries()) {
        setPeople(people.slice(at));
        await api.call("PUT", memberPath(room.id, person.id), { role: "member" });
      }
      toasts.say(t("rooms.invited", { n: people.length }));
      back();
    },
  });
  return html`<${Step} title=${t("rooms.invite")} back=${back} close=${close}>
    <form class="stack" onSubmit=${form.submit} novalidate>
      <${PeoplePicker} label=${t("rooms.people")} chosen=${people} choose=${setPeople} not=${inside} hint=${t("rooms.invite_hint")} />
      ${form.problem}
      <div class="buttons buttons--end"><${Submit} label=${t("rooms.invite_deed")} busy=${form.busy} /></div>
    </form>
  <//>`;
}
