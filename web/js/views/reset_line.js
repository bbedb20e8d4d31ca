// @ts-check
/** The box goes back soon: how long still, to the second, and for administrators the way to call it off. */

import { explain, useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { useDeed } from "../ui/parts.js";
import { html, useEffect, useState } from "../ui/preact.js";

// Who listens is told at these, not at each second.
const TOLD_AT = [10, 30, 60, 300, 900];

export function ResetSoon() {
  const { api, now, session, story, toasts } = useApp();
  const words = useWords();
  const { t, format } = words;
  const [, draw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => draw((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const callOff = useDeed(async () => {
    try {
      await api.delete("/api/reset");
    } catch (error) {
      toasts.say(explain(words, error), { icon: "circle-alert" });
    }
  });
  const left = Math.max(1, Math.round((story.at - now()) / 1000));
  const told = TOLD_AT.find((one) => left <= one) ?? left;
  const exact = left < 60 ? format.duration(left) : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} min`;
  return html`<div class="banner banner--amber">
    <${Icon} name="rotate-ccw" />
    <span class="numbers" aria-hidden="true">${t("banner.soon", { time: exact })}</span>
    <span class="only-heard" role="alert">${t("banner.soon", { time: format.duration(Math.min(left, told)) })}</span>
    ${session.administrator &&
    html`<button type="button" class="button button--quiet" aria-disabled=${callOff.busy ? "true" : null} onClick=${callOff.run}>
      ${t("reset.call_off")}
    </button>`}
  </div>`;
}
