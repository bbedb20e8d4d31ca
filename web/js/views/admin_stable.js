// @ts-check
/** The stable snapshot: what a restart would undo, saving, the generations, going back now. */

import { GenerationList } from "../models/generations.js";
import { losses, stableSentence } from "../models/stable.js";
import { useApp, useTitle, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Field, Submit, useForm } from "../ui/form.js";
import { Icon } from "../ui/icon.js";
import { Note, Waiting } from "../ui/parts.js";
import { html, useEffect, useMemo, useModel, useState } from "../ui/preact.js";
import { GenerationRow } from "./generation_row.js";

export function StablePage() {
  const { api, session } = useApp();
  const { t, error } = useWords();
  const heading = useTitle(t("admin.stable"));
  const list = useMemo(() => new GenerationList(api, () => session.refresh()), []);
  useModel(list, session);
  const generation = session.status?.stable?.generation;
  useEffect(() => {
    list.load();
  }, [generation]);
  return html`<section class="stack-l">
    <header class="stack-s">
      <h1 tabindex="-1" ref=${heading}>${t("admin.stable")}</h1>
      <p>${t("stable.what_it_is")}</p>
    </header>
    ${list.found?.trouble && html`<${TroubleNote} trouble=${list.found.trouble} />`}
    <${Now} />
    <${Save} list=${list} />
    <section class="stack">
      <h2>${t("stable.generations")}</h2>
      ${list.failure && html`<${Note} tone="red" icon="circle-alert" alert>${error(list.failure)}<//>`}
      ${!list.found && !list.failure && html`<${Waiting} label=${t("wait.loading")} />`}
      <${Rows} list=${list} />
    </section>
    <${ResetNow} />
  </section>`;
}

/** What a restart would undo at this moment. */
function Now() {
  const { session, now } = useApp();
  const { t, format } = useWords();
  const { status } = session;
  if (!status) return null;
  const lost = losses(t, format, status.since_stable);
  return html`<div class="card stack-s">
    <p class="now"><${Icon} name="leaf" class="now__leaf" /><strong>${stableSentence(t, format, status, now())}</strong></p>
    ${lost
      ? html`<p class="amber"><${Icon} name="history" /> ${t("stable.would_go", { what: lost })}</p>`
      : html`<p class="soft">${t("stable.nothing_new")}</p>`}
    ${status.stable?.note && html`<p class="soft">«${status.stable.note}»</p>`}
  </div>`;
}

/** @param {{list: GenerationList}} props */
function Save({ list }) {
  const { toasts } = useApp();
  const { t } = useWords();
  const [note, setNote] = useState("");
  const form = useForm({
    fields: { note: "note" },
    deed: async () => {
      await list.save(note.trim());
      setNote("");
      toasts.say(t("stable.saved"), { icon: "leaf" });
    },
  });
  return html`<form class="card stack" onSubmit=${form.submit} novalidate>
    <h2>${t("stable.save_title")}</h2>
    <p>${t("stable.save_text")}</p>
    <${Field}
      label=${t("stable.note")}
      value=${note}
      onInput=${setNote}
      autocapitalize="sentences"
      placeholder=${t("stable.note_example")}
      error=${form.errorOf("note")}
    />
    ${form.problem}
    <div class="buttons"><${Submit} label=${t("stable.save")} busy=${form.busy} /></div>
  </form>`;
}

/** @param {{list: GenerationList}} props */
function Rows({ list }) {
  const { t } = useWords();
  if (!list.found) return null;
  if (!list.found.generations.length) return html`<p class="soft">${t("stable.no_generations")}</p>`;
  return html`<ul class="rows">
    ${list.found.generations.map(
      (one) => html`<${GenerationRow}
        key=${one.generation}
        one=${one}
        current=${one.generation === list.found?.current}
        list=${list}
      />`,
    )}
  </ul>`;
}

/** What the last restart could not do as it should. @param {{trouble: import("../types.js").Trouble}} props */
function TroubleNote({ trouble }) {
  const { t } = useWords();
  const numbers = trouble.passed.map((one) => one.generation).filter((number) => number !== null);
  return html`<${Note} tone="red" icon="triangle-alert" alert>
    ${numbers.length > 0 && html`<p>${t("stable.trouble_passed", { n: numbers.length, numbers: numbers.join(", ") })}</p>`}
    ${trouble.lost > 0 && html`<p>${t("stable.trouble_lost", { n: trouble.lost })}</p>`}
    ${trouble.recovered_box && html`<p>${t("stable.trouble_box", { number: trouble.recovered_box })}</p>`}
    ${!numbers.length && trouble.passed.length > 0 && html`<p>${t("stable.trouble_pointer")}</p>`}
  <//>`;
}

function ResetNow() {
  const { dialogs } = useApp();
  const { t } = useWords();
  /** @param {() => void} close */
  const ask = (close) => html`<${ResetDialog} close=${close} />`;
  return html`<section class="card stack">
    <h2>${t("stable.reset_title")}</h2>
    <p>${t("stable.reset_text")}</p>
    <div class="buttons">
      <button type="button" class="button" onClick=${() => dialogs.open(ask)}>
        <${Icon} name="rotate-ccw" />${t("stable.reset")}
      </button>
    </div>
  </section>`;
}

/** Says in numbers what will be lost, and asks for the password. @param {{close: () => void}} props */
function ResetDialog({ close }) {
  const { api, session, now } = useApp();
  const words = useWords();
  const { t, format } = words;
  const [password, setPassword] = useState("");
  const form = useForm({
    fields: { wrong_password: "password" },
    deed: async () => {
      await api.post("/api/reset", { password });
      close();
    },
  });
  const { status } = session;
  const lost = losses(t, format, status?.since_stable);
  return html`<${Dialog} title=${t("stable.reset_ask")} close=${close}>
    <form class="stack" onSubmit=${form.submit} novalidate>
      ${status && html`<p>${stableSentence(t, format, status, now())}</p>`}
      ${lost
        ? html`<${Note} tone="red" icon="triangle-alert"><strong>${t("stable.reset_loses", { what: lost })}</strong><//>`
        : html`<${Note}>${t("stable.nothing_new")}<//>`}
      <p>${t("stable.reset_people")}</p>
      <${Field}
        label=${t("form.your_password")}
        value=${password}
        onInput=${setPassword}
        type="password"
        autocomplete="current-password"
        error=${form.errorOf("password")}
        required
        focus
      />
      ${form.problem}
      <div class="buttons buttons--end">
        <button type="button" class="button" onClick=${close}>${t("form.cancel")}</button>
        <${Submit} label=${t("stable.reset_deed")} busy=${form.busy} tone="danger" />
      </div>
    </form>
  <//>`;
}
