// @ts-check
/** The rooms of a person in parts, the open ones of others, and the archive. */

import { parts, RoomDirectory } from "../models/room_list.js";
import { chatPath } from "../models/route.js";
import { useApp, useTitle, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Badge, Note, Waiting } from "../ui/parts.js";
import { html, useEffect, useMemo, useModel, useState } from "../ui/preact.js";
import { NewTalk } from "./room_new.js";
import { Search } from "./search.js";

/** @typedef {import("../types.js").Room} Room */

/** @param {{current: string | undefined}} props */
export function RoomList({ current }) {
  const { api, chat, now } = useApp();
  const { t } = useWords();
  const { rooms } = chat;
  const directory = useMemo(() => new RoomDirectory(api, rooms), []);
  useModel(rooms, directory);
  useEffect(() => {
    if (rooms.loaded) directory.load();
  }, [rooms.loaded, rooms.news]);
  const found = parts(rooms.list());
  return html`<section class="room-list" aria-label=${t("chat.rooms")}>
    <${Head} quiet=${Boolean(current)} directory=${directory} />
    ${!rooms.loaded && html`<${Waiting} label=${t("wait.loading")} />`}
    <div class="room-list__all">
      ${rooms.loaded && !found.length && html`<p class="room-list__none soft">${t("chat.no_rooms")}</p>`}
      ${found.map(
        ({ part, rooms: some }) => html`<${Part} key=${part} quiet=${Boolean(current)} title=${t(/** @type {any} */ (`rooms.part.${part}`))}>
          ${some.map((room) => html`<${RoomRow} key=${room.id} room=${room} here=${room.id === current} now=${now()} />`)}
        <//>`,
      )}
      ${directory.others.length > 0 &&
      html`<${Part} quiet=${Boolean(current)} title=${t("rooms.part.others")}>
        ${directory.others.map((room) => html`<${RoomRow} key=${room.id} room=${room} here=${room.id === current} now=${now()} />`)}
      <//>`}
      ${rooms.loaded && html`<${Archive} directory=${directory} current=${current} />`}
    </div>
  </section>`;
}

/** One step below the title of the list. @param {{title: string, quiet: boolean, children?: any}} props */
function Part({ title, quiet, children }) {
  const Heading = quiet ? "h3" : "h2";
  return html`<${Heading} class="room-list__part">${title}<//>
    <ul class="room-list__rooms">${children}</ul>`;
}

/** @param {{quiet: boolean, directory: RoomDirectory}} props */
function Head({ quiet, directory }) {
  const { dialogs, session } = useApp();
  const { t } = useWords();
  /** @param {any} View */
  const open = (View) => () => dialogs.open((/** @type {() => void} */ close) => html`<${View} close=${close} directory=${directory} />`);
  return html`<div class="head room-list__head">
    <${ListTitle} quiet=${quiet} />
    ${session.may("search") &&
    html`<button type="button" class="button button--quiet button--icon" aria-label=${t("talk.search")} onClick=${open(Search)}>
      <${Icon} name="search" />
    </button>`}
    ${session.may("create_room") &&
    html`<button type="button" class="button" aria-label=${t("rooms.new")} onClick=${open(NewTalk)}>
      <${Icon} name="plus" />${t("rooms.new_short")}
    </button>`}
  </div>`;
}

/** The list names the page only while no conversation does. @param {{quiet: boolean}} props */
function ListTitle({ quiet }) {
  const { t } = useWords();
  if (quiet) return html`<h2 class="head__title">${t("chat.rooms")}</h2>`;
  return html`<${PageTitle} />`;
}

function PageTitle() {
  const { t } = useWords();
  const heading = useTitle(t("place.chat"));
  return html`<h1 class="head__title" tabindex="-1" ref=${heading}>${t("chat.rooms")}</h1>`;
}

/** @param {{room: Room, here: boolean, now: number}} props */
function RoomRow({ room, here, now }) {
  const { t } = useWords();
  const unread = here ? 0 : room.unread;
  const facts = [
    !here && room.mentions ? t("rooms.named", { n: room.mentions }) : "",
    room.ephemeral ? t("rooms.not_kept") : "",
    room.announcement ? t("rooms.announcements") : "",
    (room.muted_until ?? 0) > now ? t("rooms.you_are_muted") : "",
  ].filter(Boolean);
  return html`<li>
    <a class="place" href=${chatPath(room.id)} aria-current=${here ? "page" : null}>
      <${Icon} name=${iconOf(room)} />
      <span class="place__label">
        <span class="home__line cut">${room.name}</span>
        ${facts.length > 0 && html`<span class="home__line small soft cut room-list__news">${facts.join(" · ")}</span>`}
      </span>
      ${room.muted && html`<${Icon} name="bell-off" class="soft" /><span class="only-heard">${t("rooms.quiet")}</span>`}
      <${Badge} n=${unread} />
    </a>
  </li>`;
}

/** Fetched when somebody wants to see it. @param {{directory: RoomDirectory, current: string | undefined}} props */
function Archive({ directory, current }) {
  const { chat, now } = useApp();
  const { t, error } = useWords();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (open) directory.loadArchive();
  }, [open, chat.rooms.news]);
  const known = directory.archive ?? [];
  return html`<button type="button" class="room-list__fold" aria-expanded=${open ? "true" : "false"} onClick=${() => setOpen(!open)}>
      <${Icon} name="chevron-right" /><span>${t("rooms.part.archived")}</span>
    </button>
    ${open &&
    html`<ul class="room-list__rooms">
        ${known.map((room) => html`<${RoomRow} key=${room.id} room=${room} here=${room.id === current} now=${now()} />`)}
      </ul>
      <div role="status">
        ${directory.failure && html`<${Note} tone="red" icon="circle-alert">${error(directory.failure)}<//>`}
        ${directory.archive && !known.length && html`<p class="room-list__none soft">${t("rooms.none_archived")}</p>`}
      </div>`}`;
}

/** @param {Room} room */
function iconOf(room) {
  if (room.archived) return "archive";
  if (room.kind === "direct") return "user";
  if (room.code) return "key-round";
  return room.kind === "public" ? "hash" : "users";
}
