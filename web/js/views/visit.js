// @ts-check
/** The house as a guest sees it: one room, their name, help and the way out. */

import { chatPath } from "../models/route.js";
import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Avatar, Mark } from "../ui/parts.js";
import { html, useEffect, useModel } from "../ui/preact.js";
import { Banners } from "./banners.js";
import { ChatPage } from "./chat.js";
import { Leave } from "./room_leave.js";
import { UploadsLine } from "./uploads.js";

/** @param {{route: import("../models/route.js").Route}} props */
export function Visit({ route }) {
  const { guest, router } = useApp();
  const { t } = useWords();
  const own = route.page === "chat" && route.room === guest.room;
  useEffect(() => {
    // There is nothing else here for them: any other address leads to their room.
    if (!own && guest.room) router.go(chatPath(guest.room), { replace: true });
  }, [own, guest.room]);
  return html`<div class="frame frame--room frame--visit">
    <a class="skip" href="#main" onClick=${toMain}>${t("shell.skip")}</a>
    <${Banners} />
    <${Head} />
    <div class="frame__body">
      <main class="frame__main" id="main" tabindex="-1">
        ${own && html`<${ChatPage} key=${route.room} route=${route} />`}
        <${UploadsLine} page="chat" />
      </main>
    </div>
  </div>`;
}

function Head() {
  const { chat, dialogs, guest, session } = useApp();
  const { t } = useWords();
  useModel(session, chat.rooms);
  const name = session.me?.name ?? "";
  const room = chat.rooms.get(guest.room);
  /** @param {() => void} close */
  const leave = (close) => html`<${Leave} room=${room} back=${close} close=${close} />`;
  return html`<header class="visit-head">
    <${Mark} name=${session.status?.name ?? "PiChat"} />
    <span class="visit-head__me"><${Avatar} name=${name} /><span class="cut">${name}</span></span>
    <a class="button button--quiet button--icon" href="/help" aria-label=${t("place.help")}><${Icon} name="circle-question-mark" /></a>
    ${room &&
    html`<button type="button" class="button" onClick=${() => dialogs.open(leave)}>
      <${Icon} name="log-out" />${t("rooms.leave_short")}
    </button>`}
  </header>`;
}

/** @param {Event} event */
function toMain(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
