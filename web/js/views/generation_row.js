// @ts-check
/** One saved generation: when, by whom, what is in it, and what one may do with it. */

import { explain, useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { useId } from "../ui/form.js";
import { Icon } from "../ui/icon.js";
import { Note, useDeed } from "../ui/parts.js";
import { html, useModel, usePassingTime, useState } from "../ui/preact.js";
import { Bar } from "./stable_page.js";

/** @typedef {import("../types.js").Generation} Generation */
/** @typedef {import("../models/generations.js").GenerationList} List */
/** @typedef {{what: string, name: string}} Finding */
/** @typedef {{one: Generation, current: boolean, list: List}} Props */

/** @param {Props} props */
export function GenerationRow({ one, current, list }) {
  const { dialogs, now } = useApp();
  const { t, format } = useWords();
  usePassingTime();
  /** @param {() => void} close */
  const open = (close) => html`<${GenerationDialog} one=${one} current=${current} list=${list} close=${close} />`;
  return html`<li>
    <button type="button" class="row" onClick=${() => dialogs.open(open)}>
      <${Icon} name=${current ? "leaf" : "history"} class=${current ? "row__icon now__leaf" : "row__icon"} />
      <span class="row__text">
        <span class="home__line"><strong>${titleOf(one, t)}</strong></span>
        <span class="soft home__line">${whenOf(one, t, format, now())}</span>
        <span class="soft home__line numbers">${contentOf(one, t, format)}</span>
        <span class="tags">
          ${current && html`<span class="tag tag--leaf"><${Icon} name="check" />${t("stable.current")}</span>`}
          ${one.automatic && html`<span class="tag"><${Icon} name="clock" />${t(`stable.kind_of.${one.kind === "shutdown" ? "shutdown" : "timer"}`)}</span>`}
          ${one.only && html`<span class="tag">${t("stable.partial")}</span>`}
          ${!one.ok && html`<span class="tag tag--red"><${Icon} name="triangle-alert" />${t("stable.damaged")}</span>`}
        </span>
      </span>
      <${Icon} name="chevron-right" class="soft" />
    </button>
  </li>`;
}

/** How far a save or a look is. @param {{progress: import("../types.js").Progress}} props */
export function WorkBar({ progress }) {
  const { t } = useWords();
  const stage = ["database", "bodies", "publishing", "content"].includes(progress.stage) ? progress.stage : "waiting";
  const label = `${t(progress.what === "verify" ? "stable.verifying" : "stable.saving")} ${t(/** @type {any} */ (`stable.stage.${stage}`))}`;
  return html`<${Bar} label=${label} done=${progress.done} total=${progress.total} />`;
}

/** @param {Generation} one @param {import("../models/words.js").Translate} t */
const titleOf = (one, t) => one.note || t("stable.generation", { number: one.generation });

/**
 * @param {Generation} one
 * @param {import("../models/words.js").Translate} t
 * @param {import("../models/format.js").Format} format
 * @param {number} now
 */
function whenOf(one, t, format, now) {
  const number = one.note ? [t("stable.generation", { number: one.generation })] : [];
  if (one.saved_at === null) return number.join("");
  return [format.moment(one.saved_at, now), ...(one.automatic ? [] : [one.by]), ...number].join(" · ");
}

/**
 * @param {Generation} one
 * @param {import("../models/words.js").Translate} t
 * @param {import("../models/format.js").Format} format
 */
function contentOf(one, t, format) {
  const files = `${t("count.files", { n: one.files })} (${format.size(one.bytes)})`;
  return `${files}, ${t("count.messages", { n: one.messages })}, ${t("count.rooms", { n: one.rooms })}`;
}

/** @param {Props & {close: () => void}} props */
function GenerationDialog({ one, current, list, close }) {
  const { now, toasts } = useApp();
  const words = useWords();
  useModel(list);
  const { t, format } = words;
  const [found, setFound] = useState(/** @type {{ok: boolean, findings: Finding[]} | null} */ (null));
  const choose = useDeed(async () => {
    await list.choose(one.generation);
    close();
    toasts.say(t("stable.chosen"), { icon: "leaf" });
  });
  const verify = useDeed(async () => {
    setFound(null);
    setFound(await list.verify(one.generation));
  });
  const remove = useDeed(async () => {
    await list.remove(one.generation);
    close();
    toasts.say(t("stable.removed"), { icon: "trash-2" });
  });
  const [sure, setSure] = useState(false);
  const problem = choose.error ?? verify.error ?? remove.error;
  const busy = choose.busy || verify.busy || remove.busy;
  const looks = list.progress?.what === "verify" && list.progress.number === one.generation ? list.progress : null;
  return html`<${Dialog} title=${titleOf(one, t)} close=${close}>
    <p>${one.saved_at === null ? t("stable.damaged_text") : whenOf(one, t, format, now())}</p>
    <p class="numbers">${contentOf(one, t, format)}</p>
    ${one.only && html`<p class="soft">${t("stable.partial_text")}</p>`}
    ${one.lost > 0 && html`<${Note} tone="amber" icon="triangle-alert">${t("stable.saved_lost", { n: one.lost })}<//>`}
    ${Boolean(problem) && html`<${Note} tone="red" icon="circle-alert" alert>${explain(words, problem)}<//>`}
    ${found && html`<${Verdict} found=${found} />`}
    ${looks && html`<${WorkBar} progress=${looks} />`}
    ${current ? html`<p class="soft">${t("stable.current_text")}</p>` : html`<p class="soft">${t("stable.choose_text")}</p>`}
    <div class="buttons">
      ${!current &&
      one.ok &&
      html`<button type="button" class="button button--main" onClick=${choose.run}>
        <${Icon} name="leaf" />${t("stable.choose")}
      </button>`}
      <button type="button" class="button" aria-disabled=${busy ? "true" : null} onClick=${verify.run}>
        <${Icon} name="shield-check" />${t("stable.verify")}
      </button>
      ${!current &&
      !sure &&
      html`<button type="button" class="button" onClick=${() => setSure(true)}>
        <${Icon} name="trash-2" />${t("stable.remove")}
      </button>`}
    </div>
    ${one.ok && html`<${Compare} one=${one} list=${list} close=${close} />`}
    ${sure &&
    html`<${Note} tone="red" icon="triangle-alert" alert>
      <p>${t("stable.remove_loses", { what: contentOf(one, t, format) })}</p>
      <button type="button" class="button button--danger" onClick=${remove.run}>${t("stable.remove_yes")}</button>
    <//>`}
    ${busy && !looks && html`<p class="soft" role="status">${t("form.moment")}</p>`}
    <div class="buttons buttons--end">
      <button type="button" class="button" data-first onClick=${close}>${t("form.close")}</button>
    </div>
  <//>`;
}

/** What a look at every byte found, by name. @param {{found: {ok: boolean, findings: Finding[]}}} props */
function Verdict({ found }) {
  const { t } = useWords();
  if (found.ok) return html`<div role="status"><${Note} icon="circle-check">${t("stable.verified")}<//></div>`;
  const files = found.findings.filter((one) => one.what.startsWith("body_"));
  const whole = files.length === found.findings.length;
  return html`<${Note} tone="red" icon="triangle-alert" alert>
    <p>${whole ? t("stable.verified_files", { n: files.length }) : t("stable.verified_bad")}</p>
    ${files.length > 0 &&
    html`<ul class="names">${files.slice(0, 50).map((one, at) => html`<li key=${at}><bdi>${one.name}</bdi></li>`)}</ul>
      <p>${t("stable.heal")}</p>`}
  <//>`;
}

/** With which other one. @param {{one: Generation, list: List, close: () => void}} props */
function Compare({ one, list, close }) {
  const { router } = useApp();
  const { t } = useWords();
  const id = useId("other");
  const others = (list.found?.generations ?? []).filter((other) => other.ok && other.generation !== one.generation);
  const [other, setOther] = useState(String(others[0]?.generation ?? ""));
  if (!others.length) return null;
  const go = () => {
    const [from, to] = [one.generation, Number(other)].sort((a, b) => a - b);
    close();
    router.go(`/admin/stable/compare?from=${from}&to=${to}`);
  };
  return html`<div class="field">
    <label for=${id}>${t("stable.compare_with")}</label>
    <div class="beside">
      <select id=${id} class="input" value=${other} onChange=${(/** @type {any} */ event) => setOther(event.target.value)}>
        ${others.map((each) => html`<option key=${each.generation} value=${String(each.generation)}>${each.generation} · ${titleOf(each, t)}</option>`)}
      </select>
      <button type="button" class="button" onClick=${go}>${t("stable.compare")}</button>
    </div>
  </div>`;
}
