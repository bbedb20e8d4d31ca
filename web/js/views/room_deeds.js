// @ts-check
/** What the views of rooms share: their addresses on the wire, coming into one, and deeds that may fail. */

import { chatPath } from "../models/route.js";
import { ApiError } from "../net/api.js";
import { explain, useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { html } from "../ui/preact.js";

/** @typedef {import("../ui/app.js").App} App */
/** @typedef {import("../types.js").Member} Member */

/** @param {string} room */
export const roomPath = (room) => `/api/rooms/${encodeURIComponent(room)}`;

/** @param {string} room @param {string} member */
export const memberPath = (room, member) => `${roomPath(room)}/members/${encodeURIComponent(member)}`;

/** To a room that one belongs to since a moment ago. @param {App} app @param {string} room */
export async function come(app, room) {
  app.chat.rooms.put(await app.api.get(roomPath(room)));
  app.router.go(chatPath(room));
}

/** The conversation with one person, new or found again. @param {App} app @param {string} person */
export async function writeTo(app, person) {
  const room = await app.api.post("/api/rooms", { kind: "direct", members: [person] });
  app.chat.rooms.put(room);
  app.router.go(chatPath(room.id));
}

/** A guest goes: nothing of the stay is kept. @param {App} app */
export async function endVisit(app) {
  await app.api.post(`${roomPath(app.guest.room)}/leave`);
  app.router.go("/entrar", { replace: true });
  app.session.leave(false);
}

/**
 * Does something at once; what goes wrong is told, and so is what went well.
 *
 * @returns {(run: () => Promise<unknown>, done?: string) => Promise<boolean>}
 */
export function useTry() {
  const { toasts } = useApp();
  const words = useWords();
  return async (run, done) => {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toasts.say(explain(words, error), { icon: "circle-alert" });
      return false;
    }
    if (done) toasts.say(done);
    return true;
  };
}

/**
 * One of several ways on, with a line of what it means.
 *
 * @param {{icon: string, label: string, hint?: string, run: () => void, danger?: boolean}} props
 */
export function Way({ icon, label, hint, run, danger = false }) {
  return html`<button type="button" class=${danger ? "deed deed--danger" : "deed"} onClick=${run}>
    <${Icon} name=${icon} />
    <span class="deed__text">${label}${hint && html`<span class="deed__hint soft small">${hint}</span>`}</span>
  </button>`;
}
