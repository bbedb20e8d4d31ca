// @ts-check
/** For administrators: a power cut interrupted something, and it waits. */

import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { html, useModel, useState } from "../ui/preact.js";

export function LeftLine() {
  const { router, session, story } = useApp();
  const { t } = useWords();
  useModel(router, session);
  const [seen, setSeen] = useState(0);
  const { sessions = 0, files = 0, messages = 0 } = session.status?.previous ?? {};
  if (sessions <= seen || router.route.item === "previous") return null;
  const what = `${t("count.files", { n: files })}, ${t("count.messages", { n: messages })}`;
  return html`<div class="banner banner--amber" role="status">
    <${Icon} name="history" />
    <span>${t("reset.left", { what })} <a href="/admin/stable/previous" onClick=${() => story.dismiss()}>${t("reset.left_link")}</a></span>
    <button type="button" class="button button--quiet" onClick=${() => setSeen(sessions)}>${t("reset.left_later")}</button>
  </div>`;
}
