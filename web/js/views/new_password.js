// @ts-check
/** A new password by a one-time link. Its secret stands after the `#`, and goes from the address at once. */

import { useApp, useTitle, useWords } from "../ui/app.js";
import { Field, Submit, useForm } from "../ui/form.js";
import { Note } from "../ui/parts.js";
import { html, useEffect, useState } from "../ui/preact.js";
import { Door } from "./door.js";

export function NewPassword() {
  const { api, router, session, toasts } = useApp();
  const { t } = useWords();
  const heading = useTitle(t("new_password.title"));
  const [token] = useState(router.fragment);
  const [password, setPassword] = useState("");
  useEffect(() => {
    if (token) router.go("/reset", { replace: true });
  }, []);
  const form = useForm({
    fields: { weak_password: "password" },
    deed: async () => {
      const { username } = await api.post("/api/users/reset", { token, password });
      if (username) await session.signIn(username, password);
      toasts.say(t("new_password.done"));
      router.go(username ? "/inicio" : "/login", { replace: true });
    },
  });
  return html`<${Door}>
    <form class="card stack" onSubmit=${form.submit} novalidate>
      <h1 tabindex="-1" ref=${heading}>${t("new_password.title")}</h1>
      ${token ? html`<p>${t("new_password.text")}</p>` : html`<${Note} tone="amber">${t("new_password.no_token")}<//>`}
      <${Field}
        label=${t("new_password.field")}
        value=${password}
        onInput=${setPassword}
        type="password"
        autocomplete="new-password"
        hint=${t("form.password_hint")}
        error=${form.errorOf("password")}
        required
        focus
      />
      ${form.problem}
      <${Submit} label=${t("new_password.deed")} busy=${form.busy} wide />
    </form>
  <//>`;
}
