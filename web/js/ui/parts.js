// @ts-check
/** Small pieces that every page uses. */

import { initials } from "../models/format.js";
import { useWords } from "./app.js";
import { Icon } from "./icon.js";
import { html, useState } from "./preact.js";

/** @typedef {import("./preact.js").View} View */

/** @param {{label: string}} props */
export function Waiting({ label }) {
  return html`<div class="waiting" role="status"><span class="only-heard">${label}</span></div>`;
}

/** `whole`: nothing else is on the page. @param {{icon: string, title: string, whole?: boolean, children?: View}} props */
export function Empty({ icon, title, whole = false, children }) {
  return html`<div class="empty">
    <${Icon} name=${icon} />
    ${whole ? html`<h1>${title}</h1>` : html`<h2>${title}</h2>`}
    ${children}
  </div>`;
}

/** @param {{icon?: string, tone?: string, alert?: boolean, children?: View}} props */
export function Note({ icon = "info", tone = "", alert = false, children }) {
  const kind = tone ? `note note--${tone}` : "note";
  return html`<div class=${kind} role=${alert ? "alert" : null}>
    <${Icon} name=${icon} />
    <div>${children}</div>
  </div>`;
}

/** @param {{name: string}} props */
export function Avatar({ name }) {
  return html`<span class="avatar" aria-hidden="true">${initials(name)}</span>`;
}

/** @param {{n: number}} props */
export function Badge({ n }) {
  const { t } = useWords();
  if (!n) return null;
  return html`<span class="badge"
    ><span aria-hidden="true">${n > 99 ? "99+" : n}</span
    ><span class="only-heard">${t("chat.unread_count", { n })}</span></span
  >`;
}

/** The name of the product, with its leaf. @param {{name: string, centre?: boolean}} props */
export function Mark({ name, centre = false }) {
  return html`<a class=${centre ? "mark mark--centre" : "mark"} href="/">
    <${Icon} name="mark" class="mark__leaf" />
    <span>${name}</span>
  </a>`;
}

/**
 * A deed that takes a moment: it says so, cannot be done twice, and tells what went wrong.
 *
 * @template T
 * @param {() => Promise<T>} deed
 * @returns {{busy: boolean, error: unknown, run: () => Promise<void>, clear: () => void}}
 */
export function useDeed(deed) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const run = async () => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await deed();
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
  };
  return { busy, error, run, clear: () => setError(null) };
}
