// @ts-check
/** One room: who is there, what was said, and the place to answer. */

import { useApp, useTitle, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Empty, Waiting } from "../ui/parts.js";
import { html, useEffect, useModel, useState } from "../ui/preact.js";
import { Composer } from "./composer.js";
import { MessageLog } from "./message_log.js";
import { RoomPanel } from "./room_panel.js";
import { RoomStanding } from "./room_standing.js";

/** @typedef {import("../types.js").Room} Room */

/** @param {{room: Room}} props */
export function ConversationPane({ room }) {
  const { chat } = useApp();
  useEffect(() => {
    chat.enter(room.id);
    return () => {
      if (chat.current === room.id) chat.leaveView();
    };
  }, [room.id]);
  return html`<section class="talk" aria-label=${room.name}>
    <${Head} room=${room} />
    <${Body} room=${room} />
    <${Writers} room=${room} />
    <${RoomStanding} room=${room} />
    <${Composer} room=${room} />
  </section>`;
}

/** @param {{room: Room}} props */
function Head({ room }) {
  const { chat, dialogs, session } = useApp();
  const { t } = useWords();
  useModel(chat.rooms);
  const heading = useTitle(room.name);
  const here = chat.rooms.present(room.id);
  const others = here.filter((person) => person.id !== session.me?.id).map((person) => person.name);
  const names = others.length ? t("chat.here_with", { n: here.length, names: others.join(", ") }) : t("chat.here_alone");
  /** @param {() => void} close */
  const people = (close) => html`<${RoomPanel} room=${room} close=${close} />`;
  return html`<header class="head talk__head">
    <a class="button button--quiet button--icon only-narrow" href="/chat" aria-label=${t("chat.back")}>
      <${Icon} name="arrow-left" />
    </a>
    <div class="head__title">
      <h1 class="talk__name cut" tabindex="-1" ref=${heading}>${room.name}</h1>
      <p class="soft cut talk__here">${names}</p>
    </div>
    <button type="button" class="button button--quiet" onClick=${() => dialogs.open(people)}>
      <${Icon} name="users" /><span class="numbers">${here.length}</span
      ><span class="only-heard">${t("chat.people")}</span>
    </button>
    <${Leaf} />
  </header>`;
}

/** In a room the strip about restarts is folded into a leaf. */
function Leaf() {
  const { session } = useApp();
  const { t } = useWords();
  useModel(session);
  const href = session.administrator ? "/admin/stable" : "/help#restart";
  return html`<a class="button button--quiet button--icon only-narrow talk__leaf" href=${href} aria-label=${t("stable.about")}>
    <${Icon} name=${session.status?.stable ? "leaf" : "triangle-alert"} />
  </a>`;
}

/** @param {{room: Room}} props */
function Body({ room }) {
  const { chat } = useApp();
  const { t, error } = useWords();
  const conversation = chat.conversation(room.id);
  useModel(conversation, chat.rooms);
  if (conversation.state === "ready") return html`<${MessageLog} room=${room} conversation=${conversation} />`;
  if (conversation.state !== "failed") {
    return html`<div class="log"><${Waiting} label=${t("wait.loading")} /></div>`;
  }
  return html`<div class="log">
    <${Empty} icon="circle-alert" title=${t("chat.not_loaded")}>
      <p>${error(conversation.failure)}</p>
      <button type="button" class="button" onClick=${() => chat.open(room.id)}>${t("root.retry")}</button>
    <//>
  </div>`;
}

/** A line of its own height, so that nothing moves when somebody starts to write. @param {{room: Room}} props */
function Writers({ room }) {
  const { chat } = useApp();
  const { t } = useWords();
  const [, draw] = useState(0);
  useModel(chat.rooms);
  const wait = chat.rooms.nextSilence();
  useEffect(() => {
    if (!wait) return undefined;
    const timer = setTimeout(() => draw((count) => count + 1), wait + 20);
    return () => clearTimeout(timer);
  }, [wait]);
  const names = chat.rooms.writers(room.id);
  const text = names.length > 2 ? t("chat.typing_many") : names.length ? t("chat.typing", { n: names.length, names: names.join(", ") }) : "";
  return html`<p class="writers soft cut" aria-hidden="true">${text}</p>`;
}
