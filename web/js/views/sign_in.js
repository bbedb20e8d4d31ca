// @ts-check
/** Signing in. */

import { afterSignIn } from "../models/route.js";
import { ApiError } from "../net/api.js";
import { useApp, useTitle, useWords } from "../ui/app.js";
import { Field, Submit, useForm } from "../ui/form.js";
import { Note } from "../ui/parts.js";
import { html, useState } from "../ui/preact.js";
import { Door } from "./door.js";

export function SignIn() {
  const { session, router } = useApp();
  const { t } = useWords();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const heading = useTitle(t("sign_in.title"));
  const form = useForm({
    fields: {},
    deed: async () => {
      await session.signIn(username, password).catch(wrong);
      if (router.route.page === "sign_in") router.go(afterSignIn(router.search), { replace: true });
    },
  });
  const opened = session.status?.registration !== "closed";
  // Whoever makes an account comes back to where they wanted to go, too.
  const wanted = router.route.page === "sign_in" ? router.search : `?next=${encodeURIComponent(router.path)}`;
  return html`<${Door}>
    <form class="card stack" onSubmit=${form.submit} novalidate>
      <h1 tabindex="-1" ref=${heading}>${t("sign_in.title")}</h1>
      ${session.ended && html`<${Note}>${t("sign_in.ended")}<//>`}
      <${Field}
        label=${t("form.username")}
        value=${username}
        onInput=${setUsername}
        autocomplete="username"
        required
        focus
      />
      <${Field}
        label=${t("form.password")}
        value=${password}
        onInput=${setPassword}
        type="password"
        autocomplete="current-password"
        required
      />
      ${form.problem}
      <${Submit} label=${t("sign_in.deed")} busy=${form.busy} wide />
      <p class="soft">
        ${opened ? html`<a href=${`/register${wanted}`}>${t("sign_in.register")}</a>` : t("sign_in.no_account")}
      </p>
    </form>
  <//>`;
}

/** Elsewhere "unauthorized" means that a session is over; here it is the wrong name or password. @param {unknown} error */
function wrong(error) {
  throw error instanceof ApiError && error.code === "unauthorized" ? new ApiError("bad_sign_in") : error;
}
