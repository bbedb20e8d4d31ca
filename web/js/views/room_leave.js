// @ts-check
/** Going out of a room: what that means for somebody with an account, an owner, a guest. */

import { useApp, useWords } from "../ui/app.js";
import { html } from "../ui/preact.js";
import { endVisit, roomPath, useTry } from "./room_deeds.js";
import { Step } from "./room_step.js";

/** @typedef {import("../types.js").Room} Room */

/** @param {{room: Room, back: () => void, close: () => void}} props */
export function Leave({ room, back, close }) {
  const app = useApp();
  const { t } = useWords();
  const attempt = useTry();
  const { api, chat, session } = app;
  const { visiting } = session;
  const leave = async () => {
    const gone = visiting ? () => endVisit(app) : () => api.post(`${roomPath(room.id)}/leave`);
    if (!(await attempt(gone))) return;
    close();
    if (visiting) return;
    chat.closed(room.id, "leave");
    app.router.go("/chat");
  };
  const says = visiting ? "rooms.leave_guest" : room.kind === "public" ? "rooms.leave_open" : "talk.leave_says";
  return html`<${Step} title=${t("talk.leave_ask", { room: room.name })} back=${back} close=${close}>
    <p>${t(says)}</p>
    ${room.ephemeral && html`<p>${t("rooms.leave_ephemeral")}</p>`}
    ${room.role === "owner" && html`<p>${t("rooms.leave_owner")}</p>`}
    <div class="buttons buttons--end">
      <button type="button" class="button" data-first onClick=${back}>${t("talk.keep")}</button>
      <button type="button" class="button button--danger" onClick=${leave}>${t("talk.leave")}</button>
    </div>
  <//>`;
}
