// @ts-check
/** What the list shows, and in which order. */

import { useApp, useWords } from "../ui/app.js";
import { html, useEffect, useModel, useRef, useState } from "../ui/preact.js";

/** @typedef {import("../types.js").Person} Person */

const SHOWS = /** @type {const} */ (["all", "mine", "goes", "waiting", "checked", "held"]);
const SORTS = /** @type {const} */ (["-created", "created", "name", "-size", "size"]);
const TYPING_PAUSE_MS = 250;

export function Search() {
  const { files } = useApp();
  const { t } = useWords();
  const [query, setQuery] = useState(files.query);
  useModel(files);
  const { show, sort } = files;
  const owners = useOwners();
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return undefined;
    }
    const timer = setTimeout(() => files.look(query.trim(), files.sort, files.show), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [query]);
  /** @param {any} event */
  const choose = (event) => files.look(query.trim(), sort, event.target.value);
  /** @param {any} event */
  const order = (event) => files.look(query.trim(), event.target.value, show);
  return html`<div class="search" role="search">
    <label class="only-heard" for="find">${t("files.search")}</label>
    <input
      id="find"
      class="input"
      type="search"
      autocomplete="off"
      placeholder=${t("files.search_short")}
      value=${query}
      onInput=${(/** @type {any} */ event) => setQuery(event.target.value)}
    />
    <label class="only-heard" for="show">${t("files.show")}</label>
    <select id="show" class="input" value=${show} onChange=${choose}>
      ${SHOWS.map((one) => html`<option key=${one} value=${one}>${t(`files.show.${one}`)}</option>`)}
      ${owners.length > 0 &&
      html`<optgroup label=${t("files.show.owner")}>
        ${owners.map((one) => html`<option key=${one.id} value=${`owner:${one.id}`}>${one.name}</option>`)}
      </optgroup>`}
    </select>
    <label class="only-heard" for="sort">${t("files.sort")}</label>
    <select id="sort" class="input" value=${sort} onChange=${order}>
      ${SORTS.map((one) => html`<option key=${one} value=${one}>${t(`files.sort.${one}`)}</option>`)}
    </select>
  </div>`;
}

/** Administrators narrow the list down to one person. @returns {Person[]} */
function useOwners() {
  const { api, session } = useApp();
  const [owners, setOwners] = useState(/** @type {Person[]} */ ([]));
  useEffect(() => {
    if (!session.administrator) return;
    api.get("/api/users").then(
      ({ items }) => setOwners(items.filter((/** @type {Person} */ one) => one.id !== session.me?.id)),
      () => {}, // without it the list can still be read
    );
  }, []);
  return owners;
}
