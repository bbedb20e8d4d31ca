// @ts-check
/** Folders that were brought whole: which one is looked at, those inside of it, and taking one home. */

import { folderPath, foldersIn } from "../models/folders.js";
import { explain, useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Note, useDeed } from "../ui/parts.js";
import { html, useModel } from "../ui/preact.js";
import { fetchAs } from "./files_picked.js";

/** @param {{folder: string}} props */
export function Where({ folder }) {
  const { files, session, toasts } = useApp();
  const words = useWords();
  const { t, format } = words;
  useModel(files);
  const zip = useDeed(async () => {
    const { url, size } = await files.zip(await files.everyId());
    fetchAs(url);
    toasts.say(t("files.zip_begun", { size: format.size(size) }), { icon: "download" });
  });
  if (!folder) return null;
  const parts = folder.split("/");
  return html`<div class="where-in">
    <nav aria-label=${t("files.where")}>
      <ol class="crumbs">
        <li><a href="/files">${t("files.everywhere")}</a></li>
        ${parts.map((name, at) => {
          const path = parts.slice(0, at + 1).join("/");
          const here = path === folder;
          return html`<li key=${path}>
            <${Icon} name="chevron-right" />
            ${here ? html`<strong aria-current="page">${name}</strong>` : html`<a href=${folderPath(path)}>${name}</a>`}
          </li>`;
        })}
      </ol>
    </nav>
    ${session.may("zip_files") &&
    files.items.length > 0 &&
    html`<button type="button" class="button" aria-disabled=${zip.busy ? "true" : null} onClick=${zip.run}>
      <${Icon} name="download" />${zip.busy ? t("form.moment") : t("files.folder_zip")}
    </button>`}
    ${Boolean(zip.error) && html`<${Note} tone="red" icon="circle-alert" alert>${explain(words, zip.error)}<//>`}
  </div>`;
}

/** The folders inside, before the files. @param {{folder: string}} props */
export function Folders({ folder }) {
  const { files } = useApp();
  const { t } = useWords();
  if (!files.folded) return null;
  return foldersIn(files.items, folder).map(
    ({ path, name, count }) => html`<li key=${path}>
      <a class="row folder" href=${folderPath(path)}>
        <span class="file__sign"><${Icon} name="folder" class="row__icon" /></span>
        <span class="row__text">
          <span class="file__folder"><span class="only-heard">${t("files.folder_word")} </span><bdi>${name}</bdi></span>
          <span class="soft numbers">${files.next ? t("files.folder_more", { n: count }) : t("count.files", { n: count })}</span>
        </span>
        <${Icon} name="chevron-right" class="row__end" />
      </a>
    </li>`,
  );
}
