// @ts-check
/** One part of a room's panel: a title of its own, the way back, and the focus where it begins. */

import { useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Icon } from "../ui/icon.js";
import { html, useLayoutEffect, useRef } from "../ui/preact.js";

/** @param {{title: string, back: () => void, close: () => void, children?: any}} props */
export function Step({ title, back, close, children }) {
  const { t } = useWords();
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    // At its beginning, not in a field: on a phone that would open the keyboard over what there is to read.
    box.current?.querySelector("button")?.focus();
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
