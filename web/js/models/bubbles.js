// @ts-check
/** How a conversation is laid out: day lines, groups of bubbles, quiet notices. Pure. */

import { midnight } from "./format.js";

/** @typedef {import("../types.js").Message} Message */
/** @typedef {import("../types.js").Outgoing} Outgoing */
/** @typedef {import("./conversation.js").Notice} Notice */
/** @typedef {{kind: "day", key: string, ts: number}} DayRow */
/** @typedef {{kind: "unread", key: string}} UnreadRow */
/** @typedef {{kind: "notice", key: string, came: string[], gone: string[]}} NoticeRow */
/**
 * @typedef {{kind: "message", key: string, own: boolean, first: boolean, last: boolean, ts: number,
 *   message: Message | null, outgoing: Outgoing | null}} MessageRow
 */
/** @typedef {DayRow | UnreadRow | NoticeRow | MessageRow} Row */

const GROUP_MS = 5 * 60_000;

/**
 * @param {{messages: Message[], outgoing: Outgoing[], notices: Notice[], unreadAfter: number, me: string}} view
 * @returns {Row[]}
 */
export function rows(view) {
  /** @type {Row[]} */
  const found = [];
  const state = { day: NaN, marked: false };
  const notices = view.notices.slice();
  // The line stands where the unread begins, not where a later part of the room does.
  const whole = view.unreadAfter > 0 && view.messages.length > 0 && view.unreadAfter >= view.messages[0].seq - 1;
  for (const message of view.messages) {
    const own = message.from.id === view.me;
    notice(found, notices, message.seq - 1);
    day(found, state, message.ts);
    if (!state.marked && !own && message.seq > view.unreadAfter && whole) {
      found.push({ kind: "unread", key: "unread" });
      state.marked = true;
    }
    const key = own && message.cid ? message.cid : `m${message.seq}`;
    found.push({ kind: "message", key, own, first: true, last: true, ts: message.ts, message, outgoing: null });
  }
  notice(found, notices, Infinity);
  for (const outgoing of view.outgoing) {
    day(found, state, outgoing.ts);
    const { cid, ts } = outgoing;
    found.push({ kind: "message", key: cid, own: true, first: true, last: true, ts, message: null, outgoing });
  }
  return grouped(found);
}

/**
 * @param {Row[]} found
 * @param {{day: number}} state
 * @param {number} ts
 */
function day(found, state, ts) {
  const start = midnight(ts);
  if (start === state.day) return;
  state.day = start;
  found.push({ kind: "day", key: `d${start}`, ts });
}

/**
 * Everybody who came or went at one place of the conversation is one line; who did both is none.
 *
 * @param {Row[]} found
 * @param {Notice[]} notices in order; those that are used are taken out
 * @param {number} upTo
 */
function notice(found, notices, upTo) {
  /** @type {Map<string, {name: string, moves: boolean[]}>} */
  const people = new Map();
  let after = 0;
  while (notices.length && notices[0].after <= upTo) {
    const one = /** @type {Notice} */ (notices.shift());
    after = one.after;
    const seen = people.get(one.person.id) ?? { name: one.person.name, moves: [] };
    seen.moves.push(one.here);
    people.set(one.person.id, seen);
  }
  const net = Array.from(people.values()).filter((one) => one.moves.length % 2 === 1);
  if (!net.length) return;
  /** @param {boolean} here */
  const names = (here) => net.filter((one) => one.moves[one.moves.length - 1] === here).map((one) => one.name);
  found.push({ kind: "notice", key: `n${after}`, came: names(true), gone: names(false) });
}

/** @param {Row[]} found */
function grouped(found) {
  for (let at = 1; at < found.length; at++) {
    const before = found[at - 1];
    const row = found[at];
    if (before.kind !== "message" || row.kind !== "message" || !together(before, row)) continue;
    before.last = false;
    row.first = false;
  }
  return found;
}

/**
 * @param {MessageRow} before
 * @param {MessageRow} row
 */
function together(before, row) {
  if (before.own !== row.own || row.ts - before.ts > GROUP_MS) return false;
  return row.own || (before.message !== null && before.message.from.id === row.message?.from.id);
}
