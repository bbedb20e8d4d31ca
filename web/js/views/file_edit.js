// @ts-check
/** What may be otherwise about a file: its name, what people say of it, the wish that it be kept. */

import { useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Field, FieldError, Submit, useForm, useId } from "../ui/form.js";
import { html, useState } from "../ui/preact.js";

/** @typedef {import("../types.js").FileEntry} FileEntry */

const LONGEST = 1000;

/** @param {{file: FileEntry, close: () => void}} props */
export function FileEdit({ file, close }) {
  const { files, toasts } = useApp();
  const { t } = useWords();
  const id = useId("description");
  // What was looked at was a file of that kind: its ending stays.
  const ending = (/\.[^.\s]{1,10}$/.exec(file.name) || [""])[0];
  const [name, setName] = useState(file.name.slice(0, file.name.length - ending.length));
  const [description, setDescription] = useState(file.description ?? "");
  const [keep, setKeep] = useState(Boolean(file.keep));
  const form = useForm({
    fields: { name: "name", description: "description" },
    deed: async () => {
      await files.change(file.id, { name: name.trim() + ending, description, keep });
      close();
      toasts.say(t("files.changed"));
    },
  });
  const wrong = form.errorOf("description");
  return html`<${Dialog} title=${t("files.change")} close=${close}>
    <form class="stack" onSubmit=${form.submit} novalidate>
      <${Field}
        label=${t("files.name")}
        value=${name}
        onInput=${setName}
        hint=${ending && t("files.ending", { ending })}
        error=${form.errorOf("name")}
      />
      <div class="field">
        <label for=${id}>${t("files.description")}</label>
        <textarea
          id=${id}
          class="input"
          rows="3"
          maxlength=${LONGEST}
          value=${description}
          aria-describedby=${wrong ? `${id}-error` : null}
          onInput=${(/** @type {any} */ event) => setDescription(event.target.value)}
        ></textarea>
        ${wrong && html`<${FieldError} id=${`${id}-error`} text=${wrong} />`}
      </div>
      <label class=${keep ? "choice choice--on" : "choice"}>
        <input type="checkbox" checked=${keep} onChange=${() => setKeep(!keep)} />
        <span>${t("files.keep")}<span class="soft"><br />${t("files.keep_hint")}</span></span>
      </label>
      ${form.problem}
      <div class="buttons buttons--end">
        <button type="button" class="button" onClick=${close}>${t("form.cancel")}</button>
        <${Submit} label=${t("form.save")} busy=${form.busy} />
      </div>
    </form>
  <//>`;
}
