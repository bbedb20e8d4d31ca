// @ts-check
/** Uploads that a reload or a crash cut short: a browser may go on only when the person chooses the file again. */

import { same } from "../models/unfinished.js";
import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { html, useEffect, useModel } from "../ui/preact.js";
import { Choose } from "./upload_list.js";

/** @typedef {import("../models/unfinished.js").Begun} Begun */

export function LeftOver() {
  const { api, uploads } = useApp();
  const { t } = useWords();
  useModel(uploads);
  useEffect(() => {
    for (const one of uploads.leftOver()) askAfter(one, api, uploads);
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
      <p class="cut">${one.name}</p>
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
 * How far the box really has it; it may have ended, or be forgotten by now.
 *
 * @param {Begun} one
 * @param {import("../net/api.js").Api} api
 * @param {import("../models/uploads.js").Uploads} uploads
 */
async function askAfter(one, api, uploads) {
  try {
    const { offset, file } = await api.get(one.url);
    if (file) uploads.giveUp(one.url);
    else uploads.reached(one.url, offset);
  } catch (error) {
    if (/** @type {any} */ (error).code === "not_found") uploads.giveUp(one.url);
  }
}
