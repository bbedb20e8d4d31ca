// @ts-check
/** One saved generation: when, by whom, what is in it, and what one may do with it. */

import { explain, useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Icon } from "../ui/icon.js";
import { Note, useDeed } from "../ui/parts.js";
import { html, usePassingTime, useState } from "../ui/preact.js";

/** @typedef {import("../types.js").Generation} Generation */
/** @typedef {import("../models/generations.js").GenerationList} List */
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
        <span class="soft home__line">${one.saved_at === null ? "" : `${format.moment(one.saved_at, now())} · ${one.by}`}</span>
        <span class="soft home__line numbers">${contentOf(one, t, format)}</span>
        ${current && html`<span class="tag tag--leaf"><${Icon} name="check" />${t("stable.current")}</span> `}
        ${!one.ok && html`<span class="tag tag--red"><${Icon} name="triangle-alert" />${t("stable.damaged")}</span>`}
      </span>
      <${Icon} name="chevron-right" class="soft" />
    </button>
  </li>`;
}

/** @param {Generation} one @param {import("../models/words.js").Translate} t */
const titleOf = (one, t) => one.note || t("stable.generation", { number: one.generation });

/**
 * @param {Generation} one
 * @param {import("../models/words.js").Translate} t
 * @param {import("../models/format.js").Format} format
 */
function contentOf(one, t, format) {
  const files = `${t("count.files", { n: one.files })} (${format.size(one.bytes)})`;
  return `${files}, ${t("count.messages", { n: one.messages })}`;
}

/** @param {Props & {close: () => void}} props */
function GenerationDialog({ one, current, list, close }) {
  const { now, toasts } = useApp();
  const words = useWords();
  const { t, format } = words;
  const choose = useDeed(async () => {
    await list.choose(one.generation);
    close();
    toasts.say(t("stable.chosen"), { icon: "leaf" });
  });
  const verify = useDeed(async () => {
    const { ok } = await list.verify(one.generation);
    close();
    toasts.say(ok ? t("stable.verified") : t("stable.verified_bad"), { icon: ok ? "circle-check" : "triangle-alert" });
  });
  const remove = useDeed(async () => {
    await list.remove(one.generation);
    close();
    toasts.say(t("stable.removed"), { icon: "trash-2" });
  });
  const [sure, setSure] = useState(false);
  const problem = choose.error ?? verify.error ?? remove.error;
  const busy = choose.busy || verify.busy || remove.busy;
  return html`<${Dialog} title=${titleOf(one, t)} close=${close}>
    <p>${one.saved_at === null ? t("stable.damaged_text") : `${format.moment(one.saved_at, now())} · ${one.by}`}</p>
    <p class="numbers">${contentOf(one, t, format)}</p>
    ${Boolean(problem) && html`<${Note} tone="red" icon="circle-alert" alert>${explain(words, problem)}<//>`}
    ${current ? html`<p class="soft">${t("stable.current_text")}</p>` : html`<p class="soft">${t("stable.choose_text")}</p>`}
    <div class="buttons">
      ${!current &&
      one.ok &&
      html`<button type="button" class="button button--main" onClick=${choose.run}>
        <${Icon} name="leaf" />${t("stable.choose")}
      </button>`}
      <button type="button" class="button" onClick=${verify.run}><${Icon} name="shield-check" />${t("stable.verify")}</button>
      ${!current &&
      !sure &&
      html`<button type="button" class="button" onClick=${() => setSure(true)}>
        <${Icon} name="trash-2" />${t("stable.remove")}
      </button>`}
    </div>
    ${sure &&
    html`<${Note} tone="red" icon="triangle-alert" alert>
      <p>${t("stable.remove_loses", { what: contentOf(one, t, format) })}</p>
      <button type="button" class="button button--danger" onClick=${remove.run}>${t("stable.remove_yes")}</button>
    <//>`}
    ${busy && html`<p class="soft" role="status">${t("form.moment")}</p>`}
    <div class="buttons buttons--end">
      <button type="button" class="button button--quiet" data-first onClick=${close}>${t("form.close")}</button>
    </div>
  <//>`;
}
