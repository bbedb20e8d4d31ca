// @ts-check
/** Accounts: who there is, and the way to each. */

import { People } from "../models/people.js";
import { useApp, useTitle, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Avatar, Note, Waiting } from "../ui/parts.js";
import { html, useEffect, useMemo, useModel } from "../ui/preact.js";
import { CreatePerson, EditPerson } from "./person_forms.js";

/** @typedef {import("../types.js").User} User */

export function PeoplePage() {
  const { api, dialogs } = useApp();
  const { t, error } = useWords();
  const heading = useTitle(t("admin.people"));
  const people = useMemo(() => new People(api), []);
  useModel(people);
  useEffect(() => {
    people.load();
  }, []);
  /** @param {() => void} close */
  const create = (close) => html`<${CreatePerson} people=${people} close=${close} />`;
  return html`<section class="stack">
    <header class="page__head">
      <h1 tabindex="-1" ref=${heading}>${t("admin.people")}</h1>
      <button type="button" class="button button--main" onClick=${() => dialogs.open(create)}>
        <${Icon} name="user-plus" />${t("people.create")}
      </button>
    </header>
    ${people.failure && html`<${Note} tone="red" icon="circle-alert" alert>${error(people.failure)}<//>`}
    ${!people.items && !people.failure && html`<${Waiting} label=${t("wait.loading")} />`}
    ${people.items &&
    html`<ul class="rows">
      ${people.items.map((user) => html`<${PersonRow} key=${user.id} user=${user} people=${people} />`)}
    </ul>`}
    <dl class="roles soft">
      ${/** @type {const} */ (["administrator", "cliente", "usuario"]).map(
        (role) => html`<div key=${role}><dt>${t(`role.${role}`)}</dt><dd>${t(`role.${role}.means`)}</dd></div>`,
      )}
    </dl>
  </section>`;
}

/** @param {{user: User, people: People}} props */
function PersonRow({ user, people }) {
  const { dialogs, session } = useApp();
  const { t } = useWords();
  /** @param {() => void} close */
  const edit = (close) => html`<${EditPerson} user=${user} people=${people} close=${close} />`;
  const self = user.id === session.me?.id;
  return html`<li>
    <button type="button" class="row person" onClick=${() => dialogs.open(edit)}>
      <${Avatar} name=${user.name} />
      <span class="row__text">
        <span class="home__line cut"><strong>${user.name}</strong>${self && ` (${t("people.you")})`}</span>
        <span class="soft home__line cut">${user.username}</span>
      </span>
      <span class="row__end person__tags">
        ${user.disabled && html`<span class="tag tag--red"><${Icon} name="ban" />${t("people.disabled")}</span>`}
        ${!user.has_password && html`<span class="tag tag--amber"><${Icon} name="key-round" />${t("people.waiting")}</span>`}
        <span class=${user.role === "administrator" ? "tag tag--leaf" : "tag"}>${t(/** @type {any} */ (`role.${user.role}`))}</span>
      </span>
    </button>
  </li>`;
}
