// @ts-check
/** An archive on its way in: chosen, looked at, vouched for, merged; and what came of it. */

import { explain, useApp, useWords } from "../ui/app.js";
import { Submit, useForm } from "../ui/form.js";
import { Note } from "../ui/parts.js";
import { html, useState } from "../ui/preact.js";
import { OwnPassword } from "./own_password.js";
import { Bar } from "./stable_page.js";
import { Switch } from "./switch.js";
import { Choose } from "./upload_list.js";

/** @typedef {import("../models/importing.js").Importing} Importing */
/** @typedef {{importing: Importing}} Props */

/** @param {Props} props */
export function Arrival({ importing }) {
  const words = useWords();
  const { t } = words;
  const { sending, state } = importing;
  if (!state) return null;
  if (sending) return html`<${Bar} label=${t("stable.import_sending", { name: sending.name })} done=${sending.sent} total=${sending.size} />`;
  const { stage, done, total } = state;
  if (stage === "receiving") return html`<${Bar} label=${t("stable.import_receiving")} done=${done} total=${total} />`;
  if (stage === "checking") return html`<${Bar} label=${t("stable.import_checking")} done=${done} total=${total} />`;
  if (stage === "merging") return html`<${Bar} label=${t("stable.import_merging")} done=${done} total=${total} things />`;
  if (stage === "waiting") return html`<${Agree} importing=${importing} />`;
  const failed =
    stage === "failed" &&
    html`<${Note} tone="red" icon="circle-alert" alert>${words.error(state.problem?.code ?? "internal", state.problem?.params)}<//>`;
  // The copy itself is good and still here: it need not be sent again.
  if (failed && state.kept && state.archive) return html`${failed}<${Agree} importing=${importing} />`;
  return html`
    ${stage === "done" && html`<${Result} importing=${importing} />`} ${failed}
    ${Boolean(importing.problem) && html`<${Note} tone="red" icon="circle-alert" alert>${explain(words, importing.problem)}<//>`}
    <div class="buttons">
      <${Choose} icon="upload" more=${{ accept: ".zip,application/zip" }} take=${(/** @type {File[]} */ files) => files[0] && importing.bring(files[0])}>
        ${t("stable.import_choose")}
      <//>
    </div>
  `;
}

/** All of it was looked at: whose it is, what is in it, and the question. @param {Props} props */
function Agree({ importing }) {
  const { now } = useApp();
  const words = useWords();
  const { t, format } = words;
  const [password, setPassword] = useState("");
  const [trust, setTrust] = useState(false);
  const about = importing.state?.archive;
  const unknown = about?.signer === "unknown";
  const form = useForm({
    fields: { wrong_password: "password" },
    deed: () => importing.merge(password, trust),
  });
  const drop = useForm({ fields: {}, deed: () => importing.forget() });
  if (!about) return null;
  const { counts } = about;
  const what = `${t("count.files", { n: counts.files })} (${format.size(counts.bytes)}), ${t("count.messages", { n: counts.messages })}, ${t("count.rooms", { n: counts.rooms })}`;
  return html`<form class="stack" onSubmit=${form.submit} novalidate>
    <${Note} icon="circle-check">
      <p><strong>${t("stable.import_whole")}</strong></p>
      <p>${t("stable.import_about", { name: about.name, saved: format.moment(about.saved_at, now()), made: format.moment(about.made_at, now()) })}</p>
      ${about.note && html`<p>«${about.note}»</p>`}
      <p class="numbers">${what}</p>
      ${about.lost > 0 && html`<p>${t("stable.saved_lost", { n: about.lost })}</p>`}
    <//>
    ${about.signer === "own" && html`<p>${t("stable.import_own")}</p>`}
    ${about.signer === "known" && html`<p>${t("stable.import_known")}</p>`}
    ${unknown &&
    html`<${Note} tone="amber" icon="triangle-alert"><p>${t("stable.import_unknown", { box: about.box })}</p><//>
      <${Switch} label=${t("stable.import_trust")} hint=${t("stable.import_trust_hint")} on=${trust} turn=${setTrust} />`}
    <p>${t("stable.import_does")}</p>
    <${OwnPassword} value=${password} onInput=${setPassword} error=${form.errorOf("password")} />
    ${form.problem}${drop.problem}
    <div class="buttons">
      <${Submit} label=${t("stable.import_deed")} busy=${form.busy} />
      <button type="button" class="button" onClick=${drop.submit}>${t("stable.import_drop")}</button>
    </div>
  </form>`;
}

/** @param {Props} props */
function Result({ importing }) {
  const { t, format } = useWords();
  const result = importing.state?.result;
  if (!result) return null;
  return html`<div role="status">
    <${Note} icon="circle-check">
      <p><strong>${t("stable.import_done")}</strong></p>
      <p class="numbers">
        ${t("count.files", { n: result.files })} (${format.size(result.bytes)}), ${t("count.messages", { n: result.messages })},${" "}
        ${t("count.rooms", { n: result.rooms })}
      </p>
      ${result.left_out > 0 && html`<p>${t("stable.import_left_out", { n: result.left_out })}</p>`}
      ${result.lost > 0 && html`<p>${t("stable.brought_lost", { n: result.lost })}</p>`}
      ${result.strangers > 0 && html`<p>${t("stable.import_strangers", { n: result.strangers })}</p>`}
      <p>${t("stable.import_save")}</p>
    <//>
  </div>`;
}
