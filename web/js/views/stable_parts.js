// @ts-check
/** Which part of it is saved: kinds, rooms, files, and what was approved to be kept. */

import { all, Difference } from "../models/difference.js";
import { useApp, useWords } from "../ui/app.js";
import { html, useEffect, useMemo, useModel } from "../ui/preact.js";
import { Find, Loaded, More } from "./stable_page.js";
import { Switch } from "./switch.js";

/** @typedef {import("../models/saving.js").Saving} Saving */
/** @typedef {import("../types.js").ChangedItem} ChangedItem */

const KINDS = /** @type {const} */ (["files", "messages", "rooms", "members"]);

/** @param {{saving: Saving}} props */
export function Parts({ saving }) {
  const { t } = useWords();
  return html`<div class="stack">
    <fieldset class="field">
      <legend class="label">${t("stable.part_kinds")}</legend>
      <div class="choices">
        ${KINDS.map(
          (kind) => html`<${Switch}
            key=${kind}
            label=${t(`stable.part.${kind}`)}
            hint=${t(`stable.part.${kind}_hint`)}
            on=${saving.parts.kinds.has(kind)}
            turn=${() => saving.toggle("kinds", kind)}
          />`,
        )}
        <${Switch} label=${t("stable.part.kept")} hint=${t("stable.part.kept_hint")} on=${saving.kept} turn=${() => saving.keep()} />
      </div>
    </fieldset>
    <${Some} saving=${saving} part="rooms" />
    <${Some} saving=${saving} part="files" />
  </div>`;
}

/** Those that a restart would change, one by one. @param {{saving: Saving, part: "rooms" | "files"}} props */
function Some({ saving, part }) {
  const { api } = useApp();
  const words = useWords();
  const { t } = words;
  const list = useMemo(() => new Difference(api, "/api/stable/difference", part), []);
  useModel(list);
  useEffect(() => void list.load(), []);
  const { items } = list;
  return html`<fieldset class="field stack-s">
    <legend class="label">${t(`stable.part_${part}`)}</legend>
    ${(list.query || (items && items.length > 6)) && html`<${Find} label=${t(`stable.find_${part}`)} look=${(/** @type {string} */ query) => list.look({ query })} />`}
    <${Loaded} ready=${items !== null} failure=${list.failure} again=${() => list.load()}>
      ${items && !items.length && html`<p class="soft">${t(`stable.part_no_${part}`)}</p>`}
      <div class="choices choices--long">
        ${(items ?? []).map(
          (one) => html`<${Switch}
            key=${one.id}
            label=${one.name ?? t("stable.closed_room")}
            hint=${hintOf(words, one)}
            on=${saving.parts[part].has(one.id)}
            turn=${() => saving.toggle(part, one.id)}
          />`,
        )}
      </div>
      <${More} next=${list.next} more=${() => list.more()} />
    <//>
  </fieldset>`;
}

/** What about it would be saved. @param {import("../words.js").Words} words @param {ChangedItem} one */
function hintOf({ t, format }, one) {
  const what = [t(`stable.change.${one.change}`)];
  if (one.bytes) what.push(format.size(one.bytes));
  if (one.owner) what.push(one.owner.name);
  const { messages, members } = one;
  const said = messages ? all(messages) : 0;
  if (said) what.push(t("count.messages", { n: said }));
  if (members && all(members)) what.push(t("stable.count_members", { n: all(members) }));
  return what.join(" · ");
}
