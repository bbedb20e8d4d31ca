// @ts-check
/** One's own account: name, how this browser looks, password, where one is signed in. */

import { useApp, useTitle, useWords } from "../ui/app.js";
import { Choices, Field, Submit, useForm } from "../ui/form.js";
import { Icon } from "../ui/icon.js";
import { useDeed } from "../ui/parts.js";
import { html, useModel, useState } from "../ui/preact.js";
import { AlertsCard } from "./profile_alerts.js";
import { SessionsCard } from "./profile_sessions.js";

export function ProfilePage() {
  const { session, router } = useApp();
  const { t } = useWords();
  useModel(session);
  const heading = useTitle(t("profile.title"));
  const { me } = session;
  const out = useDeed(async () => {
    await session.signOut();
    router.go("/login", { replace: true });
  });
  if (!me) return null;
  return html`<div class="page">
    <div class="page__inner stack-l">
      <header class="page__head">
        <h1 tabindex="-1" ref=${heading}>${t("profile.title")}</h1>
        <button type="button" class="button" onClick=${out.run}><${Icon} name="log-out" />${t("profile.sign_out")}</button>
      </header>
      <${NameCard} me=${me} />
      <${LookCard} />
      <${AlertsCard} />
      <${PasswordCard} />
      <${SessionsCard} />
    </div>
  </div>`;
}

/** @param {{me: import("../types.js").Me}} props */
function NameCard({ me }) {
  const { api, session, toasts } = useApp();
  const { t } = useWords();
  const [name, setName] = useState(me.name);
  const form = useForm({
    fields: { name: "name" },
    deed: async () => {
      await api.patch("/api/users/me", { name });
      await session.begin();
      toasts.say(t("profile.saved"));
    },
  });
  return html`<form class="card stack" onSubmit=${form.submit} novalidate>
    <p class="soft">${t("profile.signed_in_as", { username: me.username, role: t(/** @type {any} */ (`role.${me.role}`)) })}</p>
    <${Field}
      label=${t("form.name")}
      value=${name}
      onInput=${setName}
      autocomplete="name"
      autocapitalize="words"
      hint=${t("profile.name_hint")}
      error=${form.errorOf("name")}
    />
    ${form.problem}
    <div class="buttons"><${Submit} label=${t("form.save")} busy=${form.busy} tone="plainly" /></div>
  </form>`;
}

function LookCard() {
  const { api, preferences } = useApp();
  const { t } = useWords();
  useModel(preferences);
  /** @param {string} language */
  const speak = (language) => {
    preferences.chooseLanguage(language === "en" ? "en" : "es");
    // The account keeps it too, for what the box itself says; the page does not depend on it.
    api.patch("/api/users/me", { language }).catch(() => {});
  };
  const themes = [
    { value: "system", label: t("theme.system"), icon: "monitor" },
    { value: "light", label: t("theme.light"), icon: "sun" },
    { value: "dark", label: t("theme.dark"), icon: "moon" },
  ];
  const languages = [
    { value: "es", label: "Español" },
    { value: "en", label: "English" },
  ];
  return html`<div class="card stack">
    <h2>${t("profile.look")}</h2>
    <${Choices}
      label=${t("profile.theme")}
      name="theme"
      row
      value=${preferences.theme}
      options=${themes}
      onChoose=${(/** @type {any} */ theme) => preferences.chooseTheme(theme)}
    />
    <${Choices}
      label=${t("profile.language")}
      name="language"
      row
      value=${preferences.language}
      options=${languages}
      onChoose=${speak}
    />
  </div>`;
}

function PasswordCard() {
  const { api, session, toasts } = useApp();
  const { t } = useWords();
  const [old, setOld] = useState("");
  const [password, setPassword] = useState("");
  const form = useForm({
    fields: { wrong_password: "old", weak_password: "password" },
    deed: async () => {
      await api.patch("/api/users/me", { password, old_password: old });
      setOld("");
      setPassword("");
      toasts.say(t("profile.password_changed"));
    },
  });
  return html`<form class="card stack" onSubmit=${form.submit} novalidate>
    <h2>${t("profile.password")}</h2>
    <input type="hidden" name="username" autocomplete="username" value=${session.me?.username ?? ""} />
    <${Field}
      label=${t("profile.old_password")}
      value=${old}
      onInput=${setOld}
      type="password"
      autocomplete="current-password"
      error=${form.errorOf("old")}
    />
    <${Field}
      label=${t("profile.new_password")}
      value=${password}
      onInput=${setPassword}
      type="password"
      autocomplete="new-password"
      hint=${t("form.password_hint")}
      error=${form.errorOf("password")}
    />
    ${form.problem}
    <p class="soft">${t("profile.password_means")}</p>
    <div class="buttons"><${Submit} label=${t("profile.password_deed")} busy=${form.busy} tone="plainly" /></div>
  </form>`;
}
