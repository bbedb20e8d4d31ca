// @ts-check
/** The start page: what is new for me, where do I go, what is this box. */

import { chatPath } from "../models/route.js";
import { useApp, useTitle, useWords } from "../ui/app.js";
import { fileIcon, Icon } from "../ui/icon.js";
import { Avatar, Badge } from "../ui/parts.js";
import { html, useEffect, useModel, usePassingTime } from "../ui/preact.js";
import { lazy } from "./lazy.js";
import { StableLine } from "./stable_line.js";

// At the end of the page: it may come a moment later.
const Invite = lazy(() => import("./invite.js").then((module) => module.Invite), { quiet: true });
const Welcome = lazy(() => import("./welcome.js").then((module) => module.Welcome), {
  words: ["door", "stable", "files"],
  sheets: ["door", "files"],
});

const NEWEST = 3;

export function HomePage() {
  const { router, session } = useApp();
  useModel(router, session);
  const fresh = session.administrator && router.fragment === "welcome";
  return fresh ? html`<${Welcome} />` : html`<${Home} />`;
}

function Home() {
  const { session } = useApp();
  const { t } = useWords();
  const heading = useTitle(t("place.home"));
  const name = session.me?.name ?? "";
  const [called] = name.split(" ");
  return html`<div class="page">
    <div class="page__inner stack-l">
      <header class="page__head home__head">
        <h1 tabindex="-1" ref=${heading}>${t("home.hello", { name: called })}</h1>
        <a class="only-narrow home__me" href="/profile"
          ><${Avatar} name=${name} /><span class="only-heard">${t("place.profile")}</span></a
        >
      </header>
      <div class="only-narrow home__stable"><${StableLine} /></div>
      <${News} />
      <section class="stack">
        <h2>${t("home.box")}</h2>
        <div class="card stack">
          <${Invite} />
          <${Space} />
        </div>
      </section>
    </div>
  </div>`;
}

/** Rooms with something unread first, then the newest files of others. */
function News() {
  const { chat, files, session } = useApp();
  const { t } = useWords();
  useModel(chat.rooms, files);
  useEffect(() => {
    if (files.state === "new") files.load();
  }, []);
  const rooms = chat.rooms.list();
  const unread = rooms.filter((room) => room.unread > 0);
  const newest = files.items.filter((file) => file.owner.id !== session.me?.id).slice(0, NEWEST);
  const quiet = chat.rooms.loaded && !unread.length;
  return html`<section class="stack">
    <h2>${t("home.news")}</h2>
    ${quiet && html`<p class="soft">${t("home.all_read")}</p>`}
    <ul class="rows">
      ${(unread.length ? unread : rooms.slice(0, 2)).map((room) => html`<${RoomRow} key=${room.id} room=${room} />`)}
      ${newest.map((file) => html`<${FileRow} key=${file.id} file=${file} />`)}
      ${session.may("upload") &&
      html`<li>
        <a class="row" href="/files">
          <${Icon} name="upload" class="row__icon" /><span class="row__text">${t("home.share")}</span>
          <${Icon} name="chevron-right" class="soft" />
        </a>
      </li>`}
    </ul>
  </section>`;
}

/** @param {{room: import("../types.js").Room}} props */
function RoomRow({ room }) {
  const { t } = useWords();
  return html`<li>
    <a class="row" href=${chatPath(room.id)}>
      <${Icon} name="message-circle" class="row__icon" />
      <span class="row__text">
        <strong>${room.name}</strong>
        <span class="soft home__line">${room.unread ? t("home.unread", { n: room.unread }) : t("home.write")}</span>
      </span>
      <span class="row__end"><${Badge} n=${room.unread} /></span>
      ${!room.unread && html`<${Icon} name="chevron-right" class="soft" />`}
    </a>
  </li>`;
}

/** @param {{file: import("../types.js").FileEntry}} props */
function FileRow({ file }) {
  const { now } = useApp();
  const { format } = useWords();
  usePassingTime();
  return html`<li>
    <a class="row" href="/files">
      <${Icon} name=${fileIcon(file.type)} class="row__icon" />
      <span class="row__text">
        <span class="home__line cut">${file.name}</span>
        <span class="soft home__line cut">${file.owner.name} · ${format.ago(file.created, now())}</span>
      </span>
      <span class="row__end soft numbers">${format.size(file.size)}</span>
    </a>
  </li>`;
}

/** How much still fits, where the box says so. */
function Space() {
  const { session } = useApp();
  const { t, format } = useWords();
  useModel(session);
  const storage = session.status?.storage;
  if (!storage) return null;
  const used = `${Math.round((1 - storage.free / storage.total) * 100)}%`;
  return html`<div class="stack-s">
    <p class="space"><${Icon} name="hard-drive" /> ${t("home.space", { free: format.size(storage.free) })}</p>
    <div class="meter"><span style=${{ width: used }}></span></div>
  </div>`;
}
