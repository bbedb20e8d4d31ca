// @ts-check
/** What an owner changes of a room: name, who may write, how fast; the archive, and its end. */

import { powers } from "../models/room_powers.js";
import { useApp, useWords } from "../ui/app.js";
import { Field, Submit, useForm, useId } from "../ui/form.js";
import { html, useState } from "../ui/preact.js";
import { askErase } from "./erase_door.js";
import { roomPath, useTry, Way } from "./room_deeds.js";
import { Step } from "./room_step.js";
import { Switch } from "./switch.js";

/** @typedef {import("../types.js").Room} Room */

const PACES = [0, 5, 30, 60, 300];

/** @param {{room: Room, back: () => void, close: () => void, go: (step: string) => void}} props */
export function RoomSettings({ room, back, close, go }) {
  const { api, chat, session, toasts } = useApp();
  const { t } = useWords();
  const attempt = useTry();
  const [name, setName] = useState(room.name);
  const [announcement, setAnnouncement] = useState(Boolean(room.announcement));
  const [slow, setSlow] = useState(room.slow ?? 0);
  const path = roomPath(room.id);
  const form = useForm({
    fields: { name: "name" },
    deed: async () => {
      /** @type {Record<string, unknown>} */
      const change = {};
      if (name.trim() !== room.name) change.name = name.trim();
      if (announcement !== Boolean(room.announcement)) change.announcement = announcement;
      if (slow !== (room.slow ?? 0)) change.slow = slow;
      if (Object.keys(change).length) chat.rooms.put(await api.patch(path, change));
      toasts.say(t("rooms.saved"));
      back();
    },
  });
  const archive = async () => {
    const put = async () => chat.rooms.put(await api.patch(path, { archived: !room.archived }));
    if (await attempt(put, t(room.archived ? "rooms.unarchived" : "rooms.archived"))) {
      chat.rooms.heardOf();
      back();
    }
  };
  return html`<${Step} title=${t("rooms.settings")} back=${back} close=${close}>
    <form class="stack" onSubmit=${form.submit} novalidate>
      <${Field}
        label=${t("talk.room_name")}
        value=${name}
        onInput=${setName}
        error=${form.errorOf("name")}
        autocapitalize="sentences"
        maxlength=${60}
        required
      />
      <${Switch} label=${t("rooms.announcement")} hint=${t("rooms.announcement_hint")} on=${announcement} turn=${setAnnouncement} />
      <${Pace} slow=${slow} choose=${setSlow} />
      ${form.problem}
      <div class="buttons buttons--end"><${Submit} label=${t("rooms.save")} busy=${form.busy} /></div>
    </form>
    <div class="deeds">
      ${powers(session.me, room).archive &&
      html`<${Way}
        icon=${room.archived ? "rotate-ccw" : "archive"}
        label=${t(room.archived ? "talk.unarchive" : "talk.archive")}
        hint=${t(room.archived ? "rooms.unarchive_hint" : "rooms.archive_hint")}
        run=${archive}
      />`}
      ${!room.everyone && html`<${Way} icon="trash-2" label=${t("rooms.end")} run=${() => go("end")} danger />`}
    </div>
  <//>`;
}

/** One message in so many seconds. @param {{slow: number, choose: (seconds: number) => void}} props */
function Pace({ slow, choose }) {
  const { t } = useWords();
  const id = useId("pace");
  const paces = PACES.includes(slow) ? PACES : PACES.concat([slow]);
  return html`<div class="field">
    <label for=${id}>${t("rooms.slow")}</label>
    <select
      id=${id}
      class="input"
      value=${String(slow)}
      aria-describedby=${`${id}-hint`}
      onChange=${(/** @type {any} */ event) => choose(Number(event.target.value))}
    >
      ${paces.map(
        (seconds) => html`<option key=${seconds} value=${String(seconds)} selected=${seconds === slow}>
          ${seconds ? t("rooms.slow_each", { n: seconds }) : t("rooms.slow_off")}
        </option>`,
      )}
    </select>
    <p class="field__hint" id=${`${id}-hint`}>${t("rooms.slow_hint")}</p>
  </div>`;
}

/** @param {{room: Room, back: () => void, close: () => void}} props */
export function CloseRoom({ room, back, close }) {
  const app = useApp();
  const { api, chat, router, session } = app;
  const { t } = useWords();
  const attempt = useTry();
  const end = async () => {
    if (!(await attempt(() => api.delete(roomPath(room.id)), t("rooms.ended", { room: room.name })))) return;
    close();
    chat.closed(room.id, "leave");
    router.go("/chat");
  };
  return html`<${Step} title=${t("rooms.end_ask", { room: room.name })} back=${back} close=${close}>
    <p>${t("rooms.end_says", { messages: t("count.messages", { n: room.head }) })}</p>
    ${!room.ephemeral && html`<p>${t("rooms.end_saved")}</p>`}
    <div class="buttons buttons--end">
      <button type="button" class="button" data-first onClick=${back}>${t("talk.keep")}</button>
      ${session.may("erase") &&
      !room.ephemeral &&
      html`<button
        type="button"
        class="button"
        onClick=${() => askErase(app, { kind: "room", path: roomPath(room.id), name: room.name })}
      >
        ${t("files.erase")}
      </button>`}
      <button type="button" class="button button--danger" onClick=${end}>${t("rooms.end")}</button>
    </div>
  <//>`;
}
