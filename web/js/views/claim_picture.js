// @ts-check
/** Three small drawings: the screen, the card, the console. Each says where the claim code stands. */

import { useWords } from "../ui/app.js";
import { html } from "../ui/preact.js";

export function WhereIsTheCode() {
  const { t } = useWords();
  return html`<ul class="where">
    <li><${Screen} /><span>${t("claim.on_screen")}</span></li>
    <li><${Card} /><span>${t("claim.on_card")}</span></li>
    <li><${Console} /><span>${t("claim.on_console")}</span></li>
  </ul>`;
}

/** The code, drawn the same in all three. @param {{x: number, y: number}} props */
function Mark({ x, y }) {
  return html`<g transform=${`translate(${x} ${y})`}>
    <rect class="where__mark" width="46" height="13" rx="3" />
    ${[0, 11, 22, 33].map((at) => html`<rect key=${at} class="where__letters" x=${3 + at} y="5" width="7" height="3" />`)}
  </g>`;
}

function Screen() {
  return html`<svg class="where__picture" viewBox="0 0 120 84" aria-hidden="true" focusable="false">
    <rect class="where__body" x="14" y="6" width="92" height="58" rx="4" />
    <path class="where__line" d="M60 64v10M42 76h36" />
    <rect class="where__soft" x="24" y="16" width="20" height="20" rx="2" />
    <path class="where__line where__line--soft" d="M52 20h42M52 28h30" />
    <${Mark} x=${37} y=${44} />
  </svg>`;
}

function Card() {
  return html`<svg class="where__picture" viewBox="0 0 120 84" aria-hidden="true" focusable="false">
    <path class="where__body" d="M32 6h40l16 16v52a4 4 0 0 1-4 4H32a4 4 0 0 1-4-4V10a4 4 0 0 1 4-4z" />
    <path class="where__line where__line--soft" d="M38 12v9M46 12v9M54 12v9M62 12v9" />
    <path class="where__soft" d="M36 32h20l6 5h20v33H36z" />
    <${Mark} x=${36} y=${48} />
  </svg>`;
}

function Console() {
  return html`<svg class="where__picture" viewBox="0 0 120 84" aria-hidden="true" focusable="false">
    <rect class="where__body" x="12" y="10" width="96" height="64" rx="4" />
    <path class="where__line" d="M12 22h96" />
    <path class="where__line where__line--soft" d="M22 34l6 5-6 5M34 44h20M22 66h32" />
    <${Mark} x=${52} y=${50} />
  </svg>`;
}
