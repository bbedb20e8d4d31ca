// @ts-check
/** One part of a room's panel: a title of its own, the way back, and the focus where it begins. */

import { useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Icon } from "../ui/icon.js";
import { html, useEffect, useRef } from "../ui/preact.js";

/** @param {{title: string, back: () => void, close: () => void, children?: any}} props */
export function Step({ title, back, close, children }) {
  const { t } = useWords();
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const first = /** @type {HTMLElement | null | undefined} */ (box.current?.querySelector("input, [data-first], button"));
    first?.focus();
  }, []);
  return html`<${Dialog} title=${title} close=${close}>
    <div class="room-step stack" ref=${box}>
      <button type="button" class="button button--quiet room-step__back" onClick=${back}>
        <${Icon} name="arrow-left" />${t("rooms.back")}
      </button>
      ${children}
    </div>
  <//>`;
}
