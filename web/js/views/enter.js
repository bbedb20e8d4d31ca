// @ts-check
/** The door for people without an account: the code of a room (in the link behind the #), and a name. */

import { chatPath } from "../models/route.js";
import { useApp, useTitle, useWords } from "../ui/app.js";
import { Field, Submit, useForm } from "../ui/form.js";
import { Note } from "../ui/parts.js";
import { html, useState } from "../ui/preact.js";
import { Door } from "./door.js";
import { come, endVisit, useTry } from "./room_deeds.js";
import { CODE_FIELDS, CodeFields } from "./room_forms.js";
import { SignIn } from "./sign_in.js";

/** Who signs in here stays at this address: the code in it is asked for next. */
export function Enter() {
  const { session } = useApp();
  const [account, setAccount] = useState(false);
  if (session.visiting) return html`<${Already} />`;
  if (account && !session.me) return html`<${SignIn} />`;
  return html`<${EnterForm} withAccount=${() => setAccount(true)} />`;
}

/** @param {{withAccount: () => void}} props */
function EnterForm({ withAccount }) {
  const app = useApp();
  const { api, router, session } = app;
  const { t } = useWords();
  const guest = !session.me;
  const [code, setCode] = useState(router.fragment);
  const [password, setPassword] = useState("");
  const [name, setName] = useState("");
  const heading = useTitle(t("talk.enter_title"));
  const form = useForm({
    fields: Object.assign({ name: "name", name_taken: "name" }, CODE_FIELDS),
    deed: async () => {
      const secret = password || undefined;
      if (!guest) {
        const { room } = await api.post("/api/rooms/join", { code, password: secret });
        await come(app, room);
        return;
      }
      const stay = await api.post("/api/enter", { code, password: secret, name: name.trim(), session: "cookie" });
      router.go(chatPath(stay.room.id), { replace: true });
      session.visit(stay.user, stay.room.id, stay.expires_in);
    },
  });
  return html`<${Door}>
    <form class="card stack" onSubmit=${form.submit} novalidate>
      <h1 tabindex="-1" ref=${heading}>${t("talk.enter_title")}</h1>
      ${session.ended && html`<${Note}>${t("rooms.visit_over")}<//>`}
      <p>${guest ? t("talk.enter_intro") : t("rooms.enter_as", { name: session.me?.name ?? "" })}</p>
      ${guest &&
      html`<${Field}
        label=${t("talk.enter_name")}
        value=${name}
        onInput=${setName}
        autocapitalize="words"
        autocomplete="nickname"
        error=${form.errorOf("name")}
        maxlength=${60}
        required
        focus
      />`}
      <${CodeFields} code=${code} setCode=${setCode} password=${password} setPassword=${setPassword} form=${form} />
      ${form.problem}
      <${Submit} label=${t("talk.enter")} busy=${form.busy} wide />
      ${guest && html`<p><button type="button" class="plain" onClick=${withAccount}>${t("talk.enter_account")}</button></p>`}
    </form>
  <//>`;
}

/** A guest is in one room at a time. */
function Already() {
  const app = useApp();
  const { guest, session } = app;
  const { t } = useWords();
  const attempt = useTry();
  const heading = useTitle(t("talk.enter_title"));
  return html`<${Door}>
    <div class="card stack">
      <h1 tabindex="-1" ref=${heading}>${t("talk.enter_title")}</h1>
      <p>${t("rooms.visiting_already", { name: session.me?.name ?? "" })}</p>
      <p><a class="button button--main button--wide" href=${chatPath(guest.room)}>${t("rooms.to_my_room")}</a></p>
      <p><button type="button" class="plain" onClick=${() => attempt(() => endVisit(app))}>${t("rooms.end_visit")}</button></p>
    </div>
  <//>`;
}
