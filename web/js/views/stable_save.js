// @ts-check
/** "Save as stable": everything or a choice, what it takes, how far it is, what was saved. */

import { Saving } from "../models/saving.js";
import { explain, useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Choices, Field, Submit, useForm } from "../ui/form.js";
import { Icon } from "../ui/icon.js";
import { Note } from "../ui/parts.js";
import { html, useEffect, useMemo, useModel, useRef, useState } from "../ui/preact.js";
import { WorkBar } from "./generation_row.js";
import { Parts } from "./stable_parts.js";

/** @typedef {import("../models/generations.js").GenerationList} GenerationList */
/** @typedef {import("../types.js").Generation} Generation */

/** @param {{list: GenerationList}} props */
export function Save({ list }) {
  const { api, dialogs, session } = useApp();
  const { t } = useWords();
  const saving = useMemo(() => new Saving(api, (run, ms) => void setTimeout(run, ms)), []);
  useModel(saving, list, session);
  const [note, setNote] = useState("");
  const [done, setDone] = useState(/** @type {Generation | null} */ (null));
  // What has come meanwhile counts too.
  useEffect(() => saving.reckon(), [session.status?.since_stable, list.found]);
  /** @param {boolean} flagged */
  const save = async (flagged) => {
    setDone(null);
    const text = note.trim();
    setDone(await list.save(Object.assign(saving.body(flagged), text ? { note: text } : {})));
    setNote("");
  };
  const form = useForm({
    fields: { note: "note" },
    deed: async () => {
      if (saving.empty) return;
      const { estimate } = saving;
      if (!estimate?.flagged_count) return save(false);
      /** @param {() => void} close */
      const ask = (close) => html`<${AskFlagged} estimate=${estimate} save=${save} close=${close} />`;
      dialogs.open(ask);
    },
  });
  const ways = [
    { value: "all", label: t("stable.whole"), hint: t("stable.save_text") },
    { value: "part", label: t("stable.part"), hint: t("stable.part_text") },
  ];
  const saves = list.progress?.what === "save" ? list.progress : null;
  return html`<form class="card stack" onSubmit=${form.submit} novalidate aria-busy=${form.busy ? "true" : null}>
    <h2>${t("stable.save_title")}</h2>
    <${Choices}
      label=${t("stable.what")}
      name="what"
      value=${saving.whole ? "all" : "part"}
      options=${ways}
      onChoose=${(/** @type {string} */ value) => saving.all(value === "all")}
    />
    ${!saving.whole && html`<${Parts} saving=${saving} />`}
    <${Field}
      label=${t("stable.note")}
      value=${note}
      onInput=${setNote}
      autocapitalize="sentences"
      placeholder=${t("stable.note_example")}
      error=${form.errorOf("note")}
    />
    <${Takes} saving=${saving} />
    ${form.problem}
    ${saves && html`<${WorkBar} progress=${saves} />`}
    <div class="buttons"><${Submit} label=${t("stable.save")} busy=${form.busy || Boolean(saves)} /></div>
    ${done && html`<${Saved} one=${done} />`}
  </form>`;
}

/** Before: how much will change, how long it takes, what fits. @param {{saving: Saving}} props */
function Takes({ saving }) {
  const words = useWords();
  const { t, format } = words;
  const { estimate, failure } = saving;
  if (saving.empty) return html`<p class="soft">${t("stable.choose_something")}</p>`;
  if (failure) return html`<${Note} tone="red" icon="circle-alert">${explain(words, failure)}<//>`;
  if (!estimate) return html`<p class="soft">${t("stable.reckoning")}</p>`;
  const { new_bytes: files, database_bytes: rows, free_bytes: free } = estimate;
  const tight = files + rows > free;
  return html`<div class="stack-s" role="status">
    <p class="numbers">
      ${t("stable.takes", {
        files: t("count.files", { n: estimate.files }),
        messages: t("count.messages", { n: estimate.messages }),
        rooms: t("count.rooms", { n: estimate.rooms }),
      })}${" "}
      ${t("stable.takes_space", { size: format.size(files + rows), free: format.size(free), time: format.duration(estimate.seconds) })}
    </p>
    ${tight && html`<${Note} tone="amber" icon="triangle-alert">${t("stable.takes_too_much")}<//>`}
    <${LeftOut} files=${estimate.left_out ?? []} count=${estimate.left_out_count ?? 0} />
    ${estimate.flagged_count > 0 &&
    html`<${Note} tone="amber" icon="triangle-alert">${t("stable.flagged_there", { n: estimate.flagged_count })}<//>`}
  </div>`;
}

/** Chosen, but of a room that would not be there. @param {{files: import("../types.js").Person[], count: number}} props */
function LeftOut({ files, count }) {
  const { t } = useWords();
  if (!count) return null;
  return html`<${Note} tone="amber" icon="triangle-alert">
    <p>${t("stable.left_out", { n: count })}</p>
    <ul class="names">${files.map((one) => html`<li key=${one.id}><bdi>${one.name}</bdi></li>`)}</ul>
  <//>`;
}

/** A second yes for what looks dangerous. @param {{estimate: import("../types.js").Estimate, save: (flagged: boolean) => Promise<void>, close: () => void}} props */
function AskFlagged({ estimate, save, close }) {
  const { toasts } = useApp();
  const words = useWords();
  const { t } = words;
  const rest = estimate.flagged_count - estimate.flagged.length;
  /** @param {boolean} flagged */
  const go = (flagged) => async () => {
    close();
    try {
      await save(flagged);
    } catch (problem) {
      toasts.say(explain(words, problem), { icon: "circle-alert" });
    }
  };
  return html`<${Dialog} title=${t("stable.flagged_ask")} close=${close}>
    <p>${t("stable.flagged_text")}</p>
    <ul class="names">
      ${estimate.flagged.map((one) => html`<li key=${one.id}><${Icon} name="triangle-alert" class="amber" /> <bdi>${one.name}</bdi></li>`)}
    </ul>
    ${rest > 0 && html`<p class="soft">${t("stable.flagged_more", { n: rest })}</p>`}
    <p><a href="/admin/files" onClick=${close}>${t("stable.flagged_look")}</a></p>
    <div class="buttons buttons--end">
      <button type="button" class="button" onClick=${close}>${t("form.cancel")}</button>
      <button type="button" class="button button--danger" onClick=${go(true)}>${t("stable.flagged_with")}</button>
      <button type="button" class="button button--main" data-first onClick=${go(false)}>${t("stable.flagged_without")}</button>
    </div>
  <//>`;
}

/** After: what it holds. @param {{one: Generation}} props */
function Saved({ one }) {
  const { t, format } = useWords();
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    place.current?.scrollIntoView({ block: "nearest" });
  }, [one]);
  const what = [
    `${t("count.files", { n: one.files })} (${format.size(one.bytes)})`,
    t("count.messages", { n: one.messages }),
    t("count.rooms", { n: one.rooms }),
  ].join(", ");
  return html`<div ref=${place} role="status">
    <${Note} icon="leaf">
      <p><strong>${t("stable.saved")}</strong></p>
      <p class="numbers">${t("stable.saved_what", { number: one.generation, what })}</p>
      ${one.lost > 0 && html`<p>${t("stable.saved_lost", { n: one.lost })}</p>`}
    <//>
    <${LeftOut} files=${one.left_out ?? []} count=${one.only?.left_out?.length ?? 0} />
  </div>`;
}
