// @ts-check
/** What calls this person to the page, in this browser, and what others learn of their reading. */

import { Alerts } from "../models/alerts.js";
import { canNotify, ring, wake } from "../ui/alerts.js";
import { explain, useApp, useWords } from "../ui/app.js";
import { html, useModel, useState } from "../ui/preact.js";

export function AlertsCard() {
  const { preferences, now } = useApp();
  const { t } = useWords();
  useModel(preferences);
  const alerts = new Alerts(preferences, now);
  /** @param {boolean} on */
  const sound = (on) => {
    alerts.turnSound(on);
    wake();
    if (on) ring();
  };
  return html`<div class="card stack">
    <h2>${t("alerts.title")}</h2>
    <${Switch} label=${t("alerts.sound")} hint=${t("alerts.sound_hint")} on=${alerts.sound} turn=${sound} />
    <${Notes} alerts=${alerts} />
    <${Receipts} />
    <p class="soft">${t("alerts.room_hint")}</p>
  </div>`;
}

/** @param {{alerts: Alerts}} props */
function Notes({ alerts }) {
  const { t } = useWords();
  const [, draw] = useState(0);
  if (!canNotify()) return html`<p class="soft">${t("alerts.notes_never")}</p>`;
  if (Notification.permission === "denied") return html`<p class="soft">${t("alerts.notes_denied")}</p>`;
  /** @param {boolean} on */
  const turn = async (on) => {
    if (on && Notification.permission !== "granted") await Notification.requestPermission();
    alerts.turnNotes(on && Notification.permission === "granted");
    draw((count) => count + 1);
  };
  const on = alerts.notes && Notification.permission === "granted";
  return html`<${Switch} label=${t("alerts.notes")} hint=${t("alerts.notes_hint")} on=${on} turn=${turn} />`;
}

function Receipts() {
  const { api, session, toasts } = useApp();
  const words = useWords();
  useModel(session);
  const me = /** @type {any} */ (session.me);
  if (me?.receipts === undefined) return null;
  /** @param {boolean} receipts */
  const turn = async (receipts) => {
    try {
      await api.patch("/api/users/me", { receipts });
      await session.begin();
    } catch (error) {
      toasts.say(explain(words, error), { icon: "circle-alert" });
    }
  };
  const { t } = words;
  return html`<${Switch} label=${t("alerts.receipts")} hint=${t("alerts.receipts_hint")} on=${me.receipts} turn=${turn} />`;
}

/** @param {{label: string, hint: string, on: boolean, turn: (on: boolean) => void}} props */
function Switch({ label, hint, on, turn }) {
  return html`<label class=${on ? "choice choice--on" : "choice"}>
    <input type="checkbox" checked=${on} onChange=${() => turn(!on)} />
    <span>${label}<br /><span class="soft small">${hint}</span></span>
  </label>`;
}
