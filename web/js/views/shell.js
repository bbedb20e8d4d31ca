// @ts-check
/** The frame of the house: rail or bar, the lines on top, the stable line, and the page between. */

import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Avatar, Badge, Empty, Mark } from "../ui/parts.js";
import { html, useModel } from "../ui/preact.js";
import { Banners } from "./banners.js";
import { HomePage } from "./home.js";
import { lazy } from "./lazy.js";
import { StableLine, StableStrip } from "./stable_line.js";
import { UploadsLine } from "./uploads.js";

/** @typedef {import("../models/route.js").Route} Route */

const Chat = lazy(() => import("./chat.js").then((module) => module.ChatPage), {
  words: ["chat", "compose", "rooms", "files", "quarantine"],
  sheets: ["chat", "talk", "compose", "rooms"],
});
const Files = lazy(() => import("./files.js").then((module) => module.FilesPage), {
  words: ["files", "quarantine"],
  sheets: ["files"],
});
const Admin = lazy(() => import("./admin.js").then((module) => module.AdminPage), {
  words: ["manage", "files", "quarantine", "chat", "rooms"],
  sheets: ["manage", "files", "talk", "rooms"],
});
const Profile = lazy(() => import("./profile.js").then((module) => module.ProfilePage), {
  words: ["manage", "alerts"],
  sheets: ["manage"],
});
const Help = lazy(() => import("./help.js").then((module) => module.HelpPage), { words: ["help"], sheets: ["help"] });
const DropPlace = lazy(() => import("./drop_place.js").then((module) => module.DropPlace), {
  words: ["files"],
  sheets: ["files"],
  quiet: true,
});
const WasReset = lazy(() => import("./was_reset.js").then((module) => module.WasReset), { words: ["reset"], sheets: ["stable"] });

/** @type {Record<string, any>} */
const PAGES = { home: HomePage, chat: Chat, files: Files, help: Help, admin: Admin, profile: Profile };

/** @param {{route: Route}} props */
export function Shell({ route }) {
  const { story } = useApp();
  const { t } = useWords();
  useModel(story);
  const Page = PAGES[route.page] ?? NotFound;
  const inRoom = route.page === "chat" && Boolean(route.room);
  const told = story.phase === "done" && story.witnessed;
  return html`<div class=${inRoom ? "frame frame--room" : "frame"}>
    <a class="skip" href="#main" onClick=${toMain}>${t("shell.skip")}</a>
    <${Banners} />
    <div class="frame__body">
      <${Rail} route=${route} />
      <main class="frame__main" id="main" tabindex="-1">
        ${told ? html`<${WasReset} />` : html`<${Page} key=${keyOf(route)} route=${route} />`}
        <${UploadsLine} page=${route.page} />
        <${DropPlace} route=${route} />
      </main>
    </div>
    ${!inRoom && route.page !== "home" && html`<${StableStrip} />`}
    <${Bar} route=${route} />
  </div>`;
}

/** A room is another page than the list, on a phone; a part of administration too. @param {Route} route */
const keyOf = (route) => `${route.page}/${route.section ?? ""}`;

/** @param {Event} event */
function toMain(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** @param {boolean} administrator */
function places(administrator) {
  return [
    { page: "home", href: "/inicio", icon: "house", label: /** @type {const} */ ("place.home") },
    { page: "chat", href: "/chat", icon: "message-circle", label: /** @type {const} */ ("place.chat") },
    { page: "files", href: "/files", icon: "folder", label: /** @type {const} */ ("place.files") },
    { page: "help", href: "/help", icon: "circle-question-mark", label: /** @type {const} */ ("place.help") },
    ...(administrator
      ? [{ page: "admin", href: "/admin", icon: "sliders-horizontal", label: /** @type {const} */ ("place.admin") }]
      : []),
  ];
}

/** @param {{route: Route}} props */
function Rail({ route }) {
  const { session, chat } = useApp();
  const { t } = useWords();
  useModel(session, chat.rooms);
  const name = session.me?.name ?? "";
  return html`<nav class="rail" aria-label=${t("shell.places")}>
    <${Mark} name=${session.status?.name ?? "PiChat"} />
    <ul class="places">
      ${places(session.administrator).map(
        (place) => html`<li key=${place.page}>
          <a class="place" href=${place.href} aria-current=${place.page === route.page ? "page" : null}>
            <${Icon} name=${place.icon} />
            <span class="place__label">${t(place.label)}</span>
            ${place.page === "chat" && html`<${Badge} n=${chat.rooms.unread()} />`}
          </a>
        </li>`,
      )}
    </ul>
    <${StableLine} />
    <a class="place rail__person" href="/profile" aria-current=${route.page === "profile" ? "page" : null}>
      <${Avatar} name=${name} />
      <span class="place__label cut">${name}</span>
      <span class="only-heard">${t("place.profile")}</span>
    </a>
  </nav>`;
}

/** @param {{route: Route}} props */
function Bar({ route }) {
  const { session, chat } = useApp();
  const { t } = useWords();
  useModel(session, chat.rooms);
  return html`<nav class="bar" aria-label=${t("shell.places")}>
    <ul class="bar__places">
      ${places(session.administrator).map(
        (place) => html`<li key=${place.page}>
          <a class="bar__place" href=${place.href} aria-current=${place.page === route.page ? "page" : null}>
            <${Icon} name=${place.icon} />
            <span class="bar__label">${t(/** @type {any} */ (`${place.label}_short`))}</span>
            ${place.page === "chat" && html`<${Badge} n=${chat.rooms.unread()} />`}
          </a>
        </li>`,
      )}
    </ul>
  </nav>`;
}

function NotFound() {
  const { t } = useWords();
  return html`<div class="page">
    <${Empty} icon="circle-question-mark" title=${t("not_found.title")} whole>
      <p>${t("not_found.text")}</p>
      <p><a class="button" href="/inicio">${t("not_found.home")}</a></p>
    <//>
  </div>`;
}
