// @ts-check
/** Something that is on or off, with a line of what it means. */

import { html } from "../ui/preact.js";
import { useId } from "../ui/form.js";

/** @param {{label: string, hint?: string, on: boolean, turn: (on: boolean) => void}} props */
export function Switch({ label, hint, on, turn }) {
  const id = useId("switch");
  return html`<label class=${on ? "choice choice--on" : "choice"}>
    <input type="checkbox" checked=${on} aria-describedby=${hint ? id : null} onChange=${() => turn(!on)} />
    <span>${label}${hint && html`<span class="deed__hint soft small" id=${id}>${hint}</span>`}</span>
  </label>`;
}
