// @ts-check
/** On every page but that of the files one line says that files are still on their way. */

import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { html, useModel } from "../ui/preact.js";

/** @param {{page: string}} props */
export function UploadsLine({ page }) {
  const { uploads } = useApp();
  const { t } = useWords();
  useModel(uploads);
  const going = uploads.active().length;
  const failed = uploads.items.length - going;
  if (page === "files" || (!going && !failed)) return null;
  const percent = Math.round(uploads.progress() * 100);
  return html`<a class="uploads-line" href="/files">
    <${Icon} name=${going ? "upload" : "circle-alert"} />
    <span>${going ? t("uploads.line", { n: going, percent }) : t("uploads.line_failed", { n: failed })}</span>
  </a>`;
}
