// @ts-check
/** Files that people would like to be kept: an administrator says yes or no. */

import { contentPath } from "../models/files.js";
import { explain, useApp, useWords } from "../ui/app.js";
import { fileIcon, Icon } from "../ui/icon.js";
import { Empty } from "../ui/parts.js";
import { html, useEffect, useState } from "../ui/preact.js";
import { Loaded, More, Pick, SubPage } from "./stable_page.js";

/** @typedef {import("../types.js").FileEntry} FileEntry */
/** @typedef {"proposed" | "approved" | "declined"} Show */

const SHOWS = /** @type {const} */ (["proposed", "approved", "declined"]);

export function WishesPage() {
  const { api, session } = useApp();
  const { t } = useWords();
  const [show, setShow] = useState(/** @type {Show} */ ("proposed"));
  const [found, setFound] = useState(/** @type {{items: FileEntry[], next: string | null} | null} */ (null));
  const [failure, setFailure] = useState("");
  /** @param {Show} wanted @param {string} [after] */
  const load = async (wanted, after = "") => {
    try {
      const page = await api.get(`/api/uploads?keep=${wanted}${after && `&after=${encodeURIComponent(after)}`}`);
      setFound((before) => ({ items: after && before ? before.items.concat(page.items) : page.items, next: page.next }));
      setFailure("");
    } catch (error) {
      setFailure(String(/** @type {any} */ (error).code));
    }
  };
  useEffect(() => void load(show), [show, session.status?.since_stable]);
  /** @param {FileEntry} file */
  const gone = (file) => setFound((all) => all && { items: all.items.filter((one) => one.id !== file.id), next: all.next });
  const shows = SHOWS.map((one) => ({ value: one, label: t(`stable.wish.${one}`) }));
  return html`<${SubPage} title=${t("stable.wishes")} text=${t("stable.wishes_text")}>
    <div class="stack">
      <${Pick} label=${t("stable.wishes")} options=${shows} value=${show} choose=${setShow} />
      <${Loaded} ready=${found !== null} failure=${failure} again=${() => load(show)}>
        ${found && !found.items.length && html`<${Empty} icon="bookmark" title=${t(`stable.wish.none_${show}`)} />`}
        ${found &&
        found.items.length > 0 &&
        html`<ul class="rows">
          ${found.items.map((file) => html`<${Row} key=${file.id} file=${file} show=${show} gone=${() => gone(file)} />`)}
        </ul>`}
        <${More} next=${found ? found.next : null} more=${() => load(show, found?.next ?? "")} />
      <//>
      <p class="soft">${t("stable.wishes_then")}</p>
    </div>
  <//>`;
}

/** @param {{file: FileEntry, show: Show, gone: () => void}} props */
function Row({ file, show, gone }) {
  const { api, now, toasts } = useApp();
  const words = useWords();
  const { t, format } = words;
  /** @param {boolean} approved */
  const decide = async (approved) => {
    try {
      await api.post(`/api/uploads/${encodeURIComponent(file.id)}/keep`, { approved });
      gone();
      toasts.say(t(approved ? "stable.wish.approved_done" : "stable.wish.declined_done", { name: file.name }), { icon: "bookmark" });
      // Its row is gone: the next one takes the focus.
      /** @type {HTMLElement | null} */ (document.querySelector(".wish a") ?? document.querySelector("#main h1"))?.focus();
    } catch (error) {
      toasts.say(explain(words, error), { icon: "circle-alert" });
    }
  };
  return html`<li class="row wish">
    <${Icon} name=${fileIcon(file.type)} class="row__icon" />
    <div class="row__text stack-s">
      <p class="row__name"><a href=${contentPath(file.id)} download=${file.name}><bdi>${file.name}</bdi></a></p>
      <p class="soft numbers">${[format.size(file.size), file.owner.name, format.ago(file.created, now())].join(" · ")}</p>
      ${file.stable && html`<p class="soft"><${Icon} name="leaf" /> ${t("stable.wish.saved")}</p>`}
      <div class="buttons">
        ${show !== "approved" &&
        html`<button type="button" class="button" onClick=${() => decide(true)}>
          <${Icon} name="check" />${t("stable.wish.approve")}<span class="only-heard"> ${file.name}</span>
        </button>`}
        ${show !== "declined" &&
        html`<button type="button" class="button" onClick=${() => decide(false)}>
          <${Icon} name="x" />${t("stable.wish.decline")}<span class="only-heard"> ${file.name}</span>
        </button>`}
      </div>
    </div>
  </li>`;
}
