// @ts-check
/** Going back now: what will be lost, how long people are given, and one's password again. */

import { losses, stableSentence } from "../models/stable.js";
import { useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Submit, useForm, useId } from "../ui/form.js";
import { Icon } from "../ui/icon.js";
import { Note } from "../ui/parts.js";
import { html, useState } from "../ui/preact.js";
import { OwnPassword } from "./own_password.js";

const SECONDS = [0, 60, 300, 900];

export function ResetNow() {
  const { dialogs } = useApp();
  const { t } = useWords();
  /** @param {() => void} close */
  const ask = (close) => html`<${ResetDialog} close=${close} />`;
  return html`<section class="card stack">
    <h2>${t("stable.reset_title")}</h2>
    <p>${t("stable.reset_text")}</p>
    <p class="soft">${t("stable.reset_stays")}</p>
    <div class="buttons">
      <button type="button" class="button" onClick=${() => dialogs.open(ask)}>
        <${Icon} name="rotate-ccw" />${t("stable.reset")}
      </button>
    </div>
  </section>`;
}

/** Says in numbers what will be lost, and asks for the password. @param {{close: () => void}} props */
function ResetDialog({ close }) {
  const { api, session, now } = useApp();
  const { t, format } = useWords();
  const id = useId("seconds");
  const [password, setPassword] = useState("");
  const [seconds, setSeconds] = useState("0");
  const form = useForm({
    fields: { wrong_password: "password" },
    deed: async () => {
      await api.post("/api/reset", { password, seconds: Number(seconds) });
      close();
    },
  });
  const { status } = session;
  const lost = losses(t, format, status?.since_stable);
  return html`<${Dialog} title=${t("stable.reset_ask")} close=${close}>
    <form class="stack" onSubmit=${form.submit} novalidate>
      ${status && html`<p>${stableSentence(t, format, status, now())}</p>`}
      ${lost
        ? html`<${Note} tone="red" icon="triangle-alert"><strong>${t("stable.reset_loses", { what: lost })}</strong><//>`
        : html`<${Note}>${t("stable.nothing_new")}<//>`}
      <p>${t("stable.reset_people")}</p>
      <p class="soft">${t("stable.reset_traces")}</p>
      <div class="field">
        <label for=${id}>${t("stable.reset_when")}</label>
        <select id=${id} class="input" value=${seconds} onChange=${(/** @type {any} */ event) => setSeconds(event.target.value)}>
          ${SECONDS.map((one) => html`<option key=${one} value=${String(one)}>${one ? t("stable.reset_in", { time: format.duration(one) }) : t("stable.reset_at_once")}</option>`)}
        </select>
      </div>
      <${OwnPassword} value=${password} onInput=${setPassword} error=${form.errorOf("password")} focus />
      ${form.problem}
      <div class="buttons buttons--end">
        <button type="button" class="button" onClick=${close}>${t("form.cancel")}</button>
        <${Submit} label=${t("stable.reset_deed")} busy=${form.busy} tone="danger" />
      </div>
    </form>
  <//>`;
}
