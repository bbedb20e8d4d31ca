// @ts-check
/** The dialogs about one account: making it, changing it, its one-time link, the end of it. */

import { explain, useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Choices, Field, Submit, useForm } from "../ui/form.js";
import { Icon } from "../ui/icon.js";
import { Note, useDeed } from "../ui/parts.js";
import { html, useModel, useState } from "../ui/preact.js";
import { CopyButton, QrCode } from "../ui/share.js";
import { useAddress } from "./invite.js";

/** @typedef {import("../types.js").User} User */
/** @typedef {import("../models/people.js").People} People */
/** @typedef {{people: People, close: () => void}} Props */

const PLACES = { username: "username", name_taken: "username", name: "name", weak_password: "password" };

/** @param {{value: string, onChoose: (role: string) => void}} props */
function Role({ value, onChoose }) {
  const { t } = useWords();
  const options = /** @type {const} */ (["usuario", "cliente", "administrator"]).map((role) => ({
    value: role,
    label: t(`role.${role}`),
    hint: t(`role.${role}.means`),
  }));
  return html`<${Choices} label=${t("people.role")} name="role" value=${value} options=${options} onChoose=${onChoose} />`;
}

/** @param {Props} props */
export function CreatePerson({ people, close }) {
  const { t } = useWords();
  const { dialogs } = useApp();
  const [name, setName] = useState("");
  const [username, setUsername] = useState("");
  const [role, setRole] = useState("cliente");
  const form = useForm({
    fields: PLACES,
    deed: async () => {
      const user = await people.create({ username, name: name || username, role });
      dialogs.open((shut) => html`<${LinkDialog} name=${user.name} path=${user.reset_link ?? ""} close=${shut} />`);
    },
  });
  return html`<${Dialog} title=${t("people.create")} close=${close}>
    <form class="stack" onSubmit=${form.submit} novalidate>
      <${Field}
        label=${t("form.name")}
        value=${name}
        onInput=${setName}
        autocapitalize="words"
        error=${form.errorOf("name")}
      />
      <${Field}
        label=${t("form.username")}
        value=${username}
        onInput=${setUsername}
        hint=${t("form.username_hint")}
        error=${form.errorOf("username")}
        required
      />
      <${Role} value=${role} onChoose=${setRole} />
      <p class="soft">${t("people.link_follows")}</p>
      ${form.problem}
      <div class="buttons buttons--end">
        <button type="button" class="button" onClick=${close}>${t("form.cancel")}</button>
        <${Submit} label=${t("people.create_deed")} busy=${form.busy} />
      </div>
    </form>
  <//>`;
}

/** @param {Props & {user: User}} props */
export function EditPerson({ user, people, close }) {
  const { t } = useWords();
  const { session, toasts } = useApp();
  const [name, setName] = useState(user.name);
  const [username, setUsername] = useState(user.username);
  const [role, setRole] = useState(/** @type {string} */ (user.role));
  const self = user.id === session.me?.id;
  const form = useForm({
    fields: PLACES,
    deed: async () => {
      await people.change(user.id, { name, username, role });
      if (self) await session.begin();
      close();
      toasts.say(t("people.changed", { name }));
    },
  });
  return html`<${Dialog} title=${user.name} close=${close}>
    <form class="stack" onSubmit=${form.submit} novalidate>
      <${Field}
        label=${t("form.name")}
        value=${name}
        onInput=${setName}
        autocapitalize="words"
        error=${form.errorOf("name")}
      />
      <${Field} label=${t("form.username")} value=${username} onInput=${setUsername} error=${form.errorOf("username")} />
      ${!self && html`<${Role} value=${role} onChoose=${setRole} />`}
      ${form.problem}
      <div class="buttons buttons--end">
        <button type="button" class="button" onClick=${close}>${t("form.cancel")}</button>
        <${Submit} label=${t("form.save")} busy=${form.busy} />
      </div>
    </form>
    ${!self && html`<${Deeds} user=${user} people=${people} close=${close} />`}
  <//>`;
}

/** What one does rarely: a new password, shutting out, deleting. @param {Props & {user: User}} props */
function Deeds({ user, people, close }) {
  const { dialogs, toasts } = useApp();
  const words = useWords();
  const { t } = words;
  const link = useDeed(async () => {
    const path = await people.link(user.id);
    dialogs.open((shut) => html`<${LinkDialog} name=${user.name} path=${path} close=${shut} />`);
  });
  const disable = useDeed(async () => {
    await people.change(user.id, { disabled: !user.disabled });
    close();
    const undo = () => void people.change(user.id, { disabled: user.disabled }).catch(() => people.load());
    const text = user.disabled ? t("people.enabled_toast", { name: user.name }) : t("people.disabled_toast", { name: user.name });
    toasts.say(text, { deed: { label: t("form.undo"), run: undo } });
  });
  const problem = link.error ?? disable.error;
  /** @param {() => void} shut */
  const remove = (shut) => html`<${DeletePerson} user=${user} people=${people} close=${shut} />`;
  return html`<div class="stack more">
    ${Boolean(problem) && html`<${Note} tone="red" icon="circle-alert" alert>${explain(words, problem)}<//>`}
    <div class="buttons">
      <button type="button" class="button" disabled=${user.disabled} onClick=${link.run}>
        <${Icon} name="key-round" />${t("people.new_password")}
      </button>
      <button type="button" class="button" onClick=${disable.run}>
        <${Icon} name="ban" />${user.disabled ? t("people.enable") : t("people.disable")}
      </button>
      <button type="button" class="button" onClick=${() => dialogs.open(remove)}>
        <${Icon} name="trash-2" />${t("people.delete")}
      </button>
    </div>
    <p class="soft">${t("people.disable_means")}</p>
  </div>`;
}

/** @param {{name: string, path: string, close: () => void}} props */
function LinkDialog({ name, path, close }) {
  const { t } = useWords();
  const { session } = useApp();
  useModel(session);
  const { address } = useAddress();
  const url = address.replace(/\/$/, "") + path;
  return html`<${Dialog} title=${t("people.link_title", { name })} close=${close}>
    <p>${t("people.link_text", { name })}</p>
    <div class="qr-frame"><${QrCode} text=${url} label=${t("people.link_qr", { name })} /></div>
    <p class="secret"><code>${url}</code></p>
    <div class="buttons buttons--end">
      <${CopyButton} text=${url} label=${t("people.copy_link")} />
      <button type="button" class="button button--main" data-first onClick=${close}>${t("form.done")}</button>
    </div>
  <//>`;
}

/** @param {Props & {user: User}} props */
function DeletePerson({ user, people, close }) {
  const { toasts } = useApp();
  const words = useWords();
  const { t } = words;
  const remove = useDeed(async () => {
    await people.remove(user.id);
    close();
    toasts.say(t("people.deleted", { name: user.name }), { icon: "trash-2" });
  });
  return html`<${Dialog} title=${t("people.delete_ask", { name: user.name })} close=${close}>
    <p>${t("people.delete_text")}</p>
    ${Boolean(remove.error) && html`<${Note} tone="red" icon="circle-alert" alert>${explain(words, remove.error)}<//>`}
    <div class="buttons buttons--end">
      <button type="button" class="button" data-first onClick=${close}>${t("people.delete_no")}</button>
      <button type="button" class="button button--danger" aria-disabled=${remove.busy ? "true" : null} onClick=${remove.run}>
        ${t("people.delete_yes")}
      </button>
    </div>
  <//>`;
}
