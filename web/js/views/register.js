// @ts-check
/** Making an account for oneself, where the box allows it. */

import { afterSignIn } from "../models/route.js";
import { useApp, useTitle, useWords } from "../ui/app.js";
import { Field, Submit, useForm } from "../ui/form.js";
import { Note } from "../ui/parts.js";
import { html, useState } from "../ui/preact.js";
import { Door } from "./door.js";

export function Register() {
  const { router, session } = useApp();
  const { t } = useWords();
  const heading = useTitle(t("register.title"));
  const closed = session.status?.registration === "closed";
  return html`<${Door}>
    <div class="card stack">
      <h1 tabindex="-1" ref=${heading}>${t("register.title")}</h1>
      ${closed ? html`<p>${t("register.closed")}</p>` : html`<${RegisterForm} />`}
      <p><a href=${`/login${router.search}`}>${t("register.have_one")}</a></p>
    </div>
  <//>`;
}

function RegisterForm() {
  const { api, session, router } = useApp();
  const { t } = useWords();
  const [name, setName] = useState("");
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [invitation, setInvitation] = useState("");
  const [sent, setSent] = useState(false);
  const byInvitation = session.status?.registration === "invitation";
  const form = useForm({
    fields: { username: "username", name_taken: "username", weak_password: "password", invitation: "invitation", bad_code: "invitation" },
    deed: async () => {
      const code = byInvitation ? { invitation } : {};
      await api.post("/api/users/register", Object.assign({ username, password, name: name || username }, code));
      try {
        await session.signIn(username, password);
        router.go(afterSignIn(router.search), { replace: true });
      } catch {
        setSent(true);
      }
    },
  });
  if (sent) return html`<${Note} icon="check">${t("register.sent")}<//>`;
  return html`<form class="stack" onSubmit=${form.submit} novalidate>
    ${byInvitation &&
    html`<${Field}
      label=${t("register.invitation")}
      value=${invitation}
      onInput=${setInvitation}
      error=${form.errorOf("invitation")}
    />`}
    <${Field} label=${t("form.name")} value=${name} onInput=${setName} autocomplete="name" autocapitalize="words" />
    <${Field}
      label=${t("form.username")}
      value=${username}
      onInput=${setUsername}
      autocomplete="username"
      error=${form.errorOf("username")}
      required
    />
    <${Field}
      label=${t("form.password")}
      value=${password}
      onInput=${setPassword}
      type="password"
      autocomplete="new-password"
      hint=${t("form.password_hint")}
      error=${form.errorOf("password")}
      required
    />
    ${form.problem}
    <${Submit} label=${t("register.deed")} busy=${form.busy} wide />
  </form>`;
}
