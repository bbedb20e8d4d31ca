// @ts-check
/** The files: what is on its way on top, then a list one can scan, narrow down and choose from. */

import { useApp, useTitle, useWords } from "../ui/app.js";
import { Empty, Note, Waiting } from "../ui/parts.js";
import { worthwhile } from "../ui/dropped.js";
import { html, useEffect, useModel } from "../ui/preact.js";
import { FileRow } from "./file_row.js";
import { Deleted } from "./files_deleted.js";
import { Folders, Where } from "./files_folder.js";
import { Picked } from "./files_picked.js";
import { Search } from "./files_search.js";
import { LeftOver } from "./left_over.js";
import { Choose, ChooseFiles, UploadList } from "./upload_list.js";

export function FilesPage() {
  const { files, router, session } = useApp();
  const { t, format } = useWords();
  useModel(files, router, session);
  const heading = useTitle(t("place.files"));
  const may = session.may("upload");
  const asked = new URLSearchParams(router.search);
  const [folder, sort] = [asked.get("folder") ?? "", asked.get("sort")];
  useEffect(() => {
    if (sort) files.sort = sort;
    files.enter(folder);
  }, [folder, sort]);
  useEffect(() => () => files.choose(false), []);
  const most = session.status?.uploads.max_bytes;
  return html`<div class="page">
    <div class="page__inner stack">
      <header class="page__head">
        <h1 tabindex="-1" ref=${heading}>${t("place.files")}</h1>
        ${may && html`<div class="buttons"><${ChooseFolder} /><${ChooseFiles} /></div>`}
      </header>
      <p class="soft">
        ${may ? t("files.intro", { most: most && most < Infinity ? format.size(most) : "" }) : t("files.intro_reader")}
      </p>
      <${UploadList} />
      ${may && html`<${LeftOver} />`}
      <${Deleted} />
      <${Search} />
      <${Where} folder=${folder} />
      <${List} folder=${folder} />
    </div>
  </div>`;
}

/** Where a browser has folders to give: phones have none. */
function ChooseFolder() {
  const { uploads } = useApp();
  const { t } = useWords();
  const can = "webkitdirectory" in document.createElement("input") && !window.matchMedia("(pointer: coarse)").matches;
  if (!can) return null;
  const take = (/** @type {File[]} */ found) => uploads.add(worthwhile(found));
  return html`<${Choose} icon="folder" take=${take} more=${{ webkitdirectory: true }}>${t("files.folder")}<//>`;
}

/** @param {{folder: string}} props */
function List({ folder }) {
  const { files, session } = useApp();
  const { t, error } = useWords();
  useModel(files);
  if (files.state === "failed") {
    return html`<${Note} tone="red" icon="circle-alert" alert>
      <p>${error(files.failure)}</p>
      <button type="button" class="button" onClick=${() => files.load()}>${t("root.retry")}</button>
    <//>`;
  }
  if (files.state !== "ready") return html`<${Waiting} label=${t("wait.loading")} />`;
  if (!files.items.length) return html`<${Nothing} folder=${folder} />`;
  return html`
    ${session.may("zip_files") && files.items.length > 1 && html`<${Picked} />`}
    <ul class="rows">
      <${Folders} folder=${folder} />
      ${files.shown.map((file) => html`<${FileRow} key=${file.id} file=${file} />`)}
    </ul>
    ${files.next &&
    html`<button type="button" class="button button--wide" onClick=${() => files.more().catch(() => files.load())}>
      ${t("files.more")}
    </button>`}
  `;
}

/** @param {{folder: string}} props */
function Nothing({ folder }) {
  const { files, session } = useApp();
  const { t } = useWords();
  if (files.query) return html`<${Empty} icon="folder" title=${t("files.not_found")} />`;
  if (files.show === "goes") return html`<${Empty} icon="shield-check" title=${t("files.none_goes")} />`;
  if (files.show !== "all") return html`<${Empty} icon="folder" title=${t("files.none_shown")} />`;
  if (folder) return html`<${Empty} icon="folder" title=${t("files.folder_empty")} />`;
  return html`<${Empty} icon="folder" title=${t("files.none")}>
    <p>${session.may("upload") ? t("files.none_hint") : t("files.none_reader")}</p>
  <//>`;
}
