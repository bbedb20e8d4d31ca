// @ts-check
/** Erasing for good: what it means, asked twice, and what became of it. */

import { useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Submit, useForm } from "../ui/form.js";
import { Note } from "../ui/parts.js";
import { html, useState } from "../ui/preact.js";
import { Switch } from "./switch.js";

/** @typedef {{messages: number, files: number, rooms: number, generations: number[], damaged: string[]}} Erased */

/** @param {{thing: import("./erase_door.js").Erasable, close: () => void}} props */
export function EraseDialog({ thing, close }) {
  const { api, files, session } = useApp();
  const { t } = useWords();
  const [saved, setSaved] = useState(Boolean(session.status?.stable));
  const [along, setAlong] = useState(true);
  const [sure, setSure] = useState(false);
  const [done, setDone] = useState(/** @type {Erased | null} */ (null));
  const form = useForm({
    fields: {},
    deed: async () => {
      if (!sure) return setSure(true);
      const more = (saved ? "&generations=1" : "") + (thing.files && along ? "&files=1" : "");
      setDone(await api.delete(`${thing.path}?forever=1${more}`));
      if (files.state !== "new") files.load();
      session.refreshSoon();
    },
  });
  if (done) return html`<${Outcome} done=${done} close=${close} />`;
  return html`<${Dialog} title=${t(`erase.ask_${thing.kind}`)} close=${close}>
    <form class="stack" onSubmit=${form.submit} novalidate>
      ${thing.name && html`<p class="erase__name"><strong><bdi>${thing.name}</bdi></strong></p>`}
      <p>${t(`erase.means_${thing.kind}`)}</p>
      <p>${t("erase.means")}</p>
      ${thing.files && html`<${Switch} label=${t("erase.with_files")} hint=${t("erase.with_files_hint")} on=${along} turn=${setAlong} />`}
      ${session.status?.stable && html`<${Switch} label=${t("erase.saved")} hint=${t("erase.saved_hint")} on=${saved} turn=${setSaved} />`}
      <p class="soft">${t("erase.traces")}</p>
      ${sure && html`<${Note} tone="red" icon="triangle-alert" alert><strong>${t("erase.sure")}</strong><//>`}
      ${form.problem}
      <div class="buttons buttons--end">
        <button type="button" class="button" data-first onClick=${close}>${t("form.cancel")}</button>
        <${Submit} label=${t(sure ? "erase.yes" : "erase.deed")} busy=${form.busy} tone="danger" />
      </div>
    </form>
  <//>`;
}

/** @param {{done: Erased, close: () => void}} props */
function Outcome({ done, close }) {
  const { t } = useWords();
  const what = [
    done.files && t("count.files", { n: done.files }),
    done.messages && t("count.messages", { n: done.messages }),
    done.rooms && t("count.rooms", { n: done.rooms }),
  ];
  return html`<${Dialog} title=${t("erase.done")} close=${close}>
    <p class="numbers" role="status">${what.filter(Boolean).join(", ")}</p>
    ${done.generations.length > 0 &&
    html`<${Note} tone="amber" icon="triangle-alert">${t("erase.still_in", { numbers: done.generations.join(", ") })}<//>`}
    ${done.damaged.length > 0 &&
    html`<${Note} tone="amber" icon="triangle-alert">
      <p>${t("erase.damaged", { n: done.damaged.length })} <a href="/admin/stable/previous" onClick=${close}>${t("erase.damaged_link")}</a></p>
    <//>`}
    <div class="buttons buttons--end">
      <button type="button" class="button" data-first onClick=${close}>${t("form.close")}</button>
    </div>
  <//>`;
}
