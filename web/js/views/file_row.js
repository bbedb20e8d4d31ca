// @ts-check
/** One file of the list: what it is, who brought it, how it stands, and the way to all else about it. */

import { contentPath, goes, heldBack, standing } from "../models/files.js";
import { pictured } from "../models/preview.js";
import { reasonSentence } from "../models/review.js";
import { explain, useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { fileIcon, Icon } from "../ui/icon.js";
import { Note, useDeed } from "../ui/parts.js";
import { html, usePassingTime, useState } from "../ui/preact.js";
import { FileDetails } from "./file_details.js";

/** @typedef {import("../types.js").FileEntry} FileEntry */
/** @typedef {import("../models/files.js").Standing} Standing */

// A little less than the box waits.
const UNDO_MS = 55_000;
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
  const { dialogs, files, now, session } = useApp();
  const { t, format } = useWords();
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
  /** @param {() => void} close */
  const ask = (close) => html`<${DeleteFile} file=${file} close=${close} />`;
  /** @param {() => void} close */
  const show = (close) => html`<${FileDetails} file=${file} mayFetch=${mayFetch} mayChange=${mayChange} close=${close} />`;
  return html`<li class="row file">
    ${files.picked && mayFetch && html`<${Pick} file=${file} />`}
    <${Picture} file=${file} fetched=${mayFetch} />
    <div class="row__text">
      <p class="file__name">
        <button type="button" class="file__open" title=${t("files.open", { name: file.name })} onClick=${() => dialogs.open(show)}>
          ${file.name}
        </button>
      </p>
      <p class="soft numbers file__facts">
        ${facts.join(" · ")}${goes(file, session.status) && html` · <span class="amber">${t("files.goes")}</span>`}
        ${file.keep && html` · <span class="file__keep">${t("files.kept")}</span>`}
      </p>
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
        onClick=${() => dialogs.open(ask)}
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

/** A small picture is its own sign; whatever cannot be drawn has the sign of its kind. @param {{file: FileEntry, fetched: boolean}} props */
function Picture({ file, fetched }) {
  const [broken, setBroken] = useState(false);
  if (broken || !fetched || !pictured(file)) return html`<${Icon} name=${fileIcon(file.type)} class="row__icon" />`;
  return html`<img
    class="file__thumb"
    src=${`${contentPath(file.id)}?inline=1`}
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

/** @param {{file: FileEntry, close: () => void}} props */
function DeleteFile({ file, close }) {
  const { files, session, toasts } = useApp();
  const words = useWords();
  const { t, format } = words;
  const saved = session.status?.stable && file.created <= session.status.stable.saved_at;
  const remove = useDeed(async () => {
    await files.remove(file.id);
    session.refreshSoon();
    close();
    const undo = () =>
      void files.restore(file.id).catch((/** @type {any} */ error) => {
        toasts.say(error.code === "not_found" ? t("files.too_late") : explain(words, error), { icon: "circle-alert" });
      });
    const deed = { label: t("form.undo"), run: undo };
    toasts.say(t("files.deleted", { name: file.name }), { icon: "trash-2", deed, ms: UNDO_MS });
  });
  return html`<${Dialog} title=${t("files.delete_ask")} close=${close}>
    <p><strong>${file.name}</strong> · <span class="numbers">${format.size(file.size)}</span></p>
    <p>${saved ? t("files.delete_saved") : t("files.delete_new")}</p>
    ${Boolean(remove.error) && html`<${Note} tone="red" icon="circle-alert" alert>${explain(words, remove.error)}<//>`}
    <div class="buttons buttons--end">
      <button type="button" class="button" data-first onClick=${close}>${t("files.delete_no")}</button>
      <button type="button" class="button button--danger" aria-disabled=${remove.busy ? "true" : null} onClick=${remove.run}>
        ${remove.busy ? t("form.moment") : t("files.delete_yes")}
      </button>
    </div>
  <//>`;
}
