// @ts-check
/** Whether this room may call the person, on all of their devices. */

import { explain, useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { html } from "../ui/preact.js";
import { roomPath } from "./room_deeds.js";

/** @param {{room: import("../types.js").Room}} props */
export function RoomAlerts({ room }) {
  const { api, chat, toasts } = useApp();
  const words = useWords();
  const muted = Boolean(room.muted);
  const turn = async () => {
    try {
      await api.patch(`${roomPath(room.id)}/mine`, { muted: !muted });
      chat.rooms.mute(room.id, !muted);
    } catch (error) {
      toasts.say(explain(words, error), { icon: "circle-alert" });
    }
  };
  return html`<button type="button" class="deed" onClick=${turn}>
    <${Icon} name=${muted ? "bell-off" : "bell"} /><span>${words.t(muted ? "compose.alerts_off" : "compose.alerts_on")}</span>
  </button>`;
}
