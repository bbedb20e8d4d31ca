// @ts-check
/** Finding words in messages and files, and going to where they were said. */

import { chatPath } from "../models/route.js";
import { contentPath } from "../models/files.js";
import { useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Field, Submit, useForm } from "../ui/form.js";
import { html, useState } from "../ui/preact.js";

/** @typedef {{items: any[], next: string | null}} Found */

/** @param {{close: () => void}} props */
export function Search({ close }) {
  const { api } = useApp();
  const { t } = useWords();
  const [wanted, setWanted] = useState("");
  const [found, setFound] = useState(/** @type {Found | null} */ (null));
  /** @param {string} [after] */
  const look = async (after) => {
    const query = `q=${encodeURIComponent(wanted.trim())}` + (after ? `&after=${encodeURIComponent(after)}` : "");
    const page = await api.get(`/api/search?${query}`);
    const before = after && found ? found.items : [];
    setFound({ items: before.concat(page.items), next: page.next });
  };
  const form = useForm({ fields: {}, deed: () => look() });
  return html`<${Dialog} title=${t("talk.search")} close=${close}>
    <form class="stack" role="search" onSubmit=${form.submit} novalidate>
      <${Field} label=${t("talk.search_what")} value=${wanted} onInput=${setWanted} required />
      ${form.problem}
      <${Submit} label=${t("talk.search")} busy=${form.busy} />
    </form>
    <div role="status">${found && !found.items.length && html`<p>${t("talk.search_none")}</p>`}</div>
    ${found &&
    found.items.length > 0 &&
    html`<ul class="rows found">
      ${found.items.map((one) => html`<li key=${one.message?.id ?? one.file.id}><${Hit} one=${one} close=${close} /></li>`)}
    </ul>`}
    ${found?.next &&
    html`<button type="button" class="button" onClick=${() => look(found.next ?? "").catch(() => {})}>${t("talk.search_more")}</button>`}
    <div class="buttons buttons--end">
      <button type="button" class="button" onClick=${close}>${t("form.close")}</button>
    </div>
  <//>`;
}

/** @param {{one: any, close: () => void}} props */
function Hit({ one, close }) {
  const { chat, router } = useApp();
  const { format } = useWords();
  const { t } = useWords();
  if (one.kind === "file") {
    return html`<a class="row" href=${contentPath(one.file.id)} download=${one.file.name}>
      <span class="row__text">${one.file.name}<br /><span class="soft small">${format.size(one.file.size)}</span></span>
    </a>`;
  }
  const { message, room, room_name } = one;
  const go = async () => {
    close();
    router.go(chatPath(room));
    await chat.open(room);
    await chat.around(room, message.seq).catch(() => {});
  };
  return html`<button type="button" class="row" onClick=${go}>
    <span class="row__text">
      <span class="soft small">${t("talk.search_in", { name: message.from.name, room: room_name })} · ${format.time(message.ts)}</span>
      <br />${message.body.slice(0, 200)}
    </span>
  </button>`;
}
