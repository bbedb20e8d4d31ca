// @ts-check
/** What was deleted a moment ago, each with the way back. */

import { explain, useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { html, useModel } from "../ui/preact.js";

/** @typedef {import("../types.js").FileEntry} FileEntry */

let last = 0;

export function Deleted() {
  const app = useApp();
  const words = useWords();
  const { files } = app;
  const { t } = words;
  useModel(files);
  if (!files.deleted.length) return null;
  return html`<section class="gone" aria-label=${t("files.deleted_title")}>
    <p class="soft">${t("files.deleted_text")}</p>
    <ul>
      ${files.deleted.map(
        (file) => html`<li key=${file.id} class="gone__one">
          <${Icon} name="trash-2" />
          <span class="gone__name"
            ><bdi>${file.name}</bdi>${file.stable && html`<span class="soft"> · ${t("files.deleted_saved")}</span>`}</span
          >
          <button
            type="button"
            class="button"
            aria-label=${t("files.undo_of", { name: file.name })}
            onClick=${() => undo(app, words, file)}
          >
            ${t("form.undo")}
          </button>
        </li>`,
      )}
    </ul>
  </section>`;
}

/**
 * Deletes it at once: nobody is asked, for a minute everybody may think again.
 *
 * @param {import("../assembly.js").App} app
 * @param {import("../words.js").Words} words
 * @param {FileEntry} file
 */
export async function remove(app, words, file) {
  const { t } = words;
  try {
    await app.files.remove(file);
    app.session.refreshSoon();
    const deed = { label: t("form.undo"), run: () => undo(app, words, file) };
    // The ones before stand in the list of what was deleted: one word at a time is enough.
    app.toasts.close(last);
    last = app.toasts.say(t("files.deleted", { name: file.name }), { icon: "trash-2", deed });
  } catch (error) {
    app.toasts.say(`${file.name}: ${explain(words, error)}`, { icon: "circle-alert" });
  }
}

/**
 * @param {import("../assembly.js").App} app
 * @param {import("../words.js").Words} words
 * @param {FileEntry} file
 */
async function undo(app, words, file) {
  app.toasts.close(last);
  try {
    await app.files.restore(file.id);
    app.toasts.say(words.t("files.restored", { name: file.name }));
  } catch (error) {
    const late = /** @type {any} */ (error).code === "not_found";
    const text = late ? words.t("files.too_late") : explain(words, error);
    app.toasts.say(`${file.name}: ${text}`, { icon: "circle-alert" });
  }
}
