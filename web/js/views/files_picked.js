// @ts-check
/** Several files at once: choosing them, and taking them home as one zip. */

import { explain, useApp, useWords } from "../ui/app.js";
import { Note, useDeed } from "../ui/parts.js";
import { Icon } from "../ui/icon.js";
import { html } from "../ui/preact.js";

export function Picked() {
  const { files, toasts } = useApp();
  const words = useWords();
  const { t, format } = words;
  const zip = useDeed(async () => {
    const { url, size } = await files.zip(files.chosen().map((file) => file.id));
    files.choose(false);
    fetchAs(url);
    toasts.say(t("files.zip_begun", { size: format.size(size) }), { icon: "download" });
  });
  if (!files.picked) {
    return html`<div class="picked">
      <button type="button" class="button" onClick=${() => files.choose(true)}>
        <${Icon} name="check" />${t("files.pick_several")}
      </button>
    </div>`;
  }
  const chosen = files.chosen();
  const size = chosen.reduce((sum, file) => sum + file.size, 0);
  const every = chosen.length === files.items.length;
  const ready = chosen.length > 0 && !zip.busy;
  return html`<div class="picked picked--on" role="group" aria-label=${t("files.pick_several")}>
    <p class="numbers picked__text" role="status">
      ${chosen.length ? t("files.picked", { n: chosen.length, size: format.size(size) }) : t("files.pick_none")}
    </p>
    ${Boolean(zip.error) && html`<${Note} tone="red" icon="circle-alert" alert>${explain(words, zip.error)}<//>`}
    <div class="buttons">
      <button
        type="button"
        class="button button--main"
        aria-disabled=${ready ? null : "true"}
        onClick=${() => ready && zip.run()}
      >
        <${Icon} name="download" />${zip.busy ? t("form.moment") : t("files.zip")}
      </button>
      <button type="button" class="button" onClick=${() => files.pickAll(!every)}>
        ${every ? t("files.pick_none_of") : t("files.pick_all")}
      </button>
      <button type="button" class="button button--quiet" onClick=${() => files.choose(false)}>${t("files.pick_end")}</button>
    </div>
  </div>`;
}

/** The browser downloads it: the bytes never pass through the page. @param {string} url */
export function fetchAs(url) {
  const link = document.createElement("a");
  link.href = url;
  link.download = "PiChat.zip";
  document.body.appendChild(link);
  link.click();
  document.body.removeChild(link);
}
