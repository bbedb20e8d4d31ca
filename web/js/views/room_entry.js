// @ts-check
/** A room that is not in one's list: an open one to come into, one of the archive to read, or none at all. */

import { useApp, useTitle, useWords } from "../ui/app.js";
import { Field, Submit, useForm } from "../ui/form.js";
import { Icon } from "../ui/icon.js";
import { Empty, Waiting } from "../ui/parts.js";
import { html, useEffect, useState } from "../ui/preact.js";
import { come, roomPath } from "./room_deeds.js";

/** @typedef {import("../types.js").Room} Room */

/** @param {{id: string}} props */
export function RoomDoor({ id }) {
  const { api, chat } = useApp();
  const { t } = useWords();
  const [room, setRoom] = useState(/** @type {Room | null} */ (null));
  const [none, setNone] = useState(false);
  useEffect(() => {
    let wanted = true;
    api.get(roomPath(id)).then(
      (/** @type {Room} */ found) => {
        if (!wanted) return;
        // What one belongs to stands in the list already, but for the archive.
        if (found.role === "none") setRoom(found);
        else chat.rooms.put(found);
      },
      () => wanted && setNone(true),
    );
    return () => {
      wanted = false;
    };
  }, [id]);
  if (room) return html`<section class="talk"><${ComeIn} room=${room} /></section>`;
  if (!none) return html`<section class="talk"><${Waiting} label=${t("wait.loading")} /></section>`;
  return html`<section class="talk">
    <${Empty} icon="message-circle" title=${t("chat.no_room")} whole>
      <p>${t("chat.no_room_hint")}</p>
      <p><a class="button" href="/chat">${t("chat.to_rooms")}</a></p>
    <//>
  </section>`;
}

/** @param {{room: Room}} props */
function ComeIn({ room }) {
  const app = useApp();
  const { t } = useWords();
  const heading = useTitle(room.name);
  const [password, setPassword] = useState("");
  const form = useForm({
    fields: { wrong_password: "password", password: "password" },
    deed: async () => {
      await app.api.post(`${roomPath(room.id)}/join`, room.password ? { password } : {});
      await come(app, room.id);
    },
  });
  return html`<form class="empty room-door stack" onSubmit=${form.submit} novalidate>
    <${Icon} name="log-in" />
    <h1 tabindex="-1" ref=${heading}>${room.name}</h1>
    <p>${t("rooms.in_it", { n: room.members ?? 0 })}${room.ephemeral && html` · ${t("rooms.not_kept")}`}</p>
    ${room.archived && html`<p>${t("rooms.is_archived")}</p>`}
    ${room.password &&
    html`<${Field}
      label=${t("talk.room_password")}
      value=${password}
      onInput=${setPassword}
      type="password"
      error=${form.errorOf("password")}
      required
    />`}
    ${form.problem}
    ${!room.archived && html`<${Submit} label=${t("rooms.come_in")} busy=${form.busy} />`}
    <p class="only-narrow"><a href="/chat">${t("chat.to_rooms")}</a></p>
  </form>`;
}
