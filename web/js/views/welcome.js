// @ts-check
/** Right after the claim: three cards, and the first "Save as stable". */

import { explain, useApp, useTitle, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { Note, useDeed } from "../ui/parts.js";
import { html, useModel } from "../ui/preact.js";
import { Invite } from "./invite.js";
import { ChooseFiles, UploadList } from "./upload_list.js";

export function Welcome() {
  const { session, uploads } = useApp();
  const { t } = useWords();
  useModel(session, uploads);
  const heading = useTitle(t("welcome.title"));
  return html`<div class="page">
    <div class="page__inner stack-l">
      <header class="stack-s">
        <h1 tabindex="-1" ref=${heading}>${t("welcome.hello", { name: (session.me?.name ?? "").split(" ")[0] })}</h1>
        <p>${t("welcome.text")}</p>
      </header>
      <${Step} n="1" title=${t("welcome.invite")}>
        <${Invite} />
        <p class="soft">${t("welcome.accounts")} <a href="/admin/people">${t("welcome.accounts_link")}</a></p>
      <//>
      <${Step} n="2" title=${t("welcome.file")}>
        <p>${t("welcome.file_text")}</p>
        <${UploadList} />
        <div class="buttons"><${ChooseFiles} /><a class="button button--quiet" href="/files">${t("welcome.see_files")}</a></div>
      <//>
      <${Step} n="3" title=${t("welcome.restart")}>
        <p>${t("welcome.restart_text")}</p>
        <${FirstSave} />
      <//>
    </div>
  </div>`;
}

/** @param {{n: string, title: string, children?: any}} props */
function Step({ n, title, children }) {
  return html`<section class="card stack">
    <h2 class="step"><span class="step__number" aria-hidden="true">${n}</span>${title}</h2>
    ${children}
  </section>`;
}

function FirstSave() {
  const { router, session, toasts } = useApp();
  const words = useWords();
  const { t } = words;
  const save = useDeed(async () => {
    await session.api.post("/api/stable", { note: t("welcome.first_note") });
    await session.refresh();
    toasts.say(t("stable.saved"), { icon: "leaf" });
    router.go("/inicio", { replace: true });
  });
  return html`<div class="stack">
    ${Boolean(save.error) && html`<${Note} tone="red" icon="circle-alert" alert>${explain(words, save.error)}<//>`}
    <div class="buttons">
      <button
        type="button"
        class="button button--main"
        aria-disabled=${save.busy ? "true" : null}
        onClick=${save.run}
      >
        <${Icon} name="leaf" />${save.busy ? t("form.moment") : t("stable.save")}
      </button>
      <a class="button button--quiet" href="/inicio">${t("welcome.later")}</a>
    </div>
  </div>`;
}
