// @ts-check
/** The chat: rooms on the left, one conversation on the right; on a phone one of them at a time. */

import { chatPath } from "../models/route.js";
import { useApp, useTitle, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Badge, Empty, Waiting } from "../ui/parts.js";
import { html, useEffect, useModel } from "../ui/preact.js";
import { ConversationPane } from "./conversation.js";
import { JoinByCode, NewRoom } from "./room_forms.js";
import { OtherRooms } from "./other_rooms.js";
import { Search } from "./search.js";

/** @typedef {import("../models/route.js").Route} Route */
/** @typedef {import("../types.js").Room} Room */

/** @param {{route: Route}} props */
export function ChatPage({ route }) {
  const { chat, router } = useApp();
  useModel(chat.rooms);
  const rooms = chat.rooms.list();
  const room = chat.rooms.get(route.room);
  // Beside the list there is place for a conversation: an empty half would ask for a tap that says nothing.
  const first = route.room || !rooms.length ? "" : rooms[0].id;
  useEffect(() => {
    if (first && window.matchMedia("(min-width: 860px)").matches) router.go(chatPath(first), { replace: true });
  }, [first]);
  return html`<div class=${route.room ? "chat chat--in-room" : "chat"}>
    <${RoomList} rooms=${rooms} current=${route.room} />
    ${route.room ? html`<${Pane} key=${route.room} room=${room} />` : html`<div class="chat__nowhere only-wide"></div>`}
  </div>`;
}

/** @param {{room: Room | undefined}} props */
function Pane({ room }) {
  const { chat } = useApp();
  const { t } = useWords();
  if (room) return html`<${ConversationPane} room=${room} />`;
  if (!chat.rooms.loaded) return html`<section class="talk"><${Waiting} label=${t("wait.loading")} /></section>`;
  return html`<section class="talk">
    <${Empty} icon="message-circle" title=${t("chat.no_room")} whole>
      <p>${t("chat.no_room_hint")}</p>
      <p><a class="button" href="/chat">${t("chat.to_rooms")}</a></p>
    <//>
  </section>`;
}

/** @param {{rooms: Room[], current: string | undefined}} props */
function RoomList({ rooms, current }) {
  const { chat } = useApp();
  const { t } = useWords();
  return html`<section class="room-list" aria-label=${t("chat.rooms")}>
    <div class="head"><${ListTitle} quiet=${Boolean(current)} /></div>
    <${ListDeeds} />
    ${!chat.rooms.loaded && html`<${Waiting} label=${t("wait.loading")} />`}
    ${chat.rooms.loaded && !rooms.length && html`<p class="room-list__none soft">${t("chat.no_rooms")}</p>`}
    <ul class="room-list__rooms">
      ${rooms.map(
        (room) => html`<li key=${room.id}>
          <a class="place" href=${chatPath(room.id)} aria-current=${room.id === current ? "page" : null}>
            <${Icon} name=${iconOf(room)} />
            <span class="place__label">
              <span class="home__line cut">${room.name}</span>
              <span class="home__line small soft room-list__news">
                ${room.unread && room.id !== current ? t("chat.unread_count", { n: room.unread }) : t("chat.all_read")}
              </span>
            </span>
            <${Badge} n=${room.id === current ? 0 : room.unread} />
          </a>
        </li>`,
      )}
    </ul>
    <${OtherRooms} />
  </section>`;
}

function ListDeeds() {
  const { dialogs, session } = useApp();
  const { t } = useWords();
  /** @param {any} View */
  const open = (View) => () => dialogs.open((/** @type {() => void} */ close) => html`<${View} close=${close} />`);
  return html`<div class="room-list__deeds">
    ${session.may("create_room") &&
    html`<button type="button" class="button button--quiet" onClick=${open(NewRoom)}>
      <${Icon} name="plus" />${t("talk.new_room")}
    </button>`}
    ${session.may("join_by_code") &&
    html`<button type="button" class="button button--quiet" onClick=${open(JoinByCode)}>
      <${Icon} name="key-round" />${t("talk.join_code")}
    </button>`}
    <button type="button" class="button button--quiet" onClick=${open(Search)}>
      <${Icon} name="eye" />${t("talk.search")}
    </button>
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

/** @param {Room} room */
function iconOf(room) {
  if (room.kind === "direct") return "user";
  return room.kind === "group" || room.kind === "private" ? "users" : "hash";
}
