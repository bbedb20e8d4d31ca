// @ts-check
/** What the pages around the stable snapshot share: the way back, the heading, a list with more of it, a bar. */

import { useTitle, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Note, Waiting } from "../ui/parts.js";
import { html, useEffect, useRef, useState } from "../ui/preact.js";

/** @typedef {import("../ui/preact.js").View} View */

const TYPING_PAUSE_MS = 300;

/** @param {{title: string, text?: string, children?: View}} props */
export function SubPage({ title, text, children }) {
  const { t } = useWords();
  const heading = useTitle(title);
  return html`<section class="stack-l">
    <header class="stack-s">
      <p><a class="button button--quiet sub__back" href="/admin/stable"><${Icon} name="arrow-left" />${t("admin.stable")}</a></p>
      <h1 tabindex="-1" ref=${heading}>${title}</h1>
      ${text && html`<p>${text}</p>`}
    </header>
    ${children}
  </section>`;
}

/**
 * Waits, says what went wrong, or shows.
 *
 * @param {{ready: boolean, failure: string, again: () => void, children?: View}} props
 */
export function Loaded({ ready, failure, again, children }) {
  const { t, error } = useWords();
  if (failure) {
    return html`<${Note} tone="red" icon="circle-alert" alert>
      <p>${error(failure)}</p>
      <button type="button" class="button" onClick=${again}>${t("root.retry")}</button>
    <//>`;
  }
  if (!ready) return html`<${Waiting} label=${t("wait.loading")} />`;
  return children;
}

/** @param {{next: string | null, more: () => void}} props */
export function More({ next, more }) {
  const { t } = useWords();
  if (!next) return null;
  return html`<button type="button" class="button button--wide" onClick=${more}>
    <${Icon} name="arrow-down" />${t("stable.more_items")}
  </button>`;
}

/** How far something is; where nobody can tell, only that it goes on. @param {{label: string, done: number, total: number, things?: boolean}} props */
export function Bar({ label, done, total, things = false }) {
  const { format } = useWords();
  const percent = total > 0 ? Math.min(100, Math.floor((done / total) * 100)) : null;
  return html`<div class="stack-s">
    <p role="status">${label}</p>
    <div
      class=${percent === null ? "meter meter--unknown" : "meter"}
      role="progressbar"
      aria-label=${label}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${percent}
    >
      <span style=${{ width: `${percent ?? 100}%` }}></span>
    </div>
    ${percent !== null && html`<p class="soft numbers">${percent} % · ${things ? `${format.count(done)} / ${format.count(total)}` : `${format.size(done)} / ${format.size(total)}`}</p>`}
  </div>`;
}

/** One of a few, as buttons in a row. @param {{label: string, options: {value: string, label: string}[], value: string, choose: (value: any) => void}} props */
export function Pick({ label, options, value, choose }) {
  return html`<div class="buttons" role="group" aria-label=${label}>
    ${options.map(
      (one) => html`<button
        type="button"
        key=${one.value}
        class=${one.value === value ? "button button--main" : "button"}
        aria-pressed=${one.value === value ? "true" : "false"}
        onClick=${() => choose(one.value)}
      >
        ${one.label}
      </button>`,
    )}
  </div>`;
}

/** Words to narrow a list down, a moment after the last letter. @param {{label: string, look: (text: string) => void}} props */
export function Find({ label, look }) {
  const [text, setText] = useState("");
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return undefined;
    }
    const timer = setTimeout(() => look(text.trim()), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return html`<input
    class="input"
    type="search"
    autocomplete="off"
    aria-label=${label}
    placeholder=${label}
    value=${text}
    onInput=${(/** @type {any} */ event) => setText(event.target.value)}
  />`;
}
