// @ts-check
/** The door of a room: its code, and the password that may be asked for beside it. */

import { cardPath } from "../models/route.js";
import { useApp, useWords } from "../ui/app.js";
import { Field, Submit, useForm } from "../ui/form.js";
import { Icon } from "../ui/icon.js";
import { html, useEffect, useState } from "../ui/preact.js";
import { CopyButton } from "../ui/share.js";
import { addressesOf } from "./room_card.js";
import { roomPath, useTry, Way } from "./room_deeds.js";
import { Step } from "./room_step.js";

/** @typedef {import("../types.js").Room} Room */

/** @param {{room: Room, back: () => void, close: () => void}} props */
export function CodeAndPassword({ room, back, close }) {
  const { api, chat, session } = useApp();
  const { t } = useWords();
  const attempt = useTry();
  /** @param {object} what @param {string} done */
  const change = (what, done) => attempt(async () => chat.rooms.put(await api.patch(roomPath(room.id), what)), done);
  const guests = session.status?.guests === false ? "rooms.code_accounts" : "rooms.code_guests";
  return html`<${Step} title=${t("rooms.code_and_password")} back=${back} close=${close}>
    ${room.code
      ? html`<div class="room-code">
            <p class="room-code__code" aria-label=${t("talk.code")}>${shown(room.code)}</p>
            <${CopyLink} key=${room.code} room=${room} />
          </div>
          <p class="soft">${t(guests)}</p>`
      : html`<p>${t(room.kind === "public" ? "rooms.no_code_open" : "rooms.no_code")}</p>`}
    <div class="deeds">
      ${room.code &&
      html`<a class="deed" href=${cardPath(room.id)} target="_blank" rel="noopener">
        <${Icon} name="printer" /><span>${t("talk.card")}</span>
      </a>`}
      <${Way}
        icon="rotate-ccw"
        label=${t(room.code ? "rooms.code_new" : "rooms.code_give")}
        hint=${room.code ? t("rooms.code_new_hint") : undefined}
        run=${() => change({ code: true }, t("rooms.code_done"))}
      />
      ${room.code &&
      html`<${Way}
        icon="x"
        label=${t("rooms.code_off")}
        hint=${t("rooms.code_off_hint")}
        run=${() => change({ code: null }, t("rooms.code_off_done"))}
      />`}
    </div>
    ${(room.code || room.kind === "public") && html`<${Password} room=${room} change=${change} />`}
  <//>`;
}

/** The address that holds the code, to be sent to somebody. @param {{room: Room}} props */
function CopyLink({ room }) {
  const { api } = useApp();
  const { t } = useWords();
  const [link, setLink] = useState("");
  useEffect(() => {
    api.get(`${roomPath(room.id)}/card`).then(
      (card) => setLink(`${addressesOf(card)[0]}#${card.code}`),
      () => {},
    );
  }, []);
  return html`<${CopyButton} text=${link || (room.code ?? "")} label=${t("rooms.copy_link")} />`;
}

/** @param {{room: Room, change: (what: object, done: string) => Promise<boolean>}} props */
function Password({ room, change }) {
  const { api, chat, toasts } = useApp();
  const { t } = useWords();
  const [password, setPassword] = useState("");
  const form = useForm({
    fields: { password: "password", weak_password: "password" },
    deed: async () => {
      if (!password) return;
      chat.rooms.put(await api.patch(roomPath(room.id), { password }));
      setPassword("");
      toasts.say(t("rooms.password_done"));
    },
  });
  return html`<form class="stack" onSubmit=${form.submit} novalidate>
    <${Field}
      label=${t(room.password ? "rooms.password_new" : "rooms.password_give")}
      value=${password}
      onInput=${setPassword}
      type="password"
      autocomplete="new-password"
      hint=${t(room.password ? "rooms.password_is" : "rooms.password_none")}
      error=${form.errorOf("password")}
    />
    ${form.problem}
    <div class="buttons buttons--end">
      ${room.password &&
      html`<button type="button" class="button" onClick=${() => change({ password: null }, t("rooms.password_off_done"))}>
        ${t("rooms.password_off")}
      </button>`}
      <${Submit} label=${t("rooms.password_save")} busy=${form.busy} />
    </div>
  </form>`;
}

/** In groups of four, as the card has it. @param {string} code */
const shown = (code) => (code.match(/.{1,4}/g) ?? [code]).join("-");
