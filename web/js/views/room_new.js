// @ts-check
/** Beginning something: a word with one person, a group, an open room, one with a code; or coming into one. */

import { chatPath } from "../models/route.js";
import { useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Field, Submit, useForm } from "../ui/form.js";
import { Note } from "../ui/parts.js";
import { html, useState } from "../ui/preact.js";
import { PeoplePicker } from "./people_picker.js";
import { useTry, Way, writeTo } from "./room_deeds.js";
import { JoinByCode } from "./room_forms.js";
import { Switch } from "./switch.js";

/** @typedef {"group" | "public" | "code"} Kind */
/** @typedef {import("./people_picker.js").Found} Found */

/** @param {{close: () => void}} props */
export function NewTalk({ close }) {
  const { session } = useApp();
  const { t } = useWords();
  const [step, setStep] = useState("");
  const back = () => setStep("");
  if (step === "direct") return html`<${NewDirect} close=${close} back=${back} />`;
  if (step === "join") return html`<${JoinByCode} close=${close} back=${back} />`;
  if (step) return html`<${NewRoom} key=${step} kind=${step} close=${close} back=${back} />`;
  /** @param {string} kind @param {string} icon */
  const way = (kind, icon) => html`<${Way}
    icon=${icon}
    label=${t(/** @type {any} */ (`rooms.new.${kind}`))}
    hint=${t(/** @type {any} */ (`rooms.new.${kind}_hint`))}
    run=${() => setStep(kind)}
  />`;
  return html`<${Dialog} title=${t("rooms.new")} close=${close}>
    <div class="deeds">
      ${session.may("open_direct") && way("direct", "user")} ${way("group", "users")} ${way("public", "hash")}
      ${way("code", "key-round")} ${session.may("join_by_code") && way("join", "log-in")}
    </div>
    <div class="buttons buttons--end">
      <button type="button" class="button" onClick=${close}>${t("form.cancel")}</button>
    </div>
  <//>`;
}

/** @param {{close: () => void, back: () => void}} props */
function NewDirect({ close, back }) {
  const app = useApp();
  const { t } = useWords();
  const attempt = useTry();
  /** @param {Found[]} people */
  const write = async ([person]) => {
    if (await attempt(() => writeTo(app, person.id))) close();
  };
  return html`<${Dialog} title=${t("rooms.new.direct")} close=${close}>
    <${PeoplePicker} label=${t("rooms.with_whom")} chosen=${[]} choose=${write} hint=${t("rooms.new.direct_hint")} />
    <div class="buttons buttons--end">
      <button type="button" class="button" onClick=${back}>${t("rooms.back")}</button>
    </div>
  <//>`;
}

/** @param {{kind: Kind, close: () => void, back: () => void}} props */
function NewRoom({ kind, close, back }) {
  const { api, chat, router } = useApp();
  const { t } = useWords();
  const [name, setName] = useState("");
  const [people, setPeople] = useState(/** @type {Found[]} */ ([]));
  const [password, setPassword] = useState("");
  const [ephemeral, setEphemeral] = useState(false);
  const [announcement, setAnnouncement] = useState(false);
  const form = useForm({
    fields: { name: "name", password: "password", weak_password: "password" },
    deed: async () => {
      /** @type {Record<string, unknown>} */
      const body = { name: name.trim(), kind: kind === "code" ? "private" : kind, ephemeral, announcement };
      if (kind === "group") body.members = people.map((one) => one.id);
      if (kind === "code") body.code = true;
      if (kind === "code" && password) body.password = password;
      const room = await api.post("/api/rooms", body);
      chat.rooms.put(room);
      close();
      router.go(chatPath(room.id));
    },
  });
  return html`<${Dialog} title=${t(/** @type {any} */ (`rooms.new.${kind}`))} close=${close}>
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
      ${kind === "group" && html`<${PeoplePicker} label=${t("rooms.people")} chosen=${people} choose=${setPeople} />`}
      ${kind === "code" && html`<${CodeHelp} />`}
      ${kind === "code" &&
      html`<${Field}
        label=${t("talk.room_password")}
        value=${password}
        onInput=${setPassword}
        type="password"
        autocomplete="new-password"
        hint=${t("rooms.password_optional")}
        error=${form.errorOf("password")}
      />`}
      <${Switch} label=${t("rooms.announcement")} hint=${t("rooms.announcement_hint")} on=${announcement} turn=${setAnnouncement} />
      <${Switch} label=${t("rooms.ephemeral")} hint=${t("rooms.ephemeral_hint")} on=${ephemeral} turn=${setEphemeral} />
      ${form.problem}
      <div class="buttons buttons--end">
        <button type="button" class="button" onClick=${back}>${t("rooms.back")}</button>
        <${Submit} label=${t("talk.create")} busy=${form.busy} />
      </div>
    </form>
  <//>`;
}

/** Who comes in by a code, as this box has it. */
function CodeHelp() {
  const { session } = useApp();
  const { t } = useWords();
  return html`<${Note} icon="key-round">${t(session.status?.guests === false ? "rooms.code_accounts" : "rooms.code_guests")}<//>`;
}
