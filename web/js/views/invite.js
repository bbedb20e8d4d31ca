// @ts-check
/** Where the box is, for the neighbour: the address in large letters, and as a picture to point a phone at. */

import { useApp, useWords } from "../ui/app.js";
import { html, useEffect, useState } from "../ui/preact.js";
import { CopyButton, QrCode } from "../ui/share.js";

/** @typedef {import("../types.js").Network} Network */

/** What others have to type; null while nobody knows. @returns {{network: Network | null, address: string}} */
export function useAddress() {
  const { api } = useApp();
  const [network, setNetwork] = useState(/** @type {Network | null} */ (null));
  useEffect(() => {
    let wanted = true;
    api.get("/api/network-info").then(
      (found) => wanted && setNetwork(found),
      () => {},
    );
    return () => {
      wanted = false;
    };
  }, []);
  return { network, address: best(network, window.location) };
}

/**
 * The address in the bar works, unless it means "this very machine": then the first one of the box.
 *
 * @param {Network | null} network
 * @param {Location} here
 */
function best(network, here) {
  const own = /^(localhost|127\.|\[::1\])/.test(here.hostname);
  if (!own) return here.origin;
  return network?.urls[0] ?? here.origin;
}

export function Invite() {
  const { t } = useWords();
  const { network, address } = useAddress();
  const others = (network?.urls ?? []).filter((url) => strip(url) !== strip(address)).slice(0, 3);
  return html`<div class="invite">
    <${QrCode} text=${address} label=${t("invite.qr", { address })} />
    <div class="invite__text stack-s">
      <p>${t("invite.text")}</p>
      <p class="invite__address"><strong>${strip(address)}</strong></p>
      ${others.length > 0 && html`<p class="soft">${t("invite.also")} ${others.map(strip).join(" · ")}</p>`}
      <p><${CopyButton} text=${address} label=${t("invite.copy")} /></p>
    </div>
  </div>`;
}

/** @param {string} url */
const strip = (url) => url.replace(/^http:\/\//, "").replace(/\/$/, "");
