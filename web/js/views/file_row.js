// @ts-check
/** One file of the list: what it is, who brought it, how it stands, and the way to all else about it. */

import { contentPath, goes, heldBack, standing, thumbnailPath } from "../models/files.js";
import { folderPath } from "../models/folders.js";
import { pictured } from "../models/preview.js";
import { reasonSentence } from "../models/review.js";
import { useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { fileIcon, Icon } from "../ui/icon.js";
import { html, usePassingTime, useState } from "../ui/preact.js";
import { FileDetails } from "./file_details.js";
import { remove } from "./files_deleted.js";

/** @typedef {import("../types.js").FileEntry} FileEntry */
/** @typedef {import("../models/files.js").Standing} Standing */

const TAGS = {
  held: { tone: "red", icon: "ban" },
  checked: { tone: "leaf", icon: "shield-check" },
  waiting: { tone: "amber", icon: "shield-question-mark" },
  scanning: { tone: "", icon: "clock" },
  unreleased: { tone: "amber", icon: "clock" },
  receiving: { tone: "", icon: "clock" },
};

/** @param {{file: FileEntry}} props */
export function FileRow({ file }) {
  const app = useApp();
  const { dialogs, files, now, session } = app;
  const words = useWords();
  const { t, format } = words;
  usePassingTime();
  const how = standing(file);
  const mine = file.owner.id === session.me?.id;
  const mayDelete = session.may("delete_any") || (mine && file.state === "quarantined");
  // An older box gives files no description, and does not know how to change them.
  const mayChange =
    file.description !== undefined &&
    (session.may("change_any_file") || (mine && file.state === "quarantined" && session.may("change_own_file")));
  const mayFetch = !heldBack(how) || session.may("review_files");
  const facts = [format.size(file.size), mine ? t("files.mine") : file.owner.name, format.ago(file.created, now())];
  /** The row goes: the focus goes to the next one. @param {any} event */
  const away = (event) => {
    const row = event.currentTarget.closest("li");
    const next = row.nextElementSibling || row.previousElementSibling;
    remove(app, words, file).then(() => {
      if (!document.contains(row)) focusOn(next);
    });
  };
  /** @param {() => void} close */
  const show = (close) => html`<${FileDetails} file=${file} mayFetch=${mayFetch} mayChange=${mayChange} close=${close} />`;
  return html`<li class="row file">
    ${files.picked && mayFetch && html`<${Pick} file=${file} />`}
    <${Picture} file=${file} fetched=${mayFetch} />
    <div class="row__text">
      <p class="file__name">
        <button type="button" class="file__open" title=${t("files.open", { name: file.name })} onClick=${() => dialogs.open(show)}>
          <bdi>${file.name}</bdi>
        </button>
      </p>
      <p class="soft numbers file__facts">
        ${facts[0]} · <bdi>${facts[1]}</bdi> · ${facts[2]}
        ${file.folder && file.folder !== files.folder && html` · <${Lies} folder=${file.folder} />`}
      </p>
      ${(goes(file) || file.keep) &&
      html`<p class="file__fate">
        ${goes(file) && html`<span class="fate amber"><${Icon} name="history" />${t("files.goes")}</span>`}
        ${file.keep && html`<span class="fate file__keep"><${Icon} name="bookmark" />${t("files.kept")}</span>`}
      </p>`}
      <p class="file__state"><${State} how=${how} file=${file} /></p>
    </div>
    <div class="row__end">
      ${mayFetch &&
      html`<a
        class="button button--quiet button--icon"
        href=${contentPath(file.id)}
        download=${file.name}
        aria-label=${t("files.download", { name: file.name })}
        title=${t("files.download_short")}
        ><${Icon} name="download"
      /></a>`}
      ${mayDelete &&
      html`<button
        type="button"
        class="button button--quiet button--icon"
        aria-label=${t("files.delete", { name: file.name })}
        title=${t("files.delete_short")}
        onClick=${away}
      >
        <${Icon} name="trash-2" />
      </button>`}
    </div>
  </li>`;
}

/** @param {{file: FileEntry}} props */
function Pick({ file }) {
  const { files } = useApp();
  const { t } = useWords();
  return html`<label class="file__pick">
    <input
      type="checkbox"
      aria-label=${t("files.pick", { name: file.name })}
      checked=${Boolean(files.picked && files.picked.has(file.id))}
      onChange=${() => files.pick(file.id)}
    />
  </label>`;
}

/** Where it lies, when that is not where one is. @param {{folder: string}} props */
function Lies({ folder }) {
  const { t } = useWords();
  return html`<a href=${folderPath(folder)}><span class="only-heard">${t("files.folder_word")} </span><bdi>${folder}</bdi></a>`;
}

/** @param {Element | null} row */
function focusOn(row) {
  const place = row && /** @type {HTMLElement | null} */ (row.querySelector(".file__open, a"));
  (place ?? /** @type {HTMLElement | null} */ (document.querySelector("#main h1")))?.focus();
}

/** A small picture is its own sign; whatever cannot be drawn has the sign of its kind. @param {{file: FileEntry, fetched: boolean}} props */
function Picture({ file, fetched }) {
  const [broken, setBroken] = useState(false);
  const drawn = file.thumbnail ? thumbnailPath(file.id) : pictured(file) && `${contentPath(file.id)}?inline=1`;
  if (broken || !fetched || !drawn) {
    return html`<span class="file__sign"><${Icon} name=${fileIcon(file.type)} class="row__icon" /></span>`;
  }
  return html`<img
    class="file__thumb"
    src=${drawn}
    width="48"
    height="48"
    decoding="async"
    alt=""
    loading="lazy"
    onError=${() => setBroken(true)}
  />`;
}

/** A word, and for those who wonder what it means a sentence. @param {{how: Standing, file: FileEntry}} props */
function State({ how, file }) {
  const { dialogs } = useApp();
  const { t } = useWords();
  const { tone, icon } = TAGS[how];
  /** @param {() => void} close */
  const tell = (close) => html`<${Explained} how=${how} file=${file} close=${close} />`;
  return html`<button type="button" class="tag tag--${tone} tag--button" onClick=${() => dialogs.open(tell)}>
    <${Icon} name=${icon} />${t(`files.state.${how}`)}
  </button>`;
}

/** @param {{how: Standing, file: FileEntry, close: () => void}} props */
function Explained({ how, file, close }) {
  const { t, format } = useWords();
  return html`<${Dialog} title=${t(`files.state.${how}`)} close=${close}>
    <p>${t(`files.explain.${how}`)}</p>
    ${(file.reasons ?? []).map((reason, number) => html`<p key=${number}>${reasonSentence(t, format, reason)}</p>`)}
    <div class="buttons buttons--end">
      <button type="button" class="button" data-first onClick=${close}>${t("form.understood")}</button>
    </div>
  <//>`;
}
