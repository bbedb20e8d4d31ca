// @ts-check
/** A room from inside: its people, what may be done with it, and the way to each part. */

import { powers } from "../models/room_powers.js";
import { useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { cardPath } from "../models/route.js";
import { Icon } from "../ui/icon.js";
import { html, useEffect, useModel, useState } from "../ui/preact.js";
import { Bans } from "./room_bans.js";
import { roomPath, useTry, Way } from "./room_deeds.js";
import { CodeAndPassword } from "./room_code.js";
import { Leave } from "./room_leave.js";
import { Invite, PersonPanel, RoomPeople } from "./room_people.js";
import { CloseRoom, RoomSettings } from "./room_settings.js";
import { RoomReports } from "./reports.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").Member} Member */

/** @param {{room: Room, close: () => void}} props */
export function RoomPanel({ room, close }) {
  const { api, chat } = useApp();
  useModel(chat.rooms);
  const [step, setStep] = useState("");
  const [person, setPerson] = useState("");
  const now = chat.rooms.get(room.id);
  useEffect(() => {
    // The code and what changed meanwhile are told to those who ask.
    const looked = api.get(roomPath(room.id)).then((found) => chat.rooms.get(room.id) && chat.rooms.put(found));
    const met = api.get(`${roomPath(room.id)}/members`).then(({ items }) => chat.rooms.met(room.id, items));
    Promise.all([looked, met]).catch(() => {});
  }, []);
  useEffect(() => {
    if (!now) close(); // closed, or shown out, while looking
  }, [!now]);
  if (!now) return null;
  const back = () => {
    setStep("");
    setPerson("");
  };
  const member = (chat.rooms.members.get(room.id) ?? []).find((one) => one.id === person);
  if (member) return html`<${PersonPanel} key=${person} room=${now} member=${member} back=${back} close=${close} />`;
  const View = STEPS[step];
  if (View) return html`<${View} room=${now} back=${back} close=${close} go=${setStep} />`;
  return html`<${Overview} room=${now} close=${close} go=${setStep} meet=${setPerson} />`;
}

/** @type {Record<string, any>} */
const STEPS = {
  invite: Invite,
  settings: RoomSettings,
  code: CodeAndPassword,
  bans: Bans,
  reports: RoomReports,
  leave: Leave,
  end: CloseRoom,
};

/** @param {{room: Room, close: () => void, go: (step: string) => void, meet: (person: string) => void}} props */
function Overview({ room, close, go, meet }) {
  const app = useApp();
  const { t } = useWords();
  const { api, chat, session } = app;
  const attempt = useTry();
  const alerts = () =>
    attempt(
      async () => chat.rooms.put(await api.patch(`${roomPath(room.id)}/mine`, { muted: !room.muted })),
      t(room.muted ? "rooms.alerts_on_done" : "rooms.alerts_off_done"),
    );
  const may = powers(session.me, room);
  const facts = [
    t(/** @type {any} */ (`rooms.kind.${room.code ? "code" : room.kind}`)),
    room.archived && t("rooms.is_archived"),
    room.ephemeral && t("rooms.not_kept"),
    room.announcement && t("rooms.announcements"),
    room.slow ? t("rooms.slow_now", { n: room.slow }) : "",
  ];
  return html`<${Dialog} title=${room.name} close=${close}>
    <p class="soft room-facts">${facts.filter(Boolean).join(" · ")}</p>
    <${RoomPeople} room=${room} meet=${meet} />
    <div class="deeds">
      ${may.invite && html`<${Way} icon="user-plus" label=${t("rooms.invite")} run=${() => go("invite")} />`}
      ${may.moderate &&
      room.code &&
      html`<a class="deed" href=${cardPath(room.id)} target="_blank" rel="noopener">
        <${Icon} name="printer" /><span>${t("talk.card")}</span>
      </a>`}
      ${may.manage && html`<${Way} icon="sliders-horizontal" label=${t("rooms.settings")} run=${() => go("settings")} />`}
      ${may.manage && !room.everyone && html`<${Way} icon="key-round" label=${t("rooms.code_and_password")} run=${() => go("code")} />`}
      ${room.role !== "none" &&
      html`<${Way}
        icon=${room.muted ? "bell" : "bell-off"}
        label=${t(room.muted ? "rooms.alerts_on" : "rooms.alerts_off")}
        hint=${room.muted ? undefined : t("rooms.alerts_off_hint")}
        run=${alerts}
      />`}
      ${may.moderate && html`<${Way} icon="ban" label=${t("rooms.bans")} run=${() => go("bans")} />`}
      ${may.moderate && html`<${Way} icon="circle-alert" label=${t("rooms.reports")} run=${() => go("reports")} />`}
      ${may.leave && html`<${Way} icon="log-out" label=${t("talk.leave")} run=${() => go("leave")} danger />`}
    </div>
    <div class="buttons buttons--end">
      <button type="button" class="button" onClick=${close}>${t("form.close")}</button>
    </div>
  <//>`;
}
