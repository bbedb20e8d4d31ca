// @ts-check
/** A room from inside: its people and what may be done about them, and what may be done with the room. */

import { ApiError } from "../net/api.js";
import { chatPath } from "../models/route.js";
import { explain, useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Field, Submit, useForm } from "../ui/form.js";
import { Avatar, Waiting } from "../ui/parts.js";
import { html, useEffect, useModel, useState } from "../ui/preact.js";
import { QrCode } from "../ui/share.js";
import { Deed, moderates } from "./message_menu.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").Member} Member */

/** A deed over HTTP or the socket; what goes wrong is told. @returns {(run: () => Promise<unknown>) => Promise<boolean>} */
function useTry() {
  const { toasts } = useApp();
  const words = useWords();
  const { t } = useWords();
  return async (run) => {
    try {
      await run();
      toasts.say(t("talk.done"));
      return true;
    } catch (error) {
      const known = error instanceof ApiError ? error : new ApiError(/** @type {any} */ (error).code ?? "internal");
      toasts.say(explain(words, known), { icon: "circle-alert" });
      return false;
    }
  };
}

/** @param {{room: Room, close: () => void}} props */
export function RoomPanel({ room, close }) {
  const { api, chat, dialogs, session } = useApp();
  const { t } = useWords();
  const attempt = useTry();
  useModel(chat.rooms);
  const [shown, setShown] = useState("");
  const now = chat.rooms.get(room.id) ?? room;
  const path = `/api/rooms/${encodeURIComponent(room.id)}`;
  useEffect(() => {
    api.get(`${path}/members`).then(
      ({ items }) => chat.rooms.met(room.id, items),
      () => {},
    );
  }, []);
  const members = chat.rooms.members.get(room.id);
  const owner = (now.role === "owner" || session.administrator) && now.kind !== "direct";
  /** @param {(shut: () => void) => any} view */
  const open = (view) => dialogs.open(view);
  const leave = async () => {
    if (await attempt(() => api.post(`${path}/leave`))) {
      close();
      chat.closed(room.id);
    }
  };
  return html`<${Dialog} title=${now.name} close=${close}>
    ${shown === "leave"
      ? html`<p><strong>${t("talk.leave_ask", { room: now.name })}</strong> ${t("talk.leave_says")}</p>
          <div class="buttons">
            <button type="button" class="button" onClick=${() => setShown("")}>${t("talk.keep")}</button>
            <button type="button" class="button button--danger" onClick=${leave}>${t("talk.leave")}</button>
          </div>`
      : html`<div class="deeds">
          ${now.code && html`<${Deed} icon="key-round" label=${t("talk.card")} run=${() => open((shut) => html`<${TableCard} room=${now} close=${shut} />`)} />`}
          ${owner && html`<${Deed} icon="pencil" label=${t("talk.rename")} run=${() => setShown(shown === "name" ? "" : "name")} />`}
          ${shown === "name" && html`<${Rename} room=${now} done=${() => setShown("")} />`}
          ${owner &&
          !now.everyone &&
          html`<${Deed}
            icon="file-archive"
            label=${now.archived ? t("talk.unarchive") : t("talk.archive")}
            run=${() => attempt(async () => chat.rooms.put(await api.patch(path, { archived: !now.archived })))}
          />`}
          ${!now.everyone && now.role !== "none" && html`<${Deed} icon="log-out" label=${t("talk.leave")} run=${() => setShown("leave")} danger />`}
        </div>`}
    ${!members && html`<${Waiting} label=${t("wait.loading")} />`}
    <ul class="rows">
      ${(members ?? []).map((member) => html`<${Person} key=${member.id} member=${member} room=${now} close=${close} />`)}
    </ul>
    <div class="buttons buttons--end">
      <button type="button" class="button" data-first onClick=${close}>${t("form.close")}</button>
    </div>
  <//>`;
}

/** @param {{room: Room, done: () => void}} props */
function Rename({ room, done }) {
  const { api, chat } = useApp();
  const { t } = useWords();
  const [name, setName] = useState(room.name);
  const form = useForm({
    fields: { name: "name" },
    deed: async () => {
      chat.rooms.put(await api.patch(`/api/rooms/${encodeURIComponent(room.id)}`, { name: name.trim() }));
      done();
    },
  });
  return html`<form class="stack" onSubmit=${form.submit} novalidate>
    <${Field} label=${t("talk.room_name")} value=${name} onInput=${setName} error=${form.errorOf("name")} focus />
    ${form.problem}
    <${Submit} label=${t("talk.save")} busy=${form.busy} />
  </form>`;
}

