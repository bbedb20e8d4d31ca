// @ts-check
/** Making a room, and coming into one by its code. */

import { chatPath } from "../models/route.js";
import { useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Choices, Field, Submit, useForm } from "../ui/form.js";
import { html, useState } from "../ui/preact.js";

/** @param {{close: () => void}} props */
export function NewRoom({ close }) {
  const { api, chat, router } = useApp();
  const { t } = useWords();
  const [name, setName] = useState("");
  const [kind, setKind] = useState("public");
  const [password, setPassword] = useState("");
  const [ephemeral, setEphemeral] = useState(false);
  const form = useForm({
    fields: { name: "name", password: "password" },
    deed: async () => {
      const coded = kind === "code";
      /** @type {Record<string, unknown>} */
      const body = { name: name.trim(), kind: coded ? "private" : kind, ephemeral };
      if (coded) body.code = true;
      if (coded && password) body.password = password;
      const room = await api.post("/api/rooms", body);
      chat.rooms.put(room);
      close();
      router.go(chatPath(room.id));
    },
  });
  const options = [
    { value: "public", label: t("talk.kind.public"), icon: "hash" },
    { value: "code", label: t("talk.kind.code"), icon: "key-round" },
  ];
  return html`<${Dialog} title=${t("talk.new_room")} close=${close}>
    <form class="stack" onSubmit=${form.submit} novalidate>
      <${Field}
        label=${t("talk.room_name")}
        value=${name}
        onInput=${setName}
        error=${form.errorOf("name")}
        autocapitalize="sentences"
        maxlength=${64}
        required
      />
      <${Choices} label=${t("talk.kind")} name="kind" value=${kind} options=${options} onChoose=${setKind} />
      ${kind === "code" &&
      html`<${Field}
        label=${t("talk.room_password")}
        value=${password}
        onInput=${setPassword}
        type="password"
        autocomplete="new-password"
        hint=${t("talk.optional")}
        error=${form.errorOf("password")}
      />`}
      <label class="choice">
        <input type="checkbox" checked=${ephemeral} onChange=${() => setEphemeral(!ephemeral)} />
        <span>${t("talk.ephemeral")}</span>
      </label>
      ${form.problem}
      <div class="buttons buttons--end">
        <button type="button" class="button" onClick=${close}>${t("talk.cancel")}</button>
        <${Submit} label=${t("talk.create")} busy=${form.busy} />
      </div>
    </form>
  <//>`;
}

/** @param {{close: () => void}} props */
export function JoinByCode({ close }) {
  const { api, chat, router } = useApp();
  const { t } = useWords();
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const form = useForm({
    fields: { bad_code: "code", not_found: "code", code: "code", wrong_password: "password", password: "password" },
    deed: async () => {
      const room = await api.post("/api/rooms/join", { code, password: password || undefined });
      chat.rooms.put(room);
      close();
      router.go(chatPath(room.id));
    },
  });
  return html`<${Dialog} title=${t("talk.join_code")} close=${close}>
    <form class="stack" onSubmit=${form.submit} novalidate>
      <${CodeFields} code=${code} setCode=${setCode} password=${password} setPassword=${setPassword} form=${form} />
      ${form.problem}
      <div class="buttons buttons--end">
        <button type="button" class="button" onClick=${close}>${t("talk.cancel")}</button>
        <${Submit} label=${t("talk.enter")} busy=${form.busy} />
      </div>
    </form>
  <//>`;
}

/**
 * @param {{code: string, setCode: (code: string) => void, password: string, setPassword: (password: string) => void,
 *   form: {errorOf: (field: string) => string | undefined}}} props
 */
export function CodeFields({ code, setCode, password, setPassword, form }) {
  const { t } = useWords();
  return html`<${Field}
      label=${t("talk.code")}
      value=${code}
      onInput=${setCode}
      class="input--code"
      hint=${t("talk.join_code_hint")}
      error=${form.errorOf("code")}
      required
    />
    <${Field}
      label=${t("talk.room_password")}
      value=${password}
      onInput=${setPassword}
      type="password"
      autocomplete="off"
      hint=${t("talk.optional")}
      error=${form.errorOf("password")}
    />`;
}
