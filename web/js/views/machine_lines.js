// @ts-check
/** Lines across the top for administrators: what ails the board, and a clock that nobody has told the time. */

import { explain, useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { useDeed } from "../ui/parts.js";
import { html, useEffect, useModel } from "../ui/preact.js";

const LOOK_EVERY_MS = 60_000;
const BEHIND_MS = 5 * 60_000;
const AILS = /** @type {const} */ (["failing_card", "low_voltage", "hot"]);

export function MachineLines() {
  const { session, now } = useApp();
  const { t } = useWords();
  useModel(session);
  const machine = session.status?.machine;
  useEffect(() => {
    if (!machine) return undefined;
    const timer = setInterval(() => session.refreshSoon(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [Boolean(machine)]);
  if (!machine) return null;
  const ails = AILS.filter((one) => machine.warnings.includes(one));
  const behind = machine.can.includes("clock") ? Date.now() - now() : 0;
  return html`<div role="status">
    ${ails.map(
      (one) => html`<div class=${one === "failing_card" ? "banner banner--red" : "banner banner--amber"} key=${one}>
        <${Icon} name="triangle-alert" /><span>${t(`machine.${one}`)}</span>
      </div>`,
    )}
    ${behind > BEHIND_MS && html`<${Behind} ms=${behind} />`}
  </div>`;
}

/** @param {{ms: number}} props */
function Behind({ ms }) {
  const { api, toasts } = useApp();
  const words = useWords();
  const { t, format } = words;
  const set = useDeed(async () => {
    await api.post("/api/clock", { now: Date.now() });
    toasts.say(t("machine.clock_done"), { icon: "check" });
    // Every time on this page was told by the old clock.
    setTimeout(() => window.location.reload(), 2000);
  });
  return html`<div class="banner banner--amber">
    <${Icon} name="clock" />
    <span>${t("machine.clock", { time: format.duration(ms / 1000) })} ${set.error ? explain(words, set.error) : t("machine.clock_may")}</span>
    <button type="button" class="button button--quiet" onClick=${set.run} disabled=${set.busy}>${t("machine.clock_deed")}</button>
  </div>`;
}
