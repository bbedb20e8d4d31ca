// @ts-check
/** Coming into a room by its code. */

import { useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Field, Submit, useForm } from "../ui/form.js";
import { html, useState } from "../ui/preact.js";
import { come } from "./room_deeds.js";

/** Where what the box says of a code, a password or a name stands. */
export const CODE_FIELDS = {
  bad_code: "code",
  not_found: "code",
  code: "code",
  wrong_password: "password",
  password: "password",
};

/** @param {{close: () => void, back: () => void}} props */
export function JoinByCode({ close, back }) {
  const app = useApp();
  const { t } = useWords();
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const form = useForm({
    fields: CODE_FIELDS,
    deed: async () => {
      const { room } = await app.api.post("/api/rooms/join", { code, password: password || undefined });
      close();
      await come(app, room);
    },
  });
  return html`<${Dialog} title=${t("rooms.new.join")} close=${close}>
    <form class="stack" onSubmit=${form.submit} novalidate>
      <${CodeFields} code=${code} setCode=${setCode} password=${password} setPassword=${setPassword} form=${form} />
      ${form.problem}
      <div class="buttons buttons--end">
        <button type="button" class="button" onClick=${back}>${t("rooms.back")}</button>
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
