// @ts-check
/** The chat: rooms on the left, one conversation on the right; on a phone one of them at a time. */

import { chatPath } from "../models/route.js";
import { useApp, useWords } from "../ui/app.js";
import { Empty, Waiting } from "../ui/parts.js";
import { html, useEffect, useModel } from "../ui/preact.js";
import { ConversationPane } from "./conversation.js";
import { RoomDoor } from "./room_entry.js";
import { RoomList } from "./room_list.js";

/** @typedef {import("../models/route.js").Route} Route */
/** @typedef {import("../types.js").Room} Room */

/** @param {{route: Route}} props */
export function ChatPage({ route }) {
  const { chat, router, session } = useApp();
  useModel(chat.rooms, session);
  const rooms = chat.rooms.list();
  const room = chat.rooms.get(route.room);
  // Beside the list there is place for a conversation: an empty half would ask for a tap that says nothing.
  const first = route.room || !rooms.length ? "" : rooms[0].id;
  useEffect(() => {
    if (first && window.matchMedia("(min-width: 860px)").matches) router.go(chatPath(first), { replace: true });
  }, [first]);
  return html`<div class=${route.room ? "chat chat--in-room" : "chat"}>
    ${!session.visiting && html`<${RoomList} current=${route.room} />`}
    ${route.room
      ? html`<${Pane} key=${route.room} id=${route.room} room=${room} />`
      : html`<div class="chat__nowhere only-wide"></div>`}
  </div>`;
}

/** @param {{id: string, room: Room | undefined}} props */
function Pane({ id, room }) {
  const { chat, connection } = useApp();
  const { t } = useWords();
  const parted = chat.rooms.parted.get(id);
  useModel(connection);
  if (room) return html`<${ConversationPane} room=${room} />`;
  if (!chat.rooms.loaded) return html`<section class="talk"><${Waiting} label=${t("wait.loading")} /></section>`;
  if (!parted) return html`<${RoomDoor} id=${id} />`;
  return html`<${Parted} id=${id} name=${parted.name} why=${parted.why} />`;
}

/** The room that stood here a moment ago. @param {{id: string, name: string, why: string}} props */
function Parted({ id, name, why }) {
  const { chat } = useApp();
  const { t } = useWords();
  // Who comes to this address again is told what there is then.
  useEffect(() => () => void chat.rooms.parted.delete(id), []);
  const known = why === "kick" || why === "ban" || why === "leave" ? why : "closed";
  return html`<section class="talk">
    <${Empty} icon="log-out" title=${t(`rooms.gone_${known}`, { room: name })} whole>
      ${known !== "leave" && html`<p>${t(known === "closed" ? "rooms.closed_hint" : "rooms.parted_hint")}</p>`}
      <p><a class="button" href="/chat">${t("chat.to_rooms")}</a></p>
    <//>
  </section>`;
}
