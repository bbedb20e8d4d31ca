// @ts-check
/** Files that go with a message: chosen, pasted or dropped, on their way, or refused with a reason. */

import { useApp, useWords } from "../ui/app.js";
import { filesOf, named, worthwhile } from "../ui/dropped.js";
import { fileIcon, Icon } from "../ui/icon.js";
import { html, useEffect, useModel, useRef, useState } from "../ui/preact.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../models/uploads.js").Upload} Upload */

const MOST = 10;
// Trying again would change nothing.
const FINAL = new Set(["bad_type", "too_large", "forbidden", "not_found"]);

/** Whether files may be said in this room: one whose messages live in memory has none. @param {App} app @param {Room} room */
export const mayAttach = (app, room) => app.chat.attaches && !room.ephemeral;

/** @typedef {import("../ui/app.js").App} App */

/**
 * Sends files up for this room; they stand in the draft as they arrive.
 *
 * @param {App} app
 * @param {Room} room
 * @param {File[]} files
 * @returns {boolean} false when there are more than one message bears
 */
export function take({ drafts, toasts, uploads, words }, room, files) {
  const draft = drafts.of(room.id);
  if (draft.files.length + draft.coming.length + files.length > MOST) {
    toasts.say(words.t("compose.too_many", { n: MOST }), { icon: "circle-alert" });
    return false;
  }
  for (const upload of uploads.add(files, room.id)) {
    drafts.expect(room.id, upload.key);
    upload.done = (entry) => {
      if (entry) drafts.arrived(room.id, upload.key, entry);
      else drafts.forget(room.id, upload.key);
    };
  }
  return true;
}

/** @param {{room: Room}} props */
export function Attach({ room }) {
  const app = useApp();
  const { t } = useWords();
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** @param {any} event */
  const chosen = (event) => {
    take(app, room, Array.from(event.target.files));
    event.target.value = "";
  };
  return html`
    <input type="file" multiple hidden tabindex="-1" ref=${input} onChange=${chosen} />
    <button
      type="button"
      class="button button--quiet button--icon"
      aria-label=${t("chat.attach")}
      title=${t("chat.attach")}
      onClick=${() => input.current?.click()}
    >
      <${Icon} name="paperclip" />
    </button>
  `;
}

/** Files that are dropped on a room are said there. @param {{room: Room}} props */
export function Drop({ room }) {
  const app = useApp();
  const { t } = useWords();
  const [over, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    /** @param {any} event */
    const carries = (event) => Array.from(event.dataTransfer?.types ?? []).includes("Files");
    /** @param {number} change */
    const move = (change) => setOver((depth = Math.max(0, depth + change)) > 0);
    /** @type {Record<string, (event: any) => void>} */
    const heard = {
      dragenter: (event) => carries(event) && move(1),
      dragleave: (event) => carries(event) && move(-1),
      dragover: (event) => carries(event) && event.preventDefault(),
      drop: (event) => {
        move(-depth);
        if (!carries(event)) return;
        event.preventDefault();
        filesOf(event.dataTransfer).then((files) => take(app, room, worthwhile(files)));
      },
    };
    for (const name of Object.keys(heard)) document.addEventListener(name, heard[name]);
    return () => {
      for (const name of Object.keys(heard)) document.removeEventListener(name, heard[name]);
    };
  }, [room.id]);
  return over ? html`<p class="talk__drop"><span><${Icon} name="upload" /> ${t("compose.drop", { room: room.name })}</span></p>` : null;
}

/**
 * Pictures from the clipboard; text is the field's own business.
 *
 * @param {App} app
 * @param {Room} room
 * @param {ClipboardEvent} event
 */
export function pasted(app, room, event) {
  const files = Array.from(event.clipboardData?.files ?? []);
  const text = Array.from(event.clipboardData?.types ?? []).includes("text/plain");
  if (!files.length || text || !mayAttach(app, room)) return;
  event.preventDefault();
  const { format, t } = app.words;
  const moment = format.moment(app.now(), app.now()).replace(":", ".");
  take(app, room, named(files, t("compose.pasted", { date: moment })));
}

/** @param {{room: Room}} props */
export function Attachments({ room }) {
  const { drafts, uploads } = useApp();
  const { t } = useWords();
  useModel(uploads);
  const draft = drafts.of(room.id);
  const coming = uploads.items.filter((one) => draft.coming.includes(one.key));
  if (!coming.length && !draft.files.length) return null;
  return html`<ul class="composer__files" aria-label=${t("compose.files")}>
    ${draft.files.map(
      (file) => html`<li key=${file.id} class="chip">
        <${Icon} name=${fileIcon(file.type)} />
        <span class="chip__text"><span class="cut">${file.name}</span><span class="soft small">${t("compose.ready")}</span></span>
        <${Away} name=${file.name} away=${() => drafts.detach(room.id, file.id)} />
      </li>`,
    )}
    ${coming.map((one) => html`<${Coming} key=${one.key} upload=${one} />`)}
    ${draft.sendWhenThere && html`<li class="soft" role="status">${t("chat.sends_when_there")}</li>`}
  </ul>`;
}

/** @param {{upload: Upload}} props */
function Coming({ upload }) {
  const { uploads } = useApp();
  const { error, t } = useWords();
  const { file, key, state, code, params } = upload;
  const away = () => uploads.cancel(key);
  const icon = html`<${Icon} name=${state === "failed" ? "circle-alert" : fileIcon(file.type)} />`;
  if (state === "failed") {
    return html`<li class="chip chip--failed">
      ${icon}
      <span class="chip__text" role="alert"><span class="cut">${file.name}</span><span class="small">${error(code, params)}</span></span>
      ${!FINAL.has(code) &&
      html`<button type="button" class="button button--quiet" onClick=${() => uploads.retry(key)}>${t("root.retry")}</button>`}
      <${Away} name=${file.name} away=${away} />
    </li>`;
  }
  const percent = Math.round((upload.sent / Math.max(1, file.size)) * 100);
  return html`<li class="chip">
    ${icon}
    <span class="chip__text">
      <span class="cut">${file.name}</span>
      <span
        class="meter"
        role="progressbar"
        aria-label=${file.name}
        aria-valuenow=${percent}
        aria-valuemin="0"
        aria-valuemax="100"
        ><span style=${{ width: `${percent}%` }}></span
      ></span>
    </span>
    <span class="soft numbers small chip__note">${percent} %</span>
    <${Away} name=${file.name} away=${away} />
  </li>`;
}

/** @param {{name: string, away: () => void}} props */
function Away({ name, away }) {
  const { t } = useWords();
  return html`<button type="button" class="button button--quiet button--icon" aria-label=${t("chat.detach", { name })} onClick=${away}>
    <${Icon} name="x" />
  </button>`;
}
