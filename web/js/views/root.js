// @ts-check
/** Which page, for whom: the claim page, the doors, or the house. */

import { useApp, useWords } from "../ui/app.js";
import { DialogPlace, ToastPlace } from "../ui/dialog.js";
import { Empty } from "../ui/parts.js";
import { html, useEffect, useErrorBoundary, useModel } from "../ui/preact.js";
import { lazy } from "./lazy.js";
import { Shell } from "./shell.js";
import { SignIn } from "./sign_in.js";

const Claim = lazy(() => import("./claim.js").then((module) => module.Claim), { words: ["door"], sheets: ["door"] });
const Register = lazy(() => import("./register.js").then((module) => module.Register), { words: ["door"] });
const NewPassword = lazy(() => import("./new_password.js").then((module) => module.NewPassword), { words: ["door"] });
const Enter = lazy(() => import("./enter.js").then((module) => module.Enter), { words: ["chat", "rooms"], sheets: ["chat", "talk"] });
const Card = lazy(() => import("./room_card.js").then((module) => module.CardPage), { words: ["chat", "rooms"], sheets: ["rooms"] });
const Visit = lazy(() => import("./visit.js").then((module) => module.Visit), {
  words: ["chat", "compose", "rooms", "files", "quarantine"],
  sheets: ["chat", "talk", "compose", "rooms"],
});
const Help = lazy(() => import("./help.js").then((module) => module.HelpDoor), { words: ["help"], sheets: ["help"] });

const Certificate = lazy(() => import("./certificate.js").then((module) => module.CertificatePage), {
  words: ["certificate"],
  sheets: ["help"],
});

const HOUSE = new Set(["sign_in", "claim", "register"]);

export function Root() {
  const [error, again] = useErrorBoundary((problem) => console.error(problem));
  return html`
    ${error ? html`<${Broken} again=${again} />` : html`<${Page} />`}
    <${DialogPlace} />
    <${ToastPlace} />
  `;
}

function Page() {
  const { session, router } = useApp();
  useModel(session, router);
  const { page } = router.route;
  if (!session.status) return html`<${Unreachable} />`;
  if (page === "certificate") return html`<${Certificate} />`;
  if (!session.status.claimed) return html`<${Claim} />`;
  if (page === "new_password") return html`<${NewPassword} />`;
  if (page === "enter") return html`<${Enter} />`;
  if (!session.me) return html`<${Outside} page=${page} />`;
  if (session.visiting) return page === "help" ? html`<${Help} />` : html`<${Visit} route=${router.route} />`;
  if (page === "card") return html`<${Card} route=${router.route} />`;
  if (HOUSE.has(page)) return html`<${GoHome} />`;
  return html`<${Shell} route=${router.route} />`;
}

/** What people see who have not signed in. @param {{page: string}} props */
function Outside({ page }) {
  if (page === "register") return html`<${Register} />`;
  if (page === "help") return html`<${Help} />`;
  return html`<${SignIn} />`;
}

function GoHome() {
  const { router } = useApp();
  useEffect(() => router.go("/inicio", { replace: true }), []);
  return null;
}

function Unreachable() {
  const { session } = useApp();
  const { t, error } = useWords();
  return html`<main class="door">
    <${Empty} icon="wifi-off" title=${t("root.unreachable")} whole>
      <p>${error("offline")}</p>
      <button type="button" class="button button--main" onClick=${() => session.load()}>${t("root.retry")}</button>
    <//>
  </main>`;
}

/** A mistake of ours. It is told, and the way on is offered. @param {{again: () => void}} props */
function Broken({ again }) {
  const { t } = useWords();
  return html`<main class="door">
    <${Empty} icon="triangle-alert" title=${t("root.broken")} whole>
      <p>${t("root.broken_hint")}</p>
      <button type="button" class="button button--main" onClick=${again}>${t("root.retry")}</button>
    <//>
  </main>`;
}
