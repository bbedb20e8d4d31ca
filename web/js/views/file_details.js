// @ts-check
/** All about one file: what is in it, as far as a page may show it, whose it is, its checksum, its future. */

import { contentPath, goes, thumbnailPath } from "../models/files.js";
import { folderPath } from "../models/folders.js";
import { preview } from "../models/preview.js";
import { useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Icon } from "../ui/icon.js";
import { Note, Waiting } from "../ui/parts.js";
import { html, useEffect, useState } from "../ui/preact.js";
import { CopyButton } from "../ui/share.js";
import { askErase } from "./erase_door.js";
import { FileEdit } from "./file_edit.js";

/** @typedef {import("../types.js").FileEntry} FileEntry */

const TEXT_BYTES = 64 * 1024;

/** @param {{file: FileEntry, mayFetch: boolean, mayChange: boolean, close: () => void}} props */
export function FileDetails({ file, mayFetch, mayChange, close }) {
  const app = useApp();
  const { dialogs, now, session } = app;
  const { t, format } = useWords();
  const erase = () => askErase(app, { kind: "file", path: `/api/uploads/${encodeURIComponent(file.id)}`, name: file.name });
  return html`<${Dialog} title=${file.name} close=${close}>
    ${mayFetch && html`<${Preview} file=${file} />`}
    ${file.description && html`<p class="facts__said">${file.description}</p>`}
    <dl class="facts">
      <div><dt>${t("files.about")}</dt><dd class="numbers">${format.size(file.size)}</dd></div>
      <div><dt>${t("files.brought")}</dt><dd><bdi>${file.owner.name}</bdi></dd></div>
      <div><dt>${t("files.when")}</dt><dd>${format.moment(file.created, now())}</dd></div>
      ${file.folder &&
      html`<div>
        <dt>${t("files.folder_word")}</dt>
        <dd><a href=${folderPath(file.folder)} onClick=${close}><bdi>${file.folder}</bdi></a></dd>
      </div>`}
      ${file.sha256 && html`<div><dt>${t("files.sum")}</dt><dd class="facts__sum">${file.sha256}</dd></div>`}
    </dl>
    ${goes(file) && html`<${Note} tone="amber" icon="history"><p>${t("files.goes_text")}</p><//>`}
    <div class="buttons buttons--end">
      ${session.may("erase") &&
      html`<button type="button" class="button" onClick=${erase}><${Icon} name="trash-2" />${t("files.erase")}</button>`}
      ${mayChange &&
      html`<button
        type="button"
        class="button"
        onClick=${() => dialogs.open((shut) => html`<${FileEdit} file=${file} close=${shut} />`)}
      >
        <${Icon} name="pencil" />${t("files.change_short")}
      </button>`}
      ${file.sha256 && html`<${CopyButton} text=${file.sha256} label=${t("files.sum_copy")} />`}
      ${mayFetch &&
      html`<a class="button button--main" href=${contentPath(file.id)} download=${file.name}>
        <${Icon} name="download" />${t("files.download_short")}
      </a>`}
      <button type="button" class="button" data-first onClick=${close}>${t("form.close")}</button>
    </div>
  <//>`;
}

/** @param {{file: FileEntry}} props */
function Preview({ file }) {
  const { t } = useWords();
  const [broken, setBroken] = useState(false);
  const kind = preview(file);
  const src = `${contentPath(file.id)}?inline=1`;
  const fail = () => setBroken(true);
  if (!kind) return null;
  if (broken) return html`<p class="soft">${t("files.not_shown")}</p>`;
  if (kind === "picture") return html`<img class="preview" src=${src} alt=${file.name} onError=${fail} />`;
  if (kind === "text") return html`<${Text} src=${src} size=${file.size} fail=${fail} />`;
  if (kind === "sound") {
    return html`<audio class="preview" controls preload="metadata" src=${src} aria-label=${file.name} onError=${fail} />`;
  }
  return html`<video
    class="preview"
    controls
    playsinline
    preload="metadata"
    src=${src}
    aria-label=${file.name}
    poster=${file.thumbnail ? thumbnailPath(file.id) : null}
    onError=${fail}
  />`;
}

/** The beginning of a text, as text: nothing in it is read as anything else. @param {{src: string, size: number, fail: () => void}} props */
function Text({ src, size, fail }) {
  const { t } = useWords();
  const [text, setText] = useState(/** @type {string | null} */ (null));
  useEffect(() => {
    let wanted = true;
    const headers = { Range: `bytes=0-${TEXT_BYTES - 1}` };
    fetch(src, { headers: size ? headers : {}, credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
      .then((found) => wanted && setText(found))
      .catch(() => wanted && fail());
    return () => {
      wanted = false;
    };
  }, [src]);
  if (text === null) return html`<${Waiting} label=${t("wait.loading")} />`;
  return html`
    <pre class="preview preview--text" tabindex="0">${text}</pre>
    ${size > TEXT_BYTES && html`<p class="soft">${t("files.text_more")}</p>`}
  `;
}
