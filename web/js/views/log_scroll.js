// @ts-check
/** How a conversation scrolls: at the end it follows; elsewhere what is before the eyes stays there. */

import { MOST } from "../models/conversation.js";
import { useApp } from "../ui/app.js";
import { useEffect, useLayoutEffect, useRef, useState } from "../ui/preact.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../models/conversation.js").Conversation} Conversation */
/**
 * @typedef {{stick: boolean, going: boolean, placed: boolean, anchor: Element | null, top: number, sending: number,
 *   left: Element | null}} Place `going`: to the end, which is still to come; `left`: what last had the focus here
 */

const NEAR_BOTTOM = 100;
const NEAR_EDGE = 400;
const SEEN_EVERY_MS = 1_000;
// So long after history came in a screen reader has had its chance to read it, and was not asked to.
const HUSH_MS = 600;

/**
 * @param {Room} room
 * @param {Conversation} conversation
 * @param {number} outgoing how many of one's own messages are on their way
 */
export function useScroll(room, conversation, outgoing) {
  const { chat } = useApp();
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const place = useRef(
    /** @type {Place} */ ({ stick: true, going: false, placed: false, anchor: null, top: 0, sending: outgoing, left: null }),
  );
  const [away, setAway] = useState(false);
  const log = () => /** @type {HTMLElement} */ (box.current);
  const seen = useSeen(room, conversation, place.current, log);

  const looked = () => {
    const was = place.current;
    const left = log().scrollHeight - log().scrollTop - log().clientHeight;
    was.stick = conversation.atEnd && left < NEAR_BOTTOM;
    conversation.follow(was.stick);
    setAway(!was.stick);
    anchor(log(), was);
    conversation.place = seqOf(was.anchor);
    seen();
    const [up, down] = [log().scrollTop < NEAR_EDGE, left < NEAR_EDGE];
    // A screen that shows the whole window would load one end and lose the other without end.
    if (up && down && conversation.messages.length >= MOST) return;
    if (up) chat.pages.older(room.id);
    if (down) chat.pages.newer(room.id);
  };
  const toEnd = () => {
    place.current.going = !conversation.atEnd;
    if (conversation.atEnd) log().scrollTop = log().scrollHeight;
    else chat.pages.latest(room.id).catch(() => void (place.current.going = false));
  };
  useLayoutEffect(() => {
    const was = place.current;
    const mine = outgoing > was.sending;
    was.sending = outgoing;
    if (was.going && conversation.atEnd) Object.assign(was, { going: false, stick: true });
    if (was.placed) hold(log(), was);
    else begin(log(), was);
    if (conversation.wanted) jump(log(), conversation, was);
    else if (mine && !was.stick) toEnd();
    // Who was on something that is gone is not thrown to the beginning of the page.
    const nowhere = !document.activeElement || document.activeElement === document.body;
    if (nowhere && was.left && !document.contains(was.left)) log().focus({ preventScroll: true });
    looked();
  }, [conversation.messages, conversation.notices, conversation.busy, conversation.wanted, outgoing]);
  useEffect(() => {
    // Pictures get their size, the keyboard of a phone takes a part: nothing moves under the eyes.
    const observer = new ResizeObserver(() => hold(log(), place.current));
    observer.observe(log());
    /** @param {any} event */
    const reached = (event) => void (place.current.left = event.target);
    log().addEventListener("focusin", reached);
    observer.observe(/** @type {Element} */ (log().querySelector(".log__rows")));
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (!conversation.silent || conversation.busy) return undefined;
    const timer = setTimeout(() => conversation.speak(), HUSH_MS);
    return () => clearTimeout(timer);
  }, [conversation.silent, conversation.busy]);
  return { box, moved: looked, away, toEnd };
}

/**
 * Tells the box how far the person has read: the end at once, a part of it now and then.
 *
 * @param {Room} room
 * @param {Conversation} conversation
 * @param {Place} was
 * @param {() => HTMLElement} log
 */
function useSeen(room, conversation, was, log) {
  const { chat } = useApp();
  const later = useRef(0);
  const seen = () => {
    if (document.visibilityState !== "visible") return;
    if (was.stick) chat.seen(room.id);
    else if (!later.current) {
      later.current = window.setTimeout(() => {
        later.current = 0;
        const last = lastShown(log());
        if (last) chat.seen(room.id, Math.min(last, conversation.newest));
      }, SEEN_EVERY_MS);
    }
  };
  useEffect(() => {
    document.addEventListener("visibilitychange", seen);
    return () => {
      document.removeEventListener("visibilitychange", seen);
      window.clearTimeout(later.current);
    };
  }, []);
  return seen;
}

/** @param {HTMLElement} log */
const bubbles = (log) => Array.from(log.querySelectorAll(".bubble"));

/** @param {Element | null | undefined} bubble */
const seqOf = (bubble) => Number((bubble && bubble.getAttribute("data-seq")) ?? 0);

/** The last message whose end is before the eyes. @param {HTMLElement} log */
function lastShown(log) {
  const bottom = log.getBoundingClientRect().bottom + 4;
  const shown = bubbles(log).filter((one) => one.getBoundingClientRect().bottom <= bottom);
  return seqOf(shown[shown.length - 1]);
}

/** Remembers the first message before the eyes, and where it stands. @param {HTMLElement} log @param {Place} was */
function anchor(log, was) {
  const top = log.getBoundingClientRect().top;
  const all = log.querySelectorAll(".bubble");
  let [low, high] = [0, all.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all[middle].getBoundingClientRect().bottom > top) high = middle;
    else low = middle + 1;
  }
  was.anchor = all[low] ?? null;
  was.top = was.anchor ? was.anchor.getBoundingClientRect().top - top : 0;
}

/** After a change: the end stays the end, and elsewhere that message its place. @param {HTMLElement} log @param {Place} was */
function hold(log, was) {
  if (was.stick) {
    log.scrollTop = log.scrollHeight;
    return;
  }
  if (was.anchor && !log.contains(was.anchor)) {
    // It is gone: the next one that is left takes its place.
    const seq = seqOf(was.anchor);
    was.anchor = bubbles(log).find((one) => seqOf(one) > seq) ?? null;
  }
  if (!was.anchor) return;
  const moved = was.anchor.getBoundingClientRect().top - log.getBoundingClientRect().top - was.top;
  if (Math.abs(moved) >= 1) log.scrollTop += moved;
}

/** The first look at a room: where the unread begins, or its end. @param {HTMLElement} log @param {Place} was */
function begin(log, was) {
  const line = log.querySelector(".line--unread");
  log.scrollTop = log.scrollHeight;
  if (line) log.scrollTop += line.getBoundingClientRect().top - log.getBoundingClientRect().top - 80;
  was.placed = true;
}

/**
 * To the message that a quote or a search points at.
 *
 * @param {HTMLElement} log
 * @param {Conversation} conversation
 * @param {Place} was
 */
function jump(log, conversation, was) {
  const found = /** @type {HTMLElement | null} */ (log.querySelector(`[data-seq="${conversation.wanted}"]`));
  if (!found) return;
  conversation.wanted = 0;
  was.stick = was.going = false;
  log.scrollTop += found.getBoundingClientRect().top - log.getBoundingClientRect().top - log.clientHeight / 3;
  found.classList.remove("bubble--found");
  void found.offsetWidth; // so that the mark begins anew
  found.classList.add("bubble--found");
  const more = /** @type {HTMLElement | null} */ (found.querySelector(".bubble__more"));
  more?.focus({ preventScroll: true });
}
