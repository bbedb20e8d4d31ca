// @ts-check
/** The files: what is on its way on top, then a list one can scan. Drop anywhere. */

import { useApp, useTitle, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Empty, Note, Waiting } from "../ui/parts.js";
import { html, useEffect, useModel, useRef, useState } from "../ui/preact.js";
import { FileRow } from "./file_row.js";
import { ChooseFiles, UploadList } from "./uploads.js";

const SORTS = /** @type {const} */ (["-created", "name", "-size"]);
const TYPING_PAUSE_MS = 250;

export function FilesPage() {
  const { files, session, uploads } = useApp();
  const { t, format } = useWords();
  useModel(files, session);
  const heading = useTitle(t("place.files"));
  const may = session.may("upload");
  const drop = useDrop(may);
  useEffect(() => {
    files.load();
  }, []);
  const most = session.status?.uploads.max_bytes;
  return html`<div class=${drop.over ? "page page--drop" : "page"} ...${drop.handlers}>
    <div class="page__inner stack">
      <header class="page__head">
        <h1 tabindex="-1" ref=${heading}>${t("place.files")}</h1>
        ${may && html`<${ChooseFiles} />`}
      </header>
      <p class="soft">
        ${may ? t("files.intro", { most: most && most < Infinity ? format.size(most) : "" }) : t("files.intro_reader")}
      </p>
      <${UploadList} items=${uploads.items} />
      <${Search} />
      <${List} />
    </div>
    ${drop.over && html`<p class="drop-here"><${Icon} name="upload" /> ${t("files.drop_here")}</p>`}
  </div>`;
}

/** @param {boolean} may */
function useDrop(may) {
  const { uploads } = useApp();
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  /** @param {DragEvent} event */
  const carries = (event) => may && Array.from(event.dataTransfer?.types ?? []).includes("Files");
  /** @param {number} change */
  const move = (change) => {
    depth.current = Math.max(0, depth.current + change);
    setOver(depth.current > 0);
  };
  const handlers = {
    /** @param {DragEvent} event */
    onDragEnter: (event) => carries(event) && (event.preventDefault(), move(1)),
    /** @param {DragEvent} event */
    onDragOver: (event) => carries(event) && event.preventDefault(),
    /** @param {DragEvent} event */
    onDragLeave: (event) => carries(event) && move(-1),
    /** @param {DragEvent} event */
    onDrop: (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      move(-depth.current);
      uploads.add(event.dataTransfer?.files ?? []);
    },
  };
  return { over, handlers };
}

function Search() {
  const { files } = useApp();
  const { t } = useWords();
  const [query, setQuery] = useState(files.query);
  const [sort, setSort] = useState(files.sort);
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return undefined;
    }
    const timer = setTimeout(() => files.look(query.trim(), sort), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [query, sort]);
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
  if (!files.items.length) {
    return html`<${Empty} icon="folder" title=${t("files.none")}>
      <p>${session.may("upload") ? t("files.none_hint") : t("files.none_reader")}</p>
    <//>`;
  }
  return html`
    <ul class="rows">
      ${files.items.map((file) => html`<${FileRow} key=${file.id} file=${file} />`)}
    </ul>
    ${files.next &&
    html`<button type="button" class="button button--wide" onClick=${() => files.more().catch(() => files.load())}>
      ${t("files.more")}
    </button>`}
  `;
}
