// @ts-check
/** Where one writes. Never disabled: without a line to the box the message waits in the outbox. */

import { useApp, useWords } from "../ui/app.js";
import { useId } from "../ui/form.js";
import { Icon } from "../ui/icon.js";
import { Editing } from "./composer_head.js";
import { useCalls } from "./mention_list.js";
import { ask } from "./message_menu.js";
import { html, useEffect, useLayoutEffect, useModel, useRef } from "../ui/preact.js";

/** @typedef {import("../types.js").Room} Room */

const coarse = () => window.matchMedia("(pointer: coarse)").matches;

/** @param {{room: Room}} props */
export function Composer({ room }) {
  const app = useApp();
  const words = useWords();
  const { t } = words;
  const id = useId("say");
  const box = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  useModel(app.drafts);
  const calls = useCalls(room, box, `${id}-calls`);
  const draft = app.drafts.of(room.id);
  useLayoutEffect(() => grow(/** @type {HTMLTextAreaElement} */ (box.current)), [draft.text]);
  useEffect(() => {
    if (!coarse()) box.current?.focus();
  }, []);
  const change = async () => {
    const { editing, text } = draft;
    if (!editing || !text.trim() || tooLong > 0) return;
    const same = text.trim() === editing.body;
    const frame = { type: "edit", room: room.id, seq: editing.seq, body: text.trim() };
    if (same || (await ask(app, words, frame))) app.drafts.edit(room.id, null);
  };
  const last = () => {
    const { messages } = app.chat.conversation(room.id);
    return messages.filter((one) => one.from.id === app.session.me?.id && !one.deleted && one.body).pop();
  };
  const tooLong = draft.text.length - app.chat.longest;
  const send = () => {
    if (draft.editing) change();
    else if (tooLong <= 0) app.drafts.post(room.id);
    box.current?.focus();
  };
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    send();
  };
  /** @param {KeyboardEvent} event */
  const keydown = (event) => {
    if (calls.keydown(event)) return;
    if (event.key === "Escape" && (draft.editing || draft.reply)) app.drafts.edit(room.id, null);
    const own = event.key === "ArrowUp" && !draft.text && !event.isComposing ? last() : undefined;
    if (own) {
      event.preventDefault();
      app.drafts.edit(room.id, own);
    }
    // 229: an input method is still composing a character.
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    const always = event.ctrlKey || event.metaKey;
    if (!always && (event.shiftKey || event.altKey || coarse())) return;
    event.preventDefault();
    send();
  };
  /** @param {any} event */
  const input = (event) => {
    app.drafts.write(room.id, event.target.value);
    calls.moved();
    if (event.target.value) app.chat.typing(room.id);
  };
  return html`<form class="composer" onSubmit=${submit}>
    <${Editing} room=${room} />
    <${Attachments} room=${room} />
    ${tooLong > 0 && html`<p class="composer__note" role="alert">${t("chat.too_long", { n: tooLong })}</p>`}
    ${calls.list}
    <div class="composer__row">
      ${app.session.may("upload") && html`<${Attach} room=${room} />`}
      <label class="only-heard" for=${id}>${t("chat.message_to", { room: room.name })}</label>
      <textarea
        id=${id}
        class="composer__text"
        rows="1"
        dir="auto"
        enterkeyhint=${coarse() ? "enter" : "send"}
        placeholder=${t("chat.write")}
        value=${draft.text}
        ref=${box}
        ...${calls.field}
        onInput=${input}
        onKeyDown=${keydown}
      ></textarea>
      <button class="button button--main button--icon" aria-label=${t("chat.send")}><${Icon} name="send-horizontal" /></button>
    </div>
  </form>`;
}

/** As high as its text, up to what the style allows. @param {HTMLTextAreaElement} box */
function grow(box) {
  const row = /** @type {HTMLElement} */ (box.parentElement);
  // Held while it is measured: the conversation above must not move.
  row.style.minHeight = `${row.offsetHeight}px`;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
  row.style.minHeight = "";
}

/** @param {{room: Room}} props */
function Attach({ room }) {
  const { uploads, drafts } = useApp();
  const { t } = useWords();
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** @param {any} event */
  const chosen = (event) => {
    for (const upload of uploads.add(event.target.files)) {
      drafts.expect(room.id, upload.key);
      upload.done = (entry) => {
        if (entry) drafts.arrived(room.id, upload.key, entry);
        else drafts.forget(room.id, upload.key);
      };
    }
    event.target.value = "";
  };
  return html`
    <input type="file" multiple hidden tabindex="-1" ref=${input} onChange=${chosen} />
    <button
      type="button"
      class="button button--quiet button--icon"
      aria-label=${t("chat.attach")}
      onClick=${() => input.current?.click()}
    >
      <${Icon} name="paperclip" />
    </button>
  `;
}

/** @param {{room: Room}} props */
function Attachments({ room }) {
  const { drafts, uploads } = useApp();
  const { t, error } = useWords();
  useModel(uploads);
  const draft = drafts.of(room.id);
  const coming = uploads.items.filter((one) => draft.coming.includes(one.key));
  if (!coming.length && !draft.files.length) return null;
  return html`<ul class="composer__files">
    ${draft.files.map(
      (file) => html`<${Chip} key=${file.id} name=${file.name} note="" away=${() => drafts.detach(room.id, file.id)} />`,
    )}
    ${coming.map((one) => {
      const percent = `${Math.round((one.sent / Math.max(1, one.file.size)) * 100)} %`;
      const note = one.state === "failed" ? error(one.code, one.params) : percent;
      return html`<${Chip} key=${one.key} name=${one.file.name} note=${note} away=${() => uploads.cancel(one.key)} />`;
    })}
    ${draft.sendWhenThere && html`<li class="soft" role="status">${t("chat.sends_when_there")}</li>`}
  </ul>`;
}

/** @param {{name: string, note: string, away: () => void}} props */
function Chip({ name, note, away }) {
  const { t } = useWords();
  return html`<li class="chip">
    <span class="cut">${name}</span>${note && html`<span class="soft numbers chip__note">${note}</span>`}
    <button type="button" class="button button--quiet button--icon" aria-label=${t("chat.detach", { name })} onClick=${away}>
      <${Icon} name="x" />
    </button>
  </li>`;
}
