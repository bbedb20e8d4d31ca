// @ts-check
/** The open rooms that somebody is not in yet. */

import { chatPath } from "../models/route.js";
import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { html, useEffect, useModel, useState } from "../ui/preact.js";

/** @typedef {import("../types.js").Room} Room */

export function OtherRooms() {
  const { api, chat, router, session, toasts, words } = useApp();
  const { t } = useWords();
  const [rooms, setRooms] = useState(/** @type {Room[]} */ ([]));
  useModel(chat.rooms);
  const count = chat.rooms.list().length;
  useEffect(() => {
    if (!session.may("join_public_room")) return;
    api.get("/api/rooms").then(
      ({ items }) => setRooms(items),
      () => {},
    );
  }, [count]);
  const others = rooms.filter((room) => room.role === "none" && !room.archived && !chat.rooms.get(room.id));
  if (!others.length) return null;
  /** @param {Room} room */
  const join = async (room) => {
    try {
      const joined = await api.post(`/api/rooms/${encodeURIComponent(room.id)}/join`);
      chat.rooms.put(Object.assign({}, room, joined.id ? joined : { role: "member" }));
      router.go(chatPath(room.id));
    } catch (error) {
      const { code = "internal", params } = /** @type {any} */ (error);
      toasts.say(words.error(code, params), { icon: "circle-alert" });
    }
  };
  return html`<h2 class="room-list__part">${t("talk.others")}</h2>
    <ul class="room-list__others">
      ${others.map(
        (room) => html`<li key=${room.id}>
          <button type="button" class="deed" onClick=${() => join(room)}>
            <${Icon} name="log-in" /><span class="cut">${room.name}</span>
          </button>
        </li>`,
      )}
    </ul>`;
}
