// @ts-check
/** Picking people by typing a part of their name: the combobox of the ARIA patterns, by keyboard and finger. */

import { useApp, useWords } from "../ui/app.js";
import { useId } from "../ui/form.js";
import { Icon } from "../ui/icon.js";
import { Avatar } from "../ui/parts.js";
import { html, useEffect, useRef, useState } from "../ui/preact.js";

/** @typedef {{id: string, name: string, username: string}} Found */
/** @typedef {{items: Found[], open: boolean, at: number, asked: string}} Listed `at`: the option that Enter takes */

const SHOWN = 8;
const PAUSE_MS = 150;
/** @type {Listed} */
const SHUT = { items: [], open: false, at: -1, asked: "" };

/**
 * @param {{label: string, chosen: Found[], choose: (people: Found[]) => void, not?: string[], hint?: string}} props
 *   `not`: ids of those who are there already
 */
export function PeoplePicker({ label, chosen, choose, not = [], hint }) {
  const { api, session } = useApp();
  const { t } = useWords();
  const id = useId("people");
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [typed, setTyped] = useState("");
  const [wanted, setWanted] = useState(false);
  const [list, setList] = useState(SHUT);
  const taken = new Set([session.me?.id ?? "", ...not, ...chosen.map((one) => one.id)]);
  useEffect(() => {
    if (!wanted) return undefined;
    let current = true;
    const look = async () => {
      const found = await api.get(`/api/people?limit=100&q=${encodeURIComponent(typed.trim())}`).catch(() => ({ items: [] }));
      if (!current) return;
      const items = found.items.filter((/** @type {Found} */ one) => !taken.has(one.id)).slice(0, SHOWN);
      setList({ items, open: true, at: typed.trim() && items.length ? 0 : -1, asked: typed.trim() });
    };
    const timer = setTimeout(look, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [typed, wanted, chosen.length]);
  const shut = () => {
    setWanted(false);
    setList(SHUT);
  };
  /** @param {Found} person */
  const take = (person) => {
    setTyped("");
    shut();
    choose(chosen.concat([person]));
    input.current?.focus();
  };
  /** @param {KeyboardEvent} event */
  const keydown = (event) => {
    const next = moved(event.key, list);
    if (next !== null) {
      event.preventDefault();
      if (list.open) setList(Object.assign({}, list, { at: next }));
      else setWanted(true);
    } else if (event.key === "Enter") {
      event.preventDefault(); // somebody half typed is not left out by sending the form around it
      if (list.open && list.at >= 0) take(list.items[list.at]);
    } else if (event.key === "Escape" && list.open) {
      event.stopPropagation(); // the list closes, not the dialog around it
      shut();
    } else if (event.key === "Backspace" && !typed && chosen.length) choose(chosen.slice(0, -1));
  };
  return html`<div class="field picker">
    <label for=${id}>${label}</label>
    <${Chosen} people=${chosen} drop=${(/** @type {Found} */ gone) => choose(chosen.filter((one) => one.id !== gone.id))} />
    <input
      ref=${input}
      id=${id}
      class="input"
      type="text"
      role="combobox"
      aria-autocomplete="list"
      aria-expanded=${list.open ? "true" : "false"}
      aria-controls=${`${id}-list`}
      aria-activedescendant=${list.open && list.at >= 0 ? `${id}-${list.at}` : null}
      aria-describedby=${hint ? `${id}-hint` : null}
      autocomplete="off"
      autocapitalize="none"
      autocorrect="off"
      spellcheck=${false}
      placeholder=${t("people_picker.placeholder")}
      value=${typed}
      onInput=${(/** @type {any} */ event) => {
        setTyped(event.target.value);
        setWanted(true);
      }}
      onFocus=${() => setWanted(true)}
      onBlur=${shut}
      onKeyDown=${keydown}
    />
    <ul class="picker__list" id=${`${id}-list`} role="listbox" aria-label=${label} hidden=${!list.open || !list.items.length}>
      ${list.items.map(
        (person, at) => html`<li
          key=${person.id}
          id=${`${id}-${at}`}
          class=${at === list.at ? "picker__one picker__one--at" : "picker__one"}
          role="option"
          aria-selected=${at === list.at ? "true" : "false"}
          onMouseDown=${(/** @type {Event} */ event) => event.preventDefault()}
          onClick=${() => take(person)}
        >
          <${Avatar} name=${person.name} />
          <span class="cut">${person.name} <span class="soft small">@${person.username}</span></span>
        </li>`,
      )}
    </ul>
    <p class="field__hint" role="status">
      ${list.open && (list.items.length ? "" : t(list.asked ? "people_picker.none" : "people_picker.nobody"))}
    </p>
    ${hint && html`<p class="field__hint" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}

/** @param {{people: Found[], drop: (person: Found) => void}} props */
function Chosen({ people, drop }) {
  const { t } = useWords();
  if (!people.length) return null;
  return html`<ul class="picker__chosen" aria-label=${t("people_picker.chosen", { n: people.length })}>
    ${people.map(
      (person) => html`<li class="chip" key=${person.id}>
        <span class="cut">${person.name}</span>
        <button
          type="button"
          class="button button--quiet button--icon"
          aria-label=${t("people_picker.drop", { name: person.name })}
          onClick=${() => drop(person)}
        >
          <${Icon} name="x" />
        </button>
      </li>`,
    )}
  </ul>`;
}

/** Where an arrow leads in the list; null for any other key. @param {string} key @param {Listed} list */
function moved(key, { items, at }) {
  const last = items.length - 1;
  if (key === "ArrowDown") return at >= last ? 0 : at + 1;
  if (key === "ArrowUp") return at <= 0 ? last : at - 1;
  return null;
}
