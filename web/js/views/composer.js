// @ts-check
/** Where one writes. Never disabled: without a line to the box the message waits in the outbox. */

import { useApp, useWords } from "../ui/app.js";
import { useId } from "../ui/form.js";
import { Icon } from "../ui/icon.js";
import { Attach, Attachments, Drop, mayAttach, pasted, take } from "./composer_files.js";
import { Editing } from "./composer_head.js";
import { useCalls } from "./mention_list.js";
import { ask } from "./message_menu.js";
import { html, useEffect, useLayoutEffect, useModel, useRef, useState } from "../ui/preact.js";
import { VoiceButton, VoiceRow } from "./voice.js";

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
  const [voice, setVoice] = useState(/** @type {any} */ (null));
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
  const attaches = mayAttach(app, room) && !draft.editing;
  const empty = !draft.text && !draft.files.length && !draft.coming.length;
  /** @param {File | null} file @param {boolean} now */
  const spoken = (file, now) => {
    setVoice(null);
    box.current?.focus();
    if (file && take(app, room, [file]) && now) app.drafts.post(room.id);
  };
  return html`<form class="composer" onSubmit=${submit} onPaste=${(/** @type {ClipboardEvent} */ event) => pasted(app, room, event)}>
    <${Editing} room=${room} />
    <${Attachments} room=${room} />
    ${attaches && html`<${Drop} room=${room} />`}
    ${tooLong > 0 && html`<p class="composer__note" role="alert">${t("chat.too_long", { n: tooLong })}</p>`}
    ${calls.list}
    ${voice && html`<${VoiceRow} ...${voice} done=${spoken} />`}
    <div class="composer__row" hidden=${Boolean(voice)}>
      ${attaches && html`<${Attach} room=${room} />`}
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
      ${attaches &&
      empty &&
      html`<${VoiceButton}
        began=${(/** @type {any} */ recording, /** @type {boolean} */ held) => setVoice({ recording, held })}
        take=${(/** @type {File[]} */ files) => take(app, room, files)}
      />`}
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
