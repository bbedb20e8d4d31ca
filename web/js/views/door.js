// @ts-check
/** The frame of the pages before anybody signed in: the mark, one column, language and help below. */

import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Mark } from "../ui/parts.js";
import { html, useModel } from "../ui/preact.js";

/** @param {{wide?: boolean, help?: boolean, children?: any}} props */
export function Door({ wide = false, help = true, children }) {
  const { session, preferences } = useApp();
  const { t, language } = useWords();
  useModel(session);
  const other = language === "es" ? "en" : "es";
  return html`<div class="door">
    <div class=${wide ? "door__inner door__inner--wide" : "door__inner"}>
      <header><${Mark} name=${session.status?.name ?? "PiChat"} centre /></header>
      ${session.status?.demo &&
      html`<p class="note note--amber door__demo"><${Icon} name="triangle-alert" /><span>${t("banner.demo")}</span></p>`}
      <main>${children}</main>
      <footer class="door__foot">
        <button
          type="button"
          class="button button--quiet"
          lang=${other}
          onClick=${() => preferences.chooseLanguage(other)}
        >
          ${other === "en" ? "English" : "Español"}
        </button>
        ${help && html`<a class="button button--quiet" href="/help">${t("place.help")}</a>`}
      </footer>
    </div>
  </div>`;
}
