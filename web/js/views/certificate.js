// @ts-check
/** How to open the box by https without a warning: its certificate, its fingerprint, the steps of each system. */

import { useTitle, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Note, Waiting } from "../ui/parts.js";
import { html } from "../ui/preact.js";
import { Door } from "./door.js";
import { useAddress } from "./invite.js";

/** @typedef {import("../types.js").Https} Https */

const SYSTEMS = /** @type {const} */ (["android", "ios", "windows", "macos", "firefox", "linux"]);

export function CertificatePage() {
  const { t } = useWords();
  const heading = useTitle(t("certificate.title"));
  const { network } = useAddress();
  return html`<${Door} wide help=${false}>
    <p class="help__back">
      <a class="button button--quiet" href="/"><${Icon} name="arrow-left" />${t("certificate.back")}</a>
    </p>
    <div class="stack-l help">
      <h1 tabindex="-1" ref=${heading}>${t("certificate.title")}</h1>
      <p>${t("certificate.text")}</p>
      ${network ? html`<${Ways} https=${network.https} />` : html`<${Waiting} label=${t("wait.loading")} />`}
    </div>
  <//>`;
}

/** @param {{https: Https | null}} props */
function Ways({ https }) {
  const { t } = useWords();
  if (!https) {
    // Without a port of its own it may still be https that brought us here: of the box's only port, or of a proxy.
    const safe = window.location.protocol === "https:";
    return html`<${Note} icon="info">${t(safe ? "certificate.brought" : "certificate.none")}<//>`;
  }
  const address = here(https.port, window.location.hostname);
  const link = html`<p class="certificate__address"><a href=${address}>${address}</a></p>`;
  if (!https.fingerprint) return html`<p>${t("certificate.brought")}</p>${link}`;
  return html`
    <ol class="checks">
      <li class="stack-s">
        <strong>${t("certificate.get")}</strong>
        <p>${t("certificate.get_text")}</p>
        <p><a class="button button--main" href="/api/certificate">${t("certificate.download")}</a></p>
      </li>
      <li class="stack-s">
        <strong>${t("certificate.compare")}</strong>
        <p>${t("certificate.compare_text")}</p>
        <p class="certificate__print"><code>${(https.fingerprint.match(/.{8}/g) ?? []).join(" ")}</code></p>
      </li>
      <li class="stack-s">
        <strong>${t("certificate.install")}</strong>
        <dl class="questions">
          ${SYSTEMS.map((one) => html`<div key=${one}><dt>${t(`certificate.${one}.title`)}</dt><dd>${t(`certificate.${one}.text`)}</dd></div>`)}
        </dl>
      </li>
      <li class="stack-s">
        <strong>${t("certificate.open")}</strong>
        <p>${t("certificate.open_text")}</p>
        ${link}
      </li>
    </ol>
    <section class="stack">
      <h2>${t("certificate.questions")}</h2>
      <dl class="questions">
        ${/** @type {const} */ (["skip", "limits", "new"]).map(
          (one) => html`<div key=${one}><dt>${t(`certificate.${one}.title`)}</dt><dd>${t(`certificate.${one}.text`)}</dd></div>`,
        )}
      </dl>
    </section>
  `;
}

/** @param {number} port @param {string} name as in the bar: a name for the box that works here works there */
const here = (port, name) => `https://${name}${port === 443 ? "" : `:${port}`}/`;
