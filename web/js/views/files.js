// @ts-check
/** The files: what is on its way on top, then a list one can scan, narrow down and choose from. */

import { useApp, useTitle, useWords } from "../ui/app.js";
import { Empty, Note, Waiting } from "../ui/parts.js";
import { worthwhile } from "../ui/dropped.js";
import { html, useEffect, useModel, useRef, useState } from "../ui/preact.js";
import { FileRow } from "./file_row.js";
import { Picked } from "./files_picked.js";
import { LeftOver } from "./left_over.js";
import { Choose, ChooseFiles, UploadList } from "./upload_list.js";

const SHOWS = /** @type {const} */ (["all", "mine", "waiting", "checked", "held"]);
const SORTS = /** @type {const} */ (["-created", "name", "-size"]);
const TYPING_PAUSE_MS = 250;

export function FilesPage() {
  const { files, session } = useApp();
  const { t, format } = useWords();
  useModel(files, session);
  const heading = useTitle(t("place.files"));
  const may = session.may("upload");
  useEffect(() => {
    files.load();
    return () => files.choose(false);
  }, []);
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
      <${Search} />
      <${List} />
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

function Search() {
  const { files, session } = useApp();
  const { t } = useWords();
  const [show, setShow] = useState(files.show);
  const [query, setQuery] = useState(files.query);
  const [sort, setSort] = useState(files.sort);
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return undefined;
    }
    const timer = setTimeout(() => files.look(query.trim(), sort, show, session.me?.id), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [query, sort, show]);
  return html`<div class="search" role="search">
    <label class="only-heard" for="find">${t("files.search")}</label>
    <input
      id="find"
      class="input"
      type="search"
      autocomplete="off"
      placeholder=${t("files.search_short")}
      value=${query}
      onInput=${(/** @type {any} */ event) => setQuery(event.target.value)}
    />
    <label class="only-heard" for="show">${t("files.show")}</label>
    <select id="show" class="input" value=${show} onChange=${(/** @type {any} */ event) => setShow(event.target.value)}>
      ${SHOWS.map((one) => html`<option key=${one} value=${one}>${t(`files.show.${one}`)}</option>`)}
    </select>
    <label class="only-heard" for="sort">${t("files.sort")}</label>
    <select
      id="sort"
      class="input"
      value=${sort}
      onChange=${(/** @type {any} */ event) => setSort(event.target.value)}
    >
      ${SORTS.map((one) => html`<option key=${one} value=${one}>${t(`files.sort.${one}`)}</option>`)}
    </select>
  </div>`;
}

function List() {
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
  if (!files.items.length && files.query) return html`<${Empty} icon="folder" title=${t("files.not_found")} />`;
  if (!files.items.length && files.show !== "all") return html`<${Empty} icon="folder" title=${t("files.none_shown")} />`;
  if (!files.items.length) {
    return html`<${Empty} icon="folder" title=${t("files.none")}>
      <p>${session.may("upload") ? t("files.none_hint") : t("files.none_reader")}</p>
    <//>`;
  }
  return html`
    ${session.may("zip_files") && files.items.length > 1 && html`<${Picked} />`}
    <ul class="rows">
      ${files.items.map((file) => html`<${FileRow} key=${file.id} file=${file} />`)}
    </ul>
    ${files.next &&
    html`<button type="button" class="button button--wide" onClick=${() => files.more().catch(() => files.load())}>
      ${t("files.more")}
    </button>`}
  `;
}