/** @param {{member: Member, room: Room, close: () => void}} props */
function Person({ member, room, close }) {
  const app = useApp();
  const { api, chat, router, session } = app;
  const { t } = useWords();
  const attempt = useTry();
  const [open, setOpen] = useState(false);
  const me = member.id === session.me?.id;
  const here = chat.rooms.present(room.id).some((one) => one.id === member.id);
  const muted = (member.muted_until ?? 0) > app.now();
  const power = moderates(app, room.id) && member.role !== "owner" && room.kind !== "direct";
  const owner = room.role === "owner" && room.kind !== "direct" && !room.everyone;
  const path = `/api/rooms/${encodeURIComponent(room.id)}/members/${encodeURIComponent(member.id)}`;
  /** @param {string} type @param {object} [more] */
  const act = (type, more) =>
    attempt(() => chat.link.request(Object.assign({ type, room: room.id, user: member.id, reason: "" }, more)));
  const direct = async () => {
    const made = await attempt(async () => {
      const found = await api.post("/api/rooms", { kind: "direct", members: [member.id] });
      chat.rooms.put(found);
      close();
      router.go(chatPath(found.id));
    });
    return made;
  };
  const role = t(/** @type {any} */ (`talk.role.${member.role}`));
  const facts = [role, member.guest && t("talk.guest"), here && t("talk.here"), muted && t("talk.muted")];
  return html`<li>
    <div class="row">
      <${Avatar} name=${member.name} />
      <span class="row__text">${member.name}<br /><span class="soft small">${facts.filter(Boolean).join(" · ")}</span></span>
      ${!me &&
      html`<button
        type="button"
        class="button button--quiet"
        aria-expanded=${open ? "true" : "false"}
        aria-label=${t("talk.person", { name: member.name })}
        onClick=${() => setOpen(!open)}
      >
        …
      </button>`}
    </div>
    ${open &&
    html`<div class="deeds">
      ${session.may("open_direct") && !member.guest && html`<${Deed} icon="message-circle" label=${t("talk.write_to")} run=${direct} />`}
      ${owner &&
      !member.guest &&
      html`<${Deed}
        icon="shield-check"
        label=${member.role === "moderator" ? t("talk.make_member") : t("talk.make_moderator")}
        run=${() => attempt(() => api.call("PUT", path, { role: member.role === "moderator" ? "member" : "moderator" }))}
      />`}
      ${power && html`<${Deed} icon="clock" label=${muted ? t("talk.unmute") : t("talk.mute")} run=${() => act("mute", { minutes: muted ? 0 : 10 })} />`}
      ${power && !room.everyone && html`<${Deed} icon="log-out" label=${t("talk.kick")} run=${() => act("kick")} />`}
      ${power && html`<${Deed} icon="ban" label=${t("talk.ban")} run=${() => act("ban")} danger />`}
      <${Deed} icon="circle-alert" label=${t("talk.report")} run=${() => act("report")} />
    </div>`}
  </li>`;
}

/** @param {{room: Room, close: () => void}} props */
function TableCard({ room, close }) {
  const { api } = useApp();
  const { t } = useWords();
  const [card, setCard] = useState(/** @type {any} */ (null));
  useEffect(() => {
    api.get(`/api/rooms/${encodeURIComponent(room.id)}/card`).then(setCard, close);
  }, []);
  if (!card) return html`<${Dialog} title=${room.name} close=${close}><${Waiting} label=${t("wait.loading")} /><//>`;
  const address = card.urls[0] ?? "";
  return html`<${Dialog} title=${card.name} close=${close}>
    <div class="table-card stack">
      <${QrCode} text=${address} label=${address} />
      <ol>
        <li>${t("talk.card_1")}</li>
        <li>${t("talk.card_2", { address: address.split("#")[0] })}</li>
        <li>${t("talk.card_3")}</li>
      </ol>
      <p class="table-card__code">${card.shown}</p>
      ${card.password && html`<p>${t("talk.card_password")}</p>`}
    </div>
    <div class="buttons buttons--end">
      <button type="button" class="button" onClick=${close}>${t("form.close")}</button>
      <button type="button" class="button button--main" data-first onClick=${() => window.print()}>${t("talk.print")}</button>
    </div>
  <//>`;
}
