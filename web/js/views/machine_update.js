// @ts-check
/** Which version runs, a newer one brought as a file, and what became of it. */

import { Updating } from "../models/updating.js";
import { explain, useApp, useWords } from "../ui/app.js";
import { Note, useDeed } from "../ui/parts.js";
import { html, useEffect, useMemo, useModel } from "../ui/preact.js";
import { Bar, Loaded } from "./stable_page.js";
import { Choose } from "./upload_list.js";

/** @typedef {import("../models/words.js").Key} Key */
/** @typedef {import("../types.js").Verdict} Verdict */

export function UpdateCard() {
  const { api } = useApp();
  const { t } = useWords();
  const updating = useMemo(() => new Updating(api, (run, ms) => void setTimeout(run, ms)), []);
  useModel(updating);
  useEffect(() => {
    updating.load();
    return () => updating.close();
  }, []);
  return html`<section class="card stack">
    <h2>${t("machine.update")}</h2>
    <p>${t("machine.update_text")}</p>
    <${Loaded} ready=${updating.state !== null} failure=${updating.failure} again=${() => updating.load()}>
      <${Standing} updating=${updating} />
      <${Bringing} updating=${updating} />
    <//>
  </section>`;
}

/** @param {{updating: Updating}} props */
function Standing({ updating }) {
  const { t } = useWords();
  const { state } = updating;
  if (!state) return null;
  const { version, image, waiting, rolled_back: back, refused } = state;
  /** @param {Verdict} verdict */
  const why = (verdict) => t(/** @type {Key} */ (`machine.why.${verdict.why}`));
  return html`
    <p>${t("machine.version", { version })} ${image !== version && t("machine.version_image", { image })}</p>
    ${state.trial && html`<${Note} icon="clock">${t("machine.trial", { version })}<//>`}
    ${state.stays && html`<${Note} tone="amber" icon="triangle-alert">${t("machine.stays", { version })}<//>`}
    ${waiting && state.stage !== "withdrawing" && html`<${Waiting} updating=${updating} version=${waiting} />`}
    ${back &&
    html`<${Note} tone="amber" icon="triangle-alert">${t("machine.rolled_back", { version: back.version, why: why(back) })}<//>`}
    ${refused && html`<${Note} tone="red" icon="circle-alert" alert>${t("machine.refused", { why: why(refused) })}<//>`}
  `;
}

/** @param {{updating: Updating, version: string}} props */
function Waiting({ updating, version }) {
  const words = useWords();
  const { t } = words;
  const withdraw = useDeed(() => updating.withdraw());
  return html`<${Note} icon="circle-check">
    <p>${t("machine.waiting", { version })}</p>
    ${Boolean(withdraw.error) && html`<p>${explain(words, withdraw.error)}</p>`}
    <button type="button" class="button" onClick=${withdraw.run} disabled=${withdraw.busy}>${t("machine.withdraw")}</button>
  <//>`;
}

/** @param {{updating: Updating}} props */
function Bringing({ updating }) {
  const words = useWords();
  const { t } = words;
  const { sending, state, problem } = updating;
  if (sending) return html`<${Bar} label=${t("machine.update_sending", { name: sending.name })} done=${sending.sent} total=${sending.size} />`;
  if (state?.stage === "checking") return html`<p role="status">${t("machine.update_checking")}</p>`;
  if (state?.stage === "withdrawing") return html`<p role="status">${t("machine.withdrawing")}</p>`;
  return html`
    ${Boolean(problem) && html`<${Note} tone="red" icon="circle-alert" alert>${explain(words, problem)}<//>`}
    <div class="buttons">
      <${Choose} icon="upload" more=${{ accept: ".pichat" }} take=${(/** @type {File[]} */ files) => files[0] && updating.bring(files[0])}>
        ${t("machine.update_choose")}
      <//>
    </div>
  `;
}
