// @ts-check
/** The door for people without an account: the code of a room (in the link behind the #), and a name. */

import { GUEST_KEY } from "../models/guest.js";
import { chatPath } from "../models/route.js";
import { useApp, useTitle, useWords } from "../ui/app.js";
import { Field, Submit, useForm } from "../ui/form.js";
import { html, useState } from "../ui/preact.js";
import { Door } from "./door.js";
import { CodeFields } from "./room_forms.js";

export function Enter() {
  const { api, chat, router, session } = useApp();
  const { t } = useWords();
  const guest = !session.me;
  const [code, setCode] = useState(router.fragment);
  const [password, setPassword] = useState("");
  const [name, setName] = useState("");
  const heading = useTitle(t("talk.enter_title"));
  const form = useForm({
    fields: {
      bad_code: "code",
      not_found: "code",
      code: "code",
      wrong_password: "password",
      password: "password",
      name: "name",
      name_taken: "name",
    },
    deed: async () => {
      const secret = password || undefined;
      if (!guest) {
        const room = await api.post("/api/rooms/join", { code, password: secret });
        chat.rooms.put(room);
        router.go(chatPath(room.id), { replace: true });
        return;
      }
      const { user, room } = await api.post("/api/enter", { code, password: secret, name: name.trim(), session: "cookie" });
      try {
        window.sessionStorage.setItem(GUEST_KEY, JSON.stringify(user));
      } catch {
        // Without a place to keep it a reload asks for the name again.
      }
      router.go(chatPath(room.id), { replace: true });
      session.me = user;
      session.changed();
    },
  });
  return html`<${Door}>
    <form class="card stack" onSubmit=${form.submit} novalidate>
      <h1 tabindex="-1" ref=${heading}>${t("talk.enter_title")}</h1>
      ${guest && html`<p>${t("talk.enter_intro")}</p>`}
      ${guest &&
      html`<${Field}
        label=${t("talk.enter_name")}
        value=${name}
        onInput=${setName}
        autocapitalize="words"
        autocomplete="nickname"
        error=${form.errorOf("name")}
        maxlength=${64}
        required
        focus
      />`}
      <${CodeFields} code=${code} setCode=${setCode} password=${password} setPassword=${setPassword} form=${form} />
      ${form.problem}
      <${Submit} label=${t("talk.enter")} busy=${form.busy} wide />
      ${guest && html`<p><a href="/login">${t("talk.enter_account")}</a></p>`}
    </form>
  <//>`;
}
