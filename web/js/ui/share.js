// @ts-check
/** Handing an address to somebody: as a QR code, and copied. Both must work over plain http. */

import { useApp, useWords } from "./app.js";
import { Icon } from "./icon.js";
import { html, useEffect, useState } from "./preact.js";

/** @typedef {{size: number, data: boolean[][]}} Matrix */

/** Always dark on white: cameras need it whatever the theme. @param {{text: string, label: string}} props */
export function QrCode({ text, label }) {
  const [matrix, setMatrix] = useState(/** @type {Matrix | null} */ (null));
  useEffect(() => {
    let wanted = true;
    // Loaded when first needed. Where it cannot be, the address beside it is enough.
    import("../../vendor/uqr.js").then(
      (uqr) => wanted && setMatrix(uqr.encode(text, { border: 2 })),
      () => {},
    );
    return () => {
      wanted = false;
    };
  }, [text]);
  const size = matrix ? matrix.size : 33;
  return html`<svg class="qr" viewBox=${`0 0 ${size} ${size}`} role="img" aria-label=${label}>
    <rect width=${size} height=${size} class="qr__paper" />
    ${matrix && html`<path d=${drawn(matrix.data)} class="qr__ink" />`}
  </svg>`;
}

/** @param {boolean[][]} data */
function drawn(data) {
  const runs = data.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")).join(""));
  return runs.join("");
}

/** @param {{text: string, label?: string}} props */
export function CopyButton({ text, label }) {
  const { toasts } = useApp();
  const { t } = useWords();
  const copy = () => {
    if (copied(text)) toasts.say(t("share.copied"));
    else toasts.say(t("share.not_copied"), { icon: "info" });
  };
  return html`<button type="button" class="button" onClick=${copy}>
    <${Icon} name="copy" />${label ?? t("share.copy")}
  </button>`;
}

/**
 * The old way, since the clipboard API does not exist over plain http.
 *
 * @param {string} text
 */
export function copied(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.className = "only-heard";
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  document.body.appendChild(area);
  area.select();
  area.setSelectionRange(0, text.length);
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    document.body.removeChild(area);
    before?.focus();
  }
}
