// @ts-check
/** The messages of a room: a window of them, and the way to its end. */

import { rows } from "../models/bubbles.js";
import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Empty, Waiting } from "../ui/parts.js";
import { html, useMemo, useModel } from "../ui/preact.js";
import { useScroll } from "./log_scroll.js";
import { Row } from "./message.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../models/conversation.js").Conversation} Conversation */

/** @param {{room: Room, conversation: Conversation}} props */
export function MessageLog({ room, conversation }) {
  const app = useApp();
  const words = useWords();
  useModel(app.outbox, app.chat.rooms);
  const me = app.session.me?.id ?? "";
  const { messages, notices, unreadAfter, atEnd } = conversation;
  const { entries } = app.outbox;
  const outgoing = useMemo(() => app.outbox.of(room.id), [entries]);
  const laid = useMemo(
    // What is on its way stands at the end of the room, wherever the window is.
    () => rows({ messages, notices, unreadAfter, me, outgoing: atEnd ? outgoing : [] }),
    [messages, notices, unreadAfter, outgoing, atEnd, me],
  );
  const quiet = conversation.atStart && !laid.some((row) => row.kind === "message");
  const scroll = useScroll(room, conversation, outgoing.length);
  const down = () => {
    scroll.toEnd();
    scroll.box.current?.focus({ preventScroll: true });
  };
  const edge = conversation.loadingNewer ? "log__busy log__busy--down" : "log__busy";
  return html`<div class="log-frame">
    ${conversation.busy && html`<div class=${edge}><${Waiting} label=${words.t("wait.loading")} /></div>`}
    <div
      class="log"
      role="log"
      tabindex="0"
      aria-label=${words.t("chat.log", { room: room.name })}
      aria-busy=${conversation.busy ? "true" : "false"}
      aria-live=${conversation.silent ? "off" : "polite"}
      ref=${scroll.box}
      onScroll=${scroll.moved}
    >
      ${quiet && html`<${Nothing} room=${room} />`}
      <div class="log__rows">
        ${laid.map((row) => html`<${Row} key=${row.key} row=${row} room=${room.id} app=${app} words=${words} />`)}
      </div>
    </div>
    ${scroll.away &&
    html`<button type="button" class="button log__down" onClick=${down}>
      <${Icon} name="arrow-down" />${room.unread ? words.t("chat.new", { n: room.unread }) : words.t("chat.to_end")}
    </button>`}
  </div>`;
}

/** @param {{room: Room}} props */
function Nothing({ room }) {
  const { t } = useWords();
  return html`<${Empty} icon="message-circle" title=${t("chat.empty", { room: room.name })}>
    <p>${t("chat.empty_hint")}</p>
  <//>`;
}
