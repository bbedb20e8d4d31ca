// @ts-check
/** The messages of a room and how they scroll: at the bottom it follows, elsewhere nothing moves. */

import { rows } from "../models/bubbles.js";
import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Empty, Waiting } from "../ui/parts.js";
import { html, useEffect, useLayoutEffect, useMemo, useModel, useRef, useState } from "../ui/preact.js";
import { Row } from "./message.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../models/conversation.js").Conversation} Conversation */

const NEAR_BOTTOM = 100;
const NEAR_TOP = 400;

/** @param {{room: Room, conversation: Conversation}} props */
export function MessageLog({ room, conversation }) {
  const app = useApp();
  const words = useWords();
  useModel(app.outbox, app.chat.rooms);
  const me = app.session.me?.id ?? "";
  const { messages, notices, unreadAfter } = conversation;
  const { entries } = app.outbox;
  const laid = useMemo(
    () => rows({ messages, notices, unreadAfter, me, outgoing: app.outbox.of(room.id) }),
    [messages, notices, unreadAfter, entries, me],
  );
  const quiet = conversation.atStart && !laid.some((row) => row.kind === "message");
  const scroll = useScroll(room, conversation, laid.length);
  return html`<div class="log-frame">
    <div
      class="log"
      role="log"
      tabindex="0"
      aria-label=${words.t("chat.log", { room: room.name })}
      aria-busy=${conversation.loadingOlder ? "true" : "false"}
      ref=${scroll.box}
      onScroll=${scroll.moved}
    >
      ${conversation.loadingOlder && html`<${Waiting} label=${words.t("wait.loading")} />`}
      ${quiet && html`<${Nothing} room=${room} />`}
      <div class="log__rows">
        ${laid.map((row) => html`<${Row} key=${row.key} row=${row} room=${room.id} app=${app} words=${words} />`)}
      </div>
    </div>
    ${scroll.away &&
    html`<button type="button" class="button log__down" onClick=${scroll.toEnd}>
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

/**
 * @param {Room} room
 * @param {Conversation} conversation
 * @param {number} count
 */
function useScroll(room, conversation, count) {
  const { chat } = useApp();
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const was = useRef({ height: 0, oldest: 0, stick: true, placed: false });
  const [away, setAway] = useState(false);

  const seen = () => {
    if (was.current.stick && document.visibilityState === "visible") chat.seen(room.id);
  };
  useLayoutEffect(() => {
    const log = /** @type {HTMLElement} */ (box.current);
    place(log, was.current, conversation);
    seen();
    if (conversation.wanted) jump(log, conversation, was.current);
  }, [count, conversation.messages, conversation.loadingOlder, conversation.wanted]);
  useEffect(() => {
    const log = /** @type {HTMLElement} */ (box.current);
    // The keyboard of a phone makes the log shorter: whoever read the end still wants to.
    const observer = new ResizeObserver(() => {
      if (was.current.stick) log.scrollTop = log.scrollHeight;
    });
    observer.observe(log);
    document.addEventListener("visibilitychange", seen);
    return () => {
      observer.disconnect();
      document.removeEventListener("visibilitychange", seen);
    };
  }, []);
  const moved = () => {
    const log = /** @type {HTMLElement} */ (box.current);
    const left = log.scrollHeight - log.scrollTop - log.clientHeight;
    was.current.stick = left < NEAR_BOTTOM;
    setAway(!was.current.stick);
    if (was.current.stick) {
      conversation.trim();
      seen();
    }
    if (log.scrollTop < NEAR_TOP) chat.older(room.id);
  };
  const toEnd = () => {
    const log = /** @type {HTMLElement} */ (box.current);
    log.scrollTop = log.scrollHeight;
    log.focus({ preventScroll: true });
  };
  return { box, moved, away, toEnd };
}

/**
 * To the message that a quote or a search points at.
 *
 * @param {HTMLElement} log
 * @param {Conversation} conversation
 * @param {{stick: boolean}} was
 */
function jump(log, conversation, was) {
  const found = /** @type {HTMLElement | null} */ (log.querySelector(`[data-seq="${conversation.wanted}"]`));
  if (!found) return;
  conversation.wanted = 0;
  was.stick = false;
  log.scrollTop = found.offsetTop - log.clientHeight / 3;
  found.classList.remove("bubble--found");
  void found.offsetWidth; // so that the mark begins anew
  found.classList.add("bubble--found");
  const more = /** @type {HTMLElement | null} */ (found.querySelector(".bubble__more"));
  more?.focus({ preventScroll: true });
}

/**
 * After a change: the end stays the end; older messages above push nothing; the first time what is unread shows.
 *
 * @param {HTMLElement} log
 * @param {{height: number, oldest: number, stick: boolean, placed: boolean}} was
 * @param {Conversation} conversation
 */
function place(log, was, conversation) {
  const older = was.placed && conversation.oldest < was.oldest;
  const line = was.placed ? null : /** @type {HTMLElement | null} */ (log.querySelector(".line--unread"));
  if (older) log.scrollTop += log.scrollHeight - was.height;
  else if (line) log.scrollTop = line.offsetTop - 80;
  else if (was.stick) log.scrollTop = log.scrollHeight;
  if (line) was.stick = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_BOTTOM;
  was.height = log.scrollHeight;
  was.oldest = conversation.oldest;
  was.placed = true;
}
