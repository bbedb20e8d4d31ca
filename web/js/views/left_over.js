// @ts-check
/** Uploads that a reload or a crash cut short: a browser may go on only when the person chooses the file again. */

import { same } from "../models/unfinished.js";
import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { html, useEffect, useModel } from "../ui/preact.js";
import { Choose } from "./upload_list.js";

/** @typedef {import("../models/unfinished.js").Begun} Begun */
/** @typedef {{url: string, name: string, size: number | null, offset: number, active: boolean, partial: boolean}} Waits */

export function LeftOver() {
  const { api, uploads } = useApp();
  const { t } = useWords();
  useModel(uploads);
  useEffect(() => {
    askAfter(api, uploads).catch(() => {}); // what this browser knows of is enough
  }, []);
  const items = uploads.leftOver();
  if (!items.length) return null;
  return html`<section class="stack-s" aria-labelledby="left-over">
    <h2 id="left-over">${t("uploads.left_over")}</h2>
    <p class="soft">${t("uploads.left_over_text")}</p>
    <ul class="rows">
      ${items.map((one) => html`<${Row} key=${one.url} one=${one} />`)}
    </ul>
  </section>`;
}

/** @param {{one: Begun}} props */
function Row({ one }) {
  const { uploads, toasts } = useApp();
  const { t, format } = useWords();
  /** @param {File[]} files */
  const take = ([file]) => {
    if (file && same(one, file)) uploads.add([file]);
    else if (file) toasts.say(t("uploads.not_same", { name: one.name }), { icon: "circle-alert" });
  };
  const giveUp = () => {
    uploads.giveUp(one.url);
    import("../net/tus.js").then((module) => module.forget(one.url));
  };
  return html`<li class="row upload upload--again">
    <${Icon} name="history" class="row__icon" />
    <div class="row__text">
      <p class="upload__name"><bdi>${one.name}</bdi></p>
      <p class="soft numbers">${t("uploads.of", { sent: format.size(one.sent), size: format.size(one.size) })}</p>
    </div>
    <div class="row__end">
      <${Choose} take=${take} more=${{}} label=${t("uploads.choose_again_of", { name: one.name })}>
        ${t("uploads.choose_again")}
      <//>
      <button
        type="button"
        class="button button--quiet button--icon"
        aria-label=${t("uploads.give_up", { name: one.name })}
        onClick=${giveUp}
      >
        <${Icon} name="x" />
      </button>
    </div>
  </li>`;
}

/**
 * Which ones the box still waits for, and how far it has them; those that ended meanwhile, or expired, are no more.
 *
 * @param {import("../net/api.js").Api} api
 * @param {import("../models/uploads.js").Uploads} uploads
 */
async function askAfter(api, uploads) {
  /** @type {{items: Waits[]}} */
  const { items } = await api.get("/api/uploads/unfinished");
  const known = uploads.leftOver();
  for (const { url } of known) if (!items.some((one) => one.url === url)) uploads.giveUp(url);
  for (const one of items) uploads.reached(one.url, one.offset);
  const others = items.filter((one) => one.size !== null && !one.active && !one.partial);
  const dated = await Promise.all(others.filter((one) => !known.some(({ url }) => url === one.url)).map(withDate));
  uploads.elsewhere(dated);
}

/** Another file of that name and size must not be sent on: its upload says when the file was changed. @param {Waits} one */
async function withDate({ url, name, size, offset }) {
  const answer = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  await answer.text(); // a body that nobody reads keeps its connection
  const found = /(?:^|,)\s*modified ([A-Za-z0-9+/=]+)/.exec(answer.headers.get("Upload-Metadata") ?? "");
  return { url, name, size: Number(size), sent: offset, modified: found ? Number(window.atob(found[1])) : -1 };
}
