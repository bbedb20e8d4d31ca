// @ts-check
/** What a bubble is made of: its text, what it answers, its reactions, how far it got. */

import { names as isCalled } from "../models/mentions.js";
import { blocks, plain } from "../models/text.js";
import { Icon } from "../ui/icon.js";
import { html, useEffect } from "../ui/preact.js";
import { toggle } from "./message_menu.js";

/** @typedef {import("../types.js").Message} Message */
/** @typedef {import("../ui/app.js").App} App */
/** @typedef {import("../words.js").Words} Words */
/** @typedef {import("../models/text.js").Part} Part */
/** @typedef {import("../models/text.js").Block} Block */

const QUOTED = 120;

/** `me`: one's own user name, where the message calls it. @param {{body: string, calls: boolean, me: string, deleted: string}} props */
export function Text({ body, calls, me, deleted }) {
  if (deleted) return html`<p class="bubble__text soft"><em>${deleted}</em></p>`;
  if (!body) return null;
  return html`<div class="bubble__text" dir="auto">${blocks(body, calls).map((one) => block(one, me))}</div>`;
}

/** @param {Block} one @param {string} me */
function block(one, me) {
  /** @param {Part} piece @returns {any} */
  const part = (piece) => partOf(piece, me);
  if (one.kind === "code") return html`<pre tabindex="0"><code>${one.text}</code></pre>`;
  if (one.kind === "lines") return html`<p>${one.parts.map(part)}</p>`;
  const items = one.items.map((item) => html`<li>${item.map(part)}</li>`);
  return one.ordered ? html`<ol>${items}</ol>` : html`<ul>${items}</ul>`;
}

/** @param {Part} one @param {string} me @returns {any} */
function partOf(one, me) {
  if (one.kind === "text") return one.text;
  if (one.kind === "code") return html`<code>${one.text}</code>`;
  if (one.kind === "mention") {
    return html`<span class=${me && isCalled(one.text, me) ? "mention mention--me" : "mention"}>${one.text}</span>`;
  }
  if (one.kind === "strong") return html`<strong>${one.parts.map((inside) => partOf(inside, me))}</strong>`;
  if (one.kind === "em") return html`<em>${one.parts.map((inside) => partOf(inside, me))}</em>`;
  const link = /** @type {{text: string, href: string}} */ (one);
  return html`<a href=${link.href} target="_blank" rel="noopener noreferrer">${link.text}</a>`;
}

/** @param {{seq: number, room: string, app: App, words: Words}} props */
export function Quote({ seq, room, app, words }) {
  const { t } = words;
  const said = app.chat.conversation(room).said(seq);
  useEffect(() => {
    if (said === undefined) app.chat.pages.quoted(room, seq);
  }, [said]);
  const go = () => app.chat.around(room, seq).catch(() => {});
  const text = said ? plain(said.body).slice(0, QUOTED) || said.files?.[0]?.name || t("chat.deleted") : t("talk.quote_gone");
  return html`<button type="button" class="quote" onClick=${go}>
    <span class="only-heard">${t("talk.in_reply", { name: said?.from.name ?? t("talk.somebody") })}</span>
    ${said && html`<span class="quote__name" aria-hidden="true">${said.from.name}</span>`}
    <span class="quote__text cut">${text}</span>
  </button>`;
}

/** @param {{message: Message, room: string, app: App, words: Words}} props */
export function Reactions({ message, room, app, words }) {
  const { reactions } = message;
  if (!reactions || !reactions.length) return null;
  const { t } = words;
  const me = app.session.me?.id ?? "";
  return html`<div class="reactions">
    ${reactions.map(({ emoji, users }) => {
      const label = t("talk.reacted", { emoji, n: users.length, names: names(users, room, app, words) });
      const mine = users.includes(me);
      return html`<button
        type="button"
        key=${emoji}
        class="reaction"
        aria-pressed=${mine ? "true" : "false"}
        aria-label=${label}
        title=${label}
        onClick=${() => toggle(app, words, room, message, emoji)}
      >
        <span aria-hidden="true">${emoji}</span><span class="numbers">${users.length}</span>
      </button>`;
    })}
  </div>`;
}

/** @param {string[]} users @param {string} room @param {App} app @param {Words} words */
function names(users, room, app, words) {
  const me = app.session.me?.id;
  const known = app.chat.rooms.members.get(room) ?? [];
  const messages = app.chat.conversation(room).messages;
  const found = users.map((id) => {
    if (id === me) return words.t("chat.you");
    const one = known.find((member) => member.id === id) ?? messages.find((said) => said.from.id === id)?.from;
    return one?.name ?? words.t("talk.somebody");
  });
  return found.join(", ");
}

/** @param {{seq: number, room: string, app: App, words: Words}} props */
export function Tick({ seq, room, app, words }) {
  const { t } = words;
  const { delivered, read, of } = app.chat.rooms.reach(room, seq, app.session.me?.id ?? "");
  const all = of > 0 && delivered >= of;
  let label = seq ? words.t("chat.sent") : words.t("chat.pending");
  if (seq && delivered) label = t("talk.delivered", { n: delivered, of });
  if (seq && read) label = t("talk.read", { n: read, of });
  const seen = seq && of > 0 && read >= of;
  return html`<span class=${seen ? "tick tick--read" : "tick"} title=${label}>
    <${Icon} name=${seq ? "check" : "clock"} />${seq && all ? html`<${Icon} name="check" />` : null}
    <span class="only-heard">${label}</span>
  </span>`;
}
