// @ts-check
/** Files on their way: choosing them, how far they are, pausing them, and what a reload left unfinished. */

import { secondsLeft } from "../models/uploads.js";
import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { html, useModel, useRef } from "../ui/preact.js";

/** @typedef {import("../models/uploads.js").Upload} Upload */

// Trying again would change nothing.
const FINAL = new Set(["bad_type", "too_large", "forbidden"]);

// From so many on they are told together.
const MANY = 4;

const canPause = (/** @type {Upload} */ { url, state }) => Boolean(url) && state !== "finishing" && state !== "paused";

export function ChooseFiles() {
  const { uploads } = useApp();
  const { t } = useWords();
  return html`<${Choose} icon="upload" main take=${(/** @type {File[]} */ files) => uploads.add(files)}>
    ${t("files.choose")}
  <//>`;
}

/**
 * A button that asks for files. `more`: attributes of the field behind it.
 *
 * @param {{take: (files: File[]) => void, icon?: string, main?: boolean, label?: string, more?: object,
 *   children?: any}} props
 */
export function Choose({ take, icon = "", main = false, label, more = { multiple: true }, children }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** @param {any} event */
  const chosen = (event) => {
    take(Array.from(event.target.files));
    event.target.value = "";
  };
  return html`<span>
    <input type="file" hidden tabindex="-1" ref=${input} onChange=${chosen} ...${more} />
    <button
      type="button"
      class=${main ? "button button--main" : "button"}
      aria-label=${label}
      onClick=${() => input.current?.click()}
    >
      ${icon && html`<${Icon} name=${icon} />`}${children}
    </button>
  </span>`;
}

export function UploadList() {
  const { uploads } = useApp();
  const { t } = useWords();
  useModel(uploads);
  if (!uploads.items.length) return null;
  const { alone, together } = gathered(uploads.items);
  return html`<section aria-label=${t("uploads.title")}>
    <ul class="rows">
      ${together.map((some) => html`<${FailedRow} key=${`all ${some[0].code}`} some=${some} />`)}
      ${alone.map((upload) => html`<${UploadRow} key=${upload.key} upload=${upload} />`)}
    </ul>
  </section>`;
}

/**
 * Many that failed for one reason are told as one.
 *
 * @param {Upload[]} items
 * @returns {{alone: Upload[], together: Upload[][]}}
 */
function gathered(items) {
  /** @type {Map<string, Upload[]>} */
  const byCode = new Map();
  for (const one of items) {
    if (one.state === "failed") byCode.set(one.code, (byCode.get(one.code) ?? []).concat([one]));
  }
  const together = Array.from(byCode.values()).filter((some) => some.length >= MANY);
  const told = new Set(together.flat());
  return { alone: items.filter((one) => !told.has(one)), together };
}

/** @param {{some: Upload[]}} props */
function FailedRow({ some }) {
  const { uploads } = useApp();
  const words = useWords();
  const { t } = words;
  const named = some.slice(0, MANY - 1).map((one) => one.file.name).join(", ");
  const all = (/** @type {(key: number) => void} */ deed) => () => some.forEach((one) => deed(one.key));
  return html`<li class="row upload upload--again">
    <${Icon} name="circle-alert" class="row__icon upload__bad" />
    <div class="row__text">
      <p><strong>${t("uploads.failed_many", { n: some.length })}</strong></p>
      <p class="soft upload__name"><bdi>${t("uploads.failed_names", { names: named, n: some.length - MANY + 1 })}</bdi></p>
      <p class="upload__error" role="alert">${words.error(some[0].code, some[0].params)}</p>
    </div>
    <div class="row__end">
      ${!FINAL.has(some[0].code) &&
      html`<button type="button" class="button" onClick=${all((key) => uploads.retry(key))}>${t("uploads.retry_all")}</button>`}
      <button
        type="button"
        class="button button--quiet button--icon"
        aria-label=${t("uploads.dismiss_all")}
        title=${t("uploads.dismiss_all")}
        onClick=${all((key) => uploads.cancel(key))}
      >
        <${Icon} name="x" />
      </button>
    </div>
  </li>`;
}

/** @param {{upload: Upload}} props */
function UploadRow({ upload }) {
  const { uploads } = useApp();
  const words = useWords();
  const { t } = words;
  const failed = upload.state === "failed";
  const again = failed && !FINAL.has(upload.code);
  const share = upload.file.size ? upload.sent / upload.file.size : 1;
  return html`<li class=${again ? "row upload upload--again" : "row upload"}>
    <${Icon} name=${failed ? "circle-alert" : "upload"} class=${failed ? "row__icon upload__bad" : "row__icon"} />
    <div class="row__text">
      <p class="upload__name"><bdi>${upload.folder ? `${upload.folder}/` : ""}${upload.file.name}</bdi></p>
      ${failed
        ? html`<p class="upload__error" role="alert">${words.error(upload.code, upload.params)}</p>`
        : html`<${Meter} share=${share} name=${upload.file.name} />
            <p class="soft numbers">${progressOf(upload, words)}</p>`}
    </div>
    <div class="row__end">
      ${again &&
      html`<button type="button" class="button button--quiet" onClick=${() => uploads.retry(upload.key)}>
        ${t("root.retry")}
      </button>`}
      ${!failed && html`<${Pause} upload=${upload} />`}
      <button
        type="button"
        class="button button--quiet button--icon"
        aria-label=${t(failed ? "uploads.dismiss" : "uploads.cancel", { name: upload.file.name })}
        onClick=${() => uploads.cancel(upload.key)}
      >
        <${Icon} name="x" />
      </button>
    </div>
  </li>`;
}

/** @param {{upload: Upload}} props */
function Pause({ upload }) {
  const { uploads } = useApp();
  const { t } = useWords();
  const paused = upload.state === "paused";
  if (!paused && !canPause(upload)) return null;
  const label = t(paused ? "uploads.resume" : "uploads.pause", { name: upload.file.name });
  return html`<button
    type="button"
    class="button button--quiet button--icon"
    aria-label=${label}
    title=${label}
    onClick=${() => (paused ? uploads.resume(upload.key) : uploads.pause(upload.key))}
  >
    <${Icon} name=${paused ? "play" : "pause"} />
  </button>`;
}

/**
 * How far, how fast, how long: as soon as anybody can say.
 *
 * @param {Upload} upload
 * @param {import("../words.js").Words} words
 */
function progressOf(upload, { t, format }) {
  if (upload.state === "waiting") return t("uploads.waiting");
  if (upload.state === "looking") return t("uploads.looking");
  if (upload.state === "finishing") return t("uploads.finishing");
  const done = t("uploads.of", { sent: format.size(upload.sent), size: format.size(upload.file.size) });
  if (upload.state === "paused") return `${t("uploads.paused")} · ${done}`;
  if (upload.state === "stalled") return `${t("uploads.stalled")} · ${done}`;
  const left = secondsLeft(upload);
  if (!left) return done;
  return `${done} · ${format.size(upload.speed)}/s · ${t("uploads.left", { time: format.duration(left) })}`;
}

/** @param {{share: number, name: string}} props */
function Meter({ share, name }) {
  const percent = Math.round(share * 100);
  return html`<div
    class="meter"
    role="progressbar"
    aria-label=${name}
    aria-valuenow=${percent}
    aria-valuemin="0"
    aria-valuemax="100"
  >
    <span style=${{ width: `${percent}%` }}></span>
  </div>`;
}
