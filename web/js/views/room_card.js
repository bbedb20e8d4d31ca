// @ts-check
/** The sheet that stands on the table: a page of its own, to be printed on A4. */

import { chatPath } from "../models/route.js";
import { useApp, useTitle, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Empty, Mark, Waiting } from "../ui/parts.js";
import { html, useEffect, useState } from "../ui/preact.js";
import { QrCode } from "../ui/share.js";
import { roomPath } from "./room_deeds.js";

/** @typedef {{name: string, code: string, shown: string, password: boolean, urls: string[]}} Card */

/** @param {{route: import("../models/route.js").Route}} props */
export function CardPage({ route }) {
  const { api } = useApp();
  const { t, error } = useWords();
  const room = route.room ?? "";
  const [card, setCard] = useState(/** @type {Card | null} */ (null));
  const [failed, setFailed] = useState("");
  useEffect(() => {
    api.get(`${roomPath(room)}/card`).then(setCard, (problem) => setFailed(String(problem.code ?? "internal")));
  }, []);
  if (failed) {
    return html`<main class="door">
      <${Empty} icon="circle-alert" title=${t("rooms.no_card")} whole>
        <p>${failed === "not_found" ? t("rooms.no_card_hint") : error(failed)}</p>
        <p><a class="button" href=${chatPath(room)}>${t("chat.to_rooms")}</a></p>
      <//>
    </main>`;
  }
  if (!card) return html`<main class="door"><${Waiting} label=${t("wait.loading")} /></main>`;
  return html`<${Sheet} card=${card} addresses=${addressesOf(card)} room=${room} />`;
}

/** @param {{card: Card, addresses: string[], room: string}} props */
function Sheet({ card, addresses, room }) {
  const { session } = useApp();
  const { t } = useWords();
  const heading = useTitle(`${t("talk.card")}: ${card.name}`);
  const [address, ...others] = addresses;
  const said = address.replace(/^http:\/\//, "");
  return html`<main class="sheet-page">
    <div class="sheet-page__deeds">
      <a class="button" href=${chatPath(room)}><${Icon} name="arrow-left" />${t("rooms.back_to", { room: card.name })}</a>
      <button type="button" class="button button--main" onClick=${() => window.print()}>
        <${Icon} name="printer" />${t("talk.print")}
      </button>
    </div>
    <div class="sheet">
      <${Mark} name=${session.status?.name ?? "PiChat"} centre />
      <h1 class="sheet__room" tabindex="-1" ref=${heading}>${card.name}</h1>
      <${QrCode} text=${`${address}#${card.code}`} label=${t("invite.qr", { address: said })} />
      <p class="sheet__label">${t("talk.code")}</p>
      <p class="sheet__code">${card.shown}</p>
      <ol class="sheet__how">
        <li>${t("talk.card_1")}</li>
        <li>${t("rooms.card_2")}<br /><strong class="sheet__address">${said}</strong></li>
        <li>${t(card.password ? "rooms.card_3_password" : "rooms.card_3")}</li>
      </ol>
      ${others.length > 0 &&
      html`<p class="soft small">${t("invite.also")} ${others.slice(0, 2).map((url) => url.replace(/^http:\/\//, "")).join(" · ")}</p>`}
    </div>
  </main>`;
}

/**
 * What neighbours can type, the surest first: the address in the bar works, unless it means "this very machine".
 *
 * @param {Card} card
 */
export function addressesOf(card) {
  const { hostname, origin } = window.location;
  const known = card.urls.map((url) => url.split("#")[0]);
  const own = /^(localhost|127\.|\[::1\])/.test(hostname);
  const all = own && known.length ? known : [`${origin}/entrar`].concat(known);
  return Array.from(new Set(all));
}
