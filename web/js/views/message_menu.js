// @ts-check
/** What can be done with one message: answered, edited, reacted to, copied, deleted. */

import { Dialog } from "../ui/dialog.js";
import { Icon } from "../ui/icon.js";
import { html } from "../ui/preact.js";
import { copied } from "../ui/share.js";
import { askErase } from "./erase_door.js";

/** @typedef {import("../types.js").Message} Message */
/** @typedef {import("../ui/app.js").App} App */
/** @typedef {import("../words.js").Words} Words */

export const QUICK =
  "\u{1F44D} \u{2764}\u{FE0F} \u{1F602} \u{1F62E} \u{1F622} \u{1F64F} \u{1F44F} \u{1F389} \u{1F525} \u{1F44C} \u{1F4AA} \u{1F914} " +
  "\u{1F60A} \u{1F60D} \u{1F60E} \u{1F605} \u{1F621} \u{1F44E} \u{2705} \u{274C} \u{2B50} \u{1F440} \u{1F680} \u{2615}";

/**
 * Asks the box for a deed; what goes wrong is told.
 *
 * @param {App} app
 * @param {Words} words
 * @param {import("../types.js").Frame} frame
 */
export async function ask(app, words, frame) {
  try {
    return await app.chat.link.request(frame);
  } catch (error) {
    const { code = "internal", params = {} } = /** @type {any} */ (error);
    app.toasts.say(words.error(code, params), { icon: "circle-alert" });
    return null;
  }
}

/**
 * @param {App} app
 * @param {Words} words
 * @param {string} room
 * @param {Message} message
 * @param {string} emoji
 */
export function toggle(app, words, room, message, emoji) {
  const me = app.session.me?.id ?? "";
  const mine = message.reactions?.some((one) => one.emoji === emoji && one.users.includes(me));
  return ask(app, words, { type: "react", room, seq: message.seq, emoji, on: !mine });
}

/**
 * @param {App} app
 * @param {Words} words
 * @param {string} room
 * @param {Message} message
 */
export function openMenu(app, words, room, message) {
  /** @param {() => void} close */
  const view = (close) => html`<${Menu} app=${app} words=${words} room=${room} message=${message} close=${close} />`;
  app.dialogs.open(view);
}

/** Whether the person may take away what others wrote here. @param {App} app @param {string} room */
export function moderates(app, room) {
  const role = app.chat.rooms.get(room)?.role;
  return app.session.administrator || role === "owner" || role === "moderator";
}

/** @param {{app: App, words: Words, room: string, message: Message, close: () => void}} props */
function Menu({ app, words, room, message, close }) {
  const { t } = words;
  const own = message.from.id === app.session.me?.id;
  /** @param {() => void} run */
  const done = (run) => () => {
    close();
    run();
  };
  const write = () => document.querySelector(".composer__text");
  const reply = done(() => {
    app.drafts.reply(room, message);
    /** @type {HTMLElement | null} */ (write())?.focus();
  });
  const edit = done(() => {
    app.drafts.edit(room, message);
    /** @type {HTMLElement | null} */ (write())?.focus();
  });
  const copy = done(() => void (copied(message.body) && app.toasts.say(t("talk.copied"))));
  const report = done(async () => {
    const frame = { type: "report", room, user: message.from.id, seq: message.seq, reason: "" };
    if (await ask(app, words, frame)) app.toasts.say(t("talk.reported"));
  });
  /** @param {() => void} shut */
  const sure = (shut) => html`<${Sure} app=${app} words=${words} room=${room} message=${message} close=${shut} />`;
  return html`<${Dialog} title=${t("talk.more")} close=${close}>
    <div class="emojis" role="group" aria-label=${t("talk.react")}>
      ${QUICK.split(" ").map(
        (emoji, at) => html`<button
          type="button"
          key=${emoji}
          class="emoji"
          data-first=${at === 0 ? "" : null}
          aria-label=${t("talk.react_with", { emoji })}
          onClick=${done(() => toggle(app, words, room, message, emoji))}
        >
          ${emoji}
        </button>`,
      )}
    </div>
    <div class="deeds">
      <${Deed} icon="arrow-left" label=${t("talk.reply")} run=${reply} />
      ${own && html`<${Deed} icon="pencil" label=${t("talk.edit")} run=${edit} />`}
      ${message.body && html`<${Deed} icon="copy" label=${t("talk.copy")} run=${copy} />`}
      ${!own && html`<${Deed} icon="circle-alert" label=${t("talk.report")} run=${report} />`}
      ${(own || moderates(app, room)) &&
      html`<${Deed} icon="trash-2" label=${t("talk.delete")} run=${() => app.dialogs.open(sure)} danger />`}
    </div>
  <//>`;
}

/** @param {{icon: string, label: string, run: () => void, danger?: boolean}} props */
export function Deed({ icon, label, run, danger = false }) {
  return html`<button type="button" class=${danger ? "deed deed--danger" : "deed"} onClick=${run}>
    <${Icon} name=${icon} /><span>${label}</span>
  </button>`;
}

/** @param {{app: App, words: Words, room: string, message: Message, close: () => void}} props */
function Sure({ app, words, room, message, close }) {
  const { t } = words;
  const erase = () => {
    close();
    ask(app, words, { type: "delete", room, seqs: [message.seq] });
  };
  const forGood = () =>
    askErase(app, {
      kind: "message",
      path: `/api/rooms/${encodeURIComponent(room)}/messages/${message.seq}`,
      name: message.body.slice(0, 80),
      files: Boolean(message.files?.length),
    });
  const saved = app.session.status?.stable && app.session.status.stable.saved_at > message.ts;
  return html`<${Dialog} title=${t("talk.delete_ask")} close=${close}>
    <p>${t("talk.delete_says")}</p>
    ${saved && html`<p>${t("talk.delete_saved")}</p>`}
    <div class="buttons buttons--end">
      <button type="button" class="button" data-first onClick=${close}>${t("talk.keep")}</button>
      ${app.session.may("erase") &&
      !app.chat.rooms.get(room)?.ephemeral &&
      html`<button type="button" class="button" onClick=${forGood}>${t("files.erase")}</button>`}
      <button type="button" class="button button--danger" onClick=${erase}>${t("talk.delete")}</button>
    </div>
  <//>`;
}
