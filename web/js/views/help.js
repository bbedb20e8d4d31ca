// @ts-check
/** Help: others cannot connect, what a restart does, using the box from a program. */

import { useApp, useTitle, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { html, useEffect, useModel } from "../ui/preact.js";
import { Door } from "./door.js";
import { Invite, useAddress } from "./invite.js";

/** In the house. */
export function HelpPage() {
  return html`<div class="page">
    <div class="page__inner"><${Help} /></div>
  </div>`;
}

/** For people who could not even sign in. */
export function HelpDoor() {
  const { t } = useWords();
  return html`<${Door} wide help=${false}>
    <p class="help__back">
      <a class="button button--quiet" href="/login"><${Icon} name="arrow-left" />${t("help.to_sign_in")}</a>
    </p>
    <${Help} />
  <//>`;
}

function Help() {
  const { router } = useApp();
  const { t } = useWords();
  const heading = useTitle(t("help.title"));
  useEffect(() => {
    if (router.fragment) document.getElementById(router.fragment)?.scrollIntoView();
  }, [router.fragment]);
  return html`<div class="stack-l help">
    <h1 tabindex="-1" ref=${heading}>${t("help.title")}</h1>
    <${Connect} />
    <${Restart} />
    <${Stable} />
    <${Questions} />
    <${Programs} />
  </div>`;
}

const CHECKS = /** @type {const} */ (["network", "address", "mobile", "isolation", "vpn", "firewall"]);

/** "The others cannot connect", in the order in which it helps. */
function Connect() {
  const { t } = useWords();
  const { port, protocol } = window.location;
  const words = { port: port || (protocol === "https:" ? "443" : "80") };
  return html`<section class="stack" id="connect">
    <h2>${t("help.connect")}</h2>
    <div class="card"><${Invite} /></div>
    <ol class="checks">
      ${CHECKS.map(
        (one) => html`<li key=${one}>
          <strong>${t(`help.${one}.title`)}</strong>
          <p>${t(`help.${one}.text`, words)}</p>
        </li>`,
      )}
    </ol>
  </section>`;
}

function Restart() {
  const { session } = useApp();
  const { t } = useWords();
  useModel(session);
  return html`<section class="stack" id="restart">
    <h2><${Icon} name="leaf" class="now__leaf" /> ${t("help.restart")}</h2>
    <p>${t("help.restart_text")}</p>
    <div class="kept">
      <div class="card stack-s">
        <h3>${t("help.goes")}</h3>
        <p>${t("help.goes_list")}</p>
      </div>
      <div class="card stack-s">
        <h3>${t("help.stays")}</h3>
        <p>${t("help.stays_list")}</p>
      </div>
    </div>
    <p>${t("help.restart_advice")}</p>
    ${session.administrator && html`<p><a href="/admin/stable">${t("help.restart_link")}</a></p>`}
  </section>`;
}

const STABLE = /** @type {const} */ (["save", "saves", "alone", "reset", "copy", "health"]);

/** For those who can do it. */
function Stable() {
  const { session } = useApp();
  const { t } = useWords();
  useModel(session);
  if (!session.administrator) return null;
  return html`<section class="stack" id="stable">
    <h2>${t("help.stable")}</h2>
    <dl class="questions">
      ${STABLE.map((one) => html`<div key=${one}><dt>${t(`help.stable.${one}.title`)}</dt><dd>${t(`help.stable.${one}.text`)}</dd></div>`)}
    </dl>
  </section>`;
}

const QUESTIONS = /** @type {const} */ (["cut", "keep", "forever", "state", "password", "sent", "http"]);

function Questions() {
  const { session } = useApp();
  const { t } = useWords();
  useModel(session);
  return html`<section class="stack" id="questions">
    <h2>${t("help.questions")}</h2>
    <dl class="questions">
      ${QUESTIONS.map((one) => html`<div key=${one}><dt>${t(`help.${one}.title`)}</dt><dd>${t(`help.${one}.text`)}</dd></div>`)}
    </dl>
    ${session.status?.tls && html`<p><a href="/certificate">${t("help.http_link")}</a></p>`}
  </section>`;
}

function Programs() {
  const { session } = useApp();
  const { t } = useWords();
  const { address } = useAddress();
  const box = address.replace(/\/$/, "");
  const name = session.me?.username ?? "ana";
  const lines = [
    `# ${t("help.curl_token")}`,
    `TOKEN=$(curl -s ${box}/api/users/login -H 'Content-Type: application/json' \\`,
    `  -d '{"username": "${name}", "password": "..."}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    "",
    `# ${t("help.curl_upload")}`,
    `curl -H "Authorization: Bearer $TOKEN" -T informe.pdf ${box}/api/uploads/`,
    "",
    `# ${t("help.curl_list")}`,
    `curl -H "Authorization: Bearer $TOKEN" ${box}/api/uploads`,
    "",
    `# ${t("help.curl_download")}`,
    `curl -H "Authorization: Bearer $TOKEN" -OJ ${box}/api/uploads/ID/content`,
    "",
    `# ${t("help.curl_status")}`,
    `curl ${box}/api/status`,
  ];
  return html`<section class="stack" id="programs">
    <h2>${t("help.programs")}</h2>
    <p>${t("help.programs_text")}</p>
    <pre tabindex="0" aria-label=${t("help.programs")}><code>${lines.join("\n")}</code></pre>
  </section>`;
}
