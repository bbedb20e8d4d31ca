// @ts-check
/** The thin lines across the top: demonstration, no line to the box, a reset that comes or has been. */

import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { html, useModel } from "../ui/preact.js";
import { lazy } from "./lazy.js";

const ResetSoon = lazy(() => import("./reset_line.js").then((module) => module.ResetSoon), {
  words: ["reset"],
  quiet: true,
});
const LeftLine = lazy(() => import("./left_line.js").then((module) => module.LeftLine), {
  words: ["reset"],
  quiet: true,
});
const MachineLines = lazy(() => import("./machine_lines.js").then((module) => module.MachineLines), {
  words: ["machine"],
  quiet: true,
});

export function Banners() {
  const { session } = useApp();
  const { t } = useWords();
  useModel(session);
  return html`
    <${DiskLine} />
    ${session.status?.machine && html`<${MachineLines} />`}
    ${session.status?.demo && html`<${Line} tone="amber" icon="triangle-alert">${t("banner.demo")}<//>`}
    <div role="status"><${ConnectionLine} /></div>
    <${ResetLine} />
    ${(session.status?.previous?.sessions ?? 0) > 0 && html`<${LeftLine} />`}
  `;
}

/** @param {{tone?: string, icon: string, children?: any}} props */
function Line({ tone = "", icon, children }) {
  return html`<div class=${tone ? `banner banner--${tone}` : "banner"}>
    <${Icon} name=${icon} /><span>${children}</span>
  </div>`;
}

/** Only administrators are told by the box. */
function DiskLine() {
  const { session } = useApp();
  const { t, format } = useWords();
  const { disk, storage } = session.status ?? {};
  if (disk !== "low" && disk !== "full") return null;
  const free = format.size(storage ? storage.free : 0);
  return html`<div role="status">
    <${Line} tone=${disk === "full" ? "red" : "amber"} icon="hard-drive">
      ${t(disk === "full" ? "banner.disk_full" : "banner.disk_low", { free })}
      ${" "}<a href="/files?sort=-size">${t("banner.disk_look")}</a>
    <//>
  </div>`;
}

function ConnectionLine() {
  const { connection, story } = useApp();
  const { t } = useWords();
  useModel(connection, story);
  if (story.phase === "under_way") {
    return html`<${Line} tone="amber" icon="rotate-ccw">${t("banner.resetting")}<//>`;
  }
  if (connection.trouble) return html`<${Line} icon="wifi-off">${t("banner.offline")}<//>`;
  if (connection.healed) return html`<${Line} tone="leaf" icon="check">${t("banner.online")}<//>`;
  return null;
}

function ResetLine() {
  const { story } = useApp();
  const { t } = useWords();
  useModel(story);
  if (story.phase === "soon") return html`<${ResetSoon} />`;
  if (story.phase !== "done" || story.witnessed) return null;
  return html`<div class="banner banner--leaf" role="status">
    <${Icon} name="leaf" /><span>${t("banner.was_reset")}</span>
    <button type="button" class="button button--quiet" onClick=${() => story.dismiss()}>${t("banner.seen")}</button>
  </div>`;
}
