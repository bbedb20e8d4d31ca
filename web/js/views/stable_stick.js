// @ts-check
/** A copy onto a USB stick in the box: which one, how far it is, and when it may be pulled out. */

import { useWords } from "../ui/app.js";
import { Choices, useForm } from "../ui/form.js";
import { Icon } from "../ui/icon.js";
import { Note } from "../ui/parts.js";
import { html } from "../ui/preact.js";
import { Bar } from "./stable_page.js";

/** @typedef {import("../models/stick_copy.js").StickCopy} StickCopy */
/** @typedef {import("../models/stick_copy.js").Stick} Stick */
/** @typedef {import("../models/words.js").Key} Key */
/** @typedef {{copy: StickCopy}} Props */

/** The sticks that are there; and of those that will not do, why. @param {Props} props */
export function StickChoice({ copy }) {
  const { t, format } = useWords();
  /** @param {Stick} stick */
  const name = (stick) => stick.label || stick.name || t("stick.some");
  /** @param {Stick} stick */
  const about = (stick) => [stick.label && stick.name, stick.type, format.size(stick.size)].filter(Boolean).join(" · ");
  const bad = copy.state?.sticks.filter((stick) => stick.why) ?? [];
  const { good, chosen } = copy;
  return html`
    <div role="status" class="stack-s">
      ${!good.length && !bad.length && html`<${Note} icon="hard-drive">${t("stick.none")}<//>`}
      ${good.length === 1 &&
      html`<${Note} icon="hard-drive">
        <p><strong>${name(good[0])}</strong></p>
        <p class="numbers">${about(good[0])}</p>
      <//>`}
      ${bad.map(
        (stick) => html`<${Note} key=${stick.id} icon="triangle-alert" tone="amber">
          <p><strong>${name(stick)}</strong></p>
          <p>${t(/** @type {Key} */ (`stick.why.${stick.why === "filesystem" && !stick.type ? "blank" : stick.why}`), { type: stick.type })}</p>
        <//>`,
      )}
    </div>
    ${good.length > 1 &&
    html`<${Choices}
      label=${t("stick.which")}
      name="stick"
      value=${chosen?.id ?? ""}
      options=${good.map((stick) => ({ value: stick.id, label: name(stick), hint: about(stick), icon: "hard-drive" }))}
      onChoose=${(/** @type {string} */ id) => copy.choose(id)}
    />`}
  `;
}

/** While it is copied: in place of the form. @param {Props} props */
export function StickProgress({ copy }) {
  const { t } = useWords();
  const stop = useForm({ fields: {}, deed: () => copy.stop() });
  const { stage = "", done = 0, total = 0 } = copy.state ?? {};
  return html`<div class="stack">
    <${Bar} label=${t(/** @type {Key} */ (`stick.${stage}`))} done=${done} total=${total} />
    <p class="soft">${t("stick.leave")}</p>
    ${stop.problem}
    <div class="buttons">
      <button type="button" class="button" onClick=${stop.submit}><${Icon} name="x" />${t("stick.stop")}</button>
    </div>
  </div>`;
}

/** What became of the last one. @param {Props} props */
export function StickOutcome({ copy }) {
  const words = useWords();
  const { t, format } = words;
  const { stage, name = "", total = 0, problem } = copy.state ?? {};
  if (stage === "done") {
    return html`<div role="status">
      <${Note} icon="circle-check">
        <p><strong>${t("stick.done")}</strong></p>
        <p>${t("stick.done_where", { name, size: format.size(total) })}</p>
      <//>
    </div>`;
  }
  if (stage !== "failed") return null;
  return html`<${Note} tone="red" icon="circle-alert" alert>${words.error(problem?.code ?? "internal", problem?.params)}<//>`;
}
