// @ts-check
/** A dialog of our own (old phones have no <dialog>): keeps the focus, closes with Escape, gives it back. */

import { useApp, useWords } from "./app.js";
import { useId } from "./form.js";
import { Icon } from "./icon.js";
import { html, useLayoutEffect, useModel, useRef } from "./preact.js";

/** @typedef {import("./preact.js").View} View */

const REACHABLE = "a[href], button:not(:disabled), input, textarea, select, [tabindex='0']";

/** Where the open dialog stands: once, at the end of the page. */
export function DialogPlace() {
  const { dialogs } = useApp();
  useModel(dialogs);
  return dialogs.current ? dialogs.current(() => dialogs.close()) : null;
}

/** @param {{title: string, close: () => void, children?: View}} props */
export function Dialog({ title, close, children }) {
  const id = useId("dialog");
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  // At once: a key pressed before the next picture would be the page's.
  useLayoutEffect(() => keepFocus(/** @type {HTMLElement} */ (box.current)), []);
  /** @param {KeyboardEvent} event */
  const keydown = (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Tab") cycle(/** @type {HTMLElement} */ (box.current), event);
  };
  /** @param {MouseEvent} event */
  const outside = (event) => {
    if (event.target === event.currentTarget) close();
  };
  return html`<div class="veil" onMouseDown=${outside} onKeyDown=${keydown}>
    <div class="dialog stack" role="dialog" aria-modal="true" aria-labelledby=${id} tabindex="-1" ref=${box}>
      <h2 id=${id}>${title}</h2>
      ${children}
    </div>
  </div>`;
}

/**
 * @param {HTMLElement} box
 * @returns {() => void} gives the focus back
 */
function keepFocus(box) {
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const first = /** @type {HTMLElement | null} */ (box.querySelector("input, textarea, [data-first]"));
  (first ?? box).focus();
  const page = document.querySelector(".frame, .door");
  page?.setAttribute("aria-hidden", "true");
  return () => {
    page?.removeAttribute("aria-hidden");
    if (before && document.contains(before)) before.focus();
  };
}

/**
 * @param {HTMLElement} box
 * @param {KeyboardEvent} event
 */
function cycle(box, event) {
  const all = /** @type {HTMLElement[]} */ (Array.from(box.querySelectorAll(REACHABLE)));
  if (!all.length) return;
  const first = all[0];
  const last = all[all.length - 1];
  const here = document.activeElement;
  if (event.shiftKey && (here === first || here === box)) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && here === last) {
    event.preventDefault();
    first.focus();
  }
}

/** The words that come and go. */
export function ToastPlace() {
  const { toasts } = useApp();
  useWords();
  useModel(toasts);
  return html`<div class="toasts" role="status" aria-live="polite">
    ${toasts.items.map(
      (toast) => html`<div class="toast" key=${toast.key}>
        <${Icon} name=${toast.icon} />
        <span>${toast.text}</span>
        ${toast.deed && html`<${Deed} deed=${toast.deed} done=${() => toasts.close(toast.key)} />`}
      </div>`,
    )}
  </div>`;
}

/** @param {{deed: {label: string, run: () => void}, done: () => void}} props */
function Deed({ deed, done }) {
  const run = () => {
    done();
    deed.run();
  };
  return html`<button type="button" class="toast__deed" onClick=${run}>${deed.label}</button>`;
}
