// @ts-check
/** Why one cannot write here now, or only slowly: said before somebody tries. */

import { powers } from "../models/room_powers.js";
import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { html, useEffect, useModel, useState } from "../ui/preact.js";

/** @typedef {import("../types.js").Room} Room */

/** @param {{room: Room}} props */
export function RoomStanding({ room }) {
  const { chat, now, session } = useApp();
  const words = useWords();
  const [, draw] = useState(0);
  useModel(chat.rooms);
  const left = (room.muted_until ?? 0) - now();
  useEffect(() => {
    if (left <= 0) return undefined;
    const timer = setTimeout(() => draw((count) => count + 1), Math.min(left + 50, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  }, [left > 0, room.muted_until]);
  const text = standing(words, room, now(), powers(session.me, room).moderate);
  return html`<div role="status">
    ${text && html`<p class="standing soft small"><${Icon} name="info" /><span>${text}</span></p>`}
  </div>`;
}

/** @param {import("../words.js").Words} words @param {Room} room @param {number} now @param {boolean} moderates */
function standing({ t, format }, room, now, moderates) {
  const until = room.muted_until ?? 0;
  if (room.archived) return t("rooms.standing_archived");
  if (until > now) return t("rooms.standing_muted", { when: format.moment(until, now) });
  if (moderates) return "";
  if (room.announcement) return t("rooms.standing_announcement");
  return room.slow ? t("rooms.standing_slow", { n: room.slow }) : "";
}
