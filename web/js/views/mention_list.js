// @ts-check
/** The list that opens while somebody writes @: by keyboard, by finger, told to whoever listens. */

import { callable, callAt, called } from "../models/mentions.js";
import { useApp, useWords } from "../ui/app.js";
import { Avatar } from "../ui/parts.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "../ui/preact.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../models/mentions.js").Callable} Callable */

const ASK_AFTER_MS = 150;
// The one call that a person closed the list of; -1: none.
const NONE = -1;

/**
 * @param {Room} room
 * @param {{current: HTMLTextAreaElement | null}} box where one writes
 * @param {string} id of the list
 */
export function useCalls(room, box, id) {
  const { chat, drafts, session } = useApp();
  const [caret, setCaret] = useState(NONE);
  const [chosen, choose] = useState(0);
  const [closed, close] = useState(NONE);
  const wanted = useRef(NONE);
  const { text } = drafts.of(room.id);
  const call = caret === NONE ? null : callAt(text, caret);
  const asked = useAsked(room, call ? call.word : null);
  const members = /** @type {Callable[]} */ (chat.rooms.members.get(room.id) ?? []);
  const open = call !== null && call.from !== closed;
  const options = open ? callable(members.concat(asked), call.word, session.me?.id ?? "") : [];
  const at = Math.min(chosen, options.length - 1);
  useLayoutEffect(() => {
    if (wanted.current === NONE) return;
    box.current?.setSelectionRange(wanted.current, wanted.current);
    wanted.current = NONE;
  }, [text]);

  const moved = () => {
    const there = box.current;
    const now = there && there.selectionStart === there.selectionEnd ? there.selectionStart : NONE;
    if (now !== caret) choose(0);
    setCaret(now);
    if (closed !== NONE && (!there || callAt(there.value, now)?.from !== closed)) close(NONE);
  };
  /** @param {Callable} one */
  const take = (one) => {
    if (!call) return;
    const next = called(text, call, one.username ?? "");
    wanted.current = next.caret;
    setCaret(next.caret);
    drafts.write(room.id, next.text);
    box.current?.focus();
  };
  /** @param {KeyboardEvent} event @returns {boolean} whether the key was for the list */
  const keydown = (event) => {
    if (!options.length || event.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose((at + step + options.length) % options.length);
    else if (event.key === "Enter" || event.key === "Tab") take(options[at]);
    else if (event.key === "Escape" && call) close(call.from);
    else return false;
    event.preventDefault();
    return true;
  };
  const field = {
    "aria-autocomplete": "list",
    "aria-controls": options.length ? id : null,
    "aria-activedescendant": options.length ? `${id}-${at}` : null,
    onKeyUp: moved,
    onClick: moved,
    onBlur: () => setCaret(NONE),
  };
  return { field, keydown, moved, list: html`<${List} id=${id} options=${options} at=${at} take=${take} />` };
}

/**
 * In a room of everybody those are asked for who were never in it.
 *
 * @param {Room} room
 * @param {string | null} word
 * @returns {Callable[]}
 */
function useAsked(room, word) {
  const { api, session } = useApp();
  const [people, setPeople] = useState(/** @type {Callable[]} */ ([]));
  useEffect(() => {
    if (word === null || !room.everyone || !session.may("see_people")) return undefined;
    let current = true;
    const timer = setTimeout(() => {
      const found = api.get(`/api/people?limit=10&q=${encodeURIComponent(word)}`);
      // Without a line the members that are known have to do.
      found.then((page) => current && setPeople(page.items)).catch(() => {});
    }, ASK_AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [word, room.everyone]);
  return people;
}

/** @param {{id: string, options: Callable[], at: number, take: (one: Callable) => void}} props */
function List({ id, options, at, take }) {
  const { t } = useWords();
  /** @param {Event} event the caret stays where it is */
  const stay = (event) => event.preventDefault();
  const told = options.length ? t("compose.calls_found", { n: options.length }) : "";
  return html`
    <p class="only-heard" role="status">${told}</p>
    ${options.length > 0 &&
    html`<ul class="calls" role="listbox" id=${id} aria-label=${t("compose.calls")} onMouseDown=${stay}>
      ${options.map(
        (one, number) => html`<li
          key=${one.id}
          id=${`${id}-${number}`}
          class="calls__one"
          role="option"
          aria-selected=${number === at ? "true" : "false"}
          onClick=${() => take(one)}
        >
          <${Avatar} name=${one.name} />
          <span class="cut"><bdi>${one.name}</bdi> <span class="soft">@${one.username}</span></span>
        </li>`,
      )}
    </ul>`}
  `;
}
