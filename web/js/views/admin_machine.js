// @ts-check
/** The box as a device: restart and off, with time for people, and one's password again. */

import { losses } from "../models/stable.js";
import { useApp, useTitle, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Choices, Submit, useForm } from "../ui/form.js";
import { Note } from "../ui/parts.js";
import { html, useEffect, useModel, useState } from "../ui/preact.js";
import { UpdateCard } from "./machine_update.js";
import { WifiCard } from "./machine_wifi.js";
import { OwnPassword } from "./own_password.js";

/** @typedef {"restart" | "off"} Deed */

const SECONDS = [0, 60, 300, 900];

export function MachinePage() {
  const { session } = useApp();
  const { t } = useWords();
  useModel(session);
  const heading = useTitle(t("machine.title"));
  useEffect(() => void session.refresh().catch(() => {}), []);
  const machine = session.status?.machine;
  return html`<section class="stack-l">
    <h1 tabindex="-1" ref=${heading}>${t("machine.title")}</h1>
    ${machine
      ? html`<${Power} coming=${machine.coming} />
          ${machine.can.includes("update") && html`<${UpdateCard} />`} ${machine.can.includes("wifi") && html`<${WifiCard} />`}`
      : html`<${Note}>${t("machine.none")}<//>`}
  </section>`;
}

/** @param {{coming: {action: Deed, seconds: number} | null}} props */
function Power({ coming }) {
  const { dialogs } = useApp();
  const { t } = useWords();
  /** @param {Deed} action */
  const ask = (action) =>
    dialogs.open((/** @type {() => void} */ close) => html`<${PowerDialog} action=${action} close=${close} />`);
  return html`<section class="card stack">
    <h2>${t("machine.power")}</h2>
    <p>${t("machine.power_text")}</p>
    ${coming && html`<${Coming} coming=${coming} />`}
    <div class="buttons">
      <button type="button" class="button" onClick=${() => ask("restart")}>${t("machine.restart")}</button>
      <button type="button" class="button" onClick=${() => ask("off")}>${t("machine.off")}</button>
    </div>
  </section>`;
}

/** @param {{coming: {action: Deed, seconds: number}}} props */
function Coming({ coming }) {
  const { api, session } = useApp();
  const { t, format } = useWords();
  const cancel = useForm({
    fields: {},
    deed: async () => {
      await api.delete("/api/power");
      await session.refresh();
    },
  });
  const time = format.duration(coming.seconds);
  return html`<${Note} tone="amber" icon="clock">
    <p>${t(coming.action === "off" ? "machine.off_soon" : "machine.restart_soon", { time })}</p>
    ${cancel.problem}
    <button type="button" class="button" onClick=${cancel.submit}>${t("machine.cancel")}</button>
  <//>`;
}

/** @param {{action: Deed, close: () => void}} props */
function PowerDialog({ action, close }) {
  const { api, session } = useApp();
  const { t, format } = useWords();
  const [password, setPassword] = useState("");
  const [seconds, setSeconds] = useState("0");
  const form = useForm({
    fields: { wrong_password: "password" },
    deed: async () => {
      await api.post("/api/power", { action, password, seconds: Number(seconds) });
      close();
      await session.refresh().catch(() => {});
    },
  });
  const off = action === "off";
  const lost = losses(t, format, session.status?.since_stable);
  const times = SECONDS.map((one) => ({ value: String(one), label: one ? format.duration(one) : t("machine.at_once") }));
  return html`<${Dialog} title=${t(off ? "machine.off_ask" : "machine.restart_ask")} close=${close}>
    <form class="stack" onSubmit=${form.submit} novalidate>
      ${lost
        ? html`<${Note} tone="red" icon="triangle-alert"><strong>${t("machine.loses", { what: lost })}</strong><//>`
        : html`<${Note}>${t("machine.loses_nothing")}<//>`}
      <p>${t(off ? "machine.off_text" : "machine.restart_text")}</p>
      <${Choices} label=${t("machine.when")} name="seconds" value=${seconds} options=${times} onChoose=${setSeconds} row />
      <${OwnPassword} value=${password} onInput=${setPassword} error=${form.errorOf("password")} focus />
      ${form.problem}
      <div class="buttons buttons--end">
        <button type="button" class="button" onClick=${close}>${t("form.cancel")}</button>
        <${Submit} label=${t(off ? "machine.off" : "machine.restart")} busy=${form.busy} tone="danger" />
      </div>
    </form>
  <//>`;
}
