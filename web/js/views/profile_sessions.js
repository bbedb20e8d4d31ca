// @ts-check
/** Where one is signed in, and how to end it there. */

import { device } from "../models/devices.js";
import { explain, useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Note, useDeed, Waiting } from "../ui/parts.js";
import { html, useEffect, usePassingTime, useState } from "../ui/preact.js";

/** @typedef {import("../types.js").LiveSession} LiveSession */

export function SessionsCard() {
  const { api } = useApp();
  const words = useWords();
  const { t } = words;
  const [sessions, setSessions] = useState(/** @type {LiveSession[] | null} */ (null));
  const load = useDeed(async () => {
    const { items } = await api.get("/api/sessions");
    setSessions(items);
  });
  useEffect(() => {
    load.run();
  }, []);
  return html`<section class="card stack">
    <h2>${t("profile.sessions")}</h2>
    <p class="soft">${t("profile.sessions_text")}</p>
    ${Boolean(load.error) && html`<${Note} tone="red" icon="circle-alert" alert>${explain(words, load.error)}<//>`}
    ${!sessions && !load.error && html`<${Waiting} label=${t("wait.loading")} />`}
    ${sessions &&
    html`<ul class="rows">
      ${sessions.map((one) => html`<${SessionRow} key=${one.id} one=${one} again=${load.run} />`)}
    </ul>`}
  </section>`;
}

/** @param {{one: LiveSession, again: () => Promise<void>}} props */
function SessionRow({ one, again }) {
  const { api, now, toasts } = useApp();
  const words = useWords();
  const { t, format } = words;
  usePassingTime();
  const { name, phone } = device(one.client);
  const end = useDeed(async () => {
    await api.delete(`/api/sessions/${encodeURIComponent(one.id)}`);
    toasts.say(t("profile.session_ended"));
    await again();
  });
  return html`<li class="row">
    <${Icon} name=${phone ? "smartphone" : "laptop"} class="row__icon" />
    <div class="row__text">
      <p class="cut">${name || t("profile.some_device")}</p>
      <p class="soft">${one.address} · ${t("profile.seen", { when: format.ago(one.seen, now()) })}</p>
      ${Boolean(end.error) && html`<p class="upload__error" role="alert">${explain(words, end.error)}</p>`}
    </div>
    <div class="row__end">
      ${one.current
        ? html`<span class="tag tag--leaf"><${Icon} name="check" />${t("profile.this_one")}</span>`
        : html`<button type="button" class="button" onClick=${end.run}>${t("profile.end_session")}</button>`}
    </div>
  </li>`;
}
