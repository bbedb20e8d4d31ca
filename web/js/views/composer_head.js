// @ts-check
/** Above the place where one writes: what is answered or edited, and the way out of it. */

import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { html } from "../ui/preact.js";

/** @param {{room: import("../types.js").Room}} props */
export function Editing({ room }) {
  const { drafts } = useApp();
  const { t } = useWords();
  const draft = drafts.of(room.id);
  const message = draft.editing ?? draft.reply;
  if (!message) return null;
  const what = draft.editing ? t("talk.editing") : t("talk.replying", { name: message.from.name });
  const away = () => (draft.editing ? drafts.edit(room.id, null) : drafts.reply(room.id, null));
  return html`<div class="answering" role="status">
    <p class="answering__what cut">
      <strong>${what}</strong>
      <span class="soft"> ${message.body || message.files?.[0]?.name || t("chat.deleted")}</span>
    </p>
    <button type="button" class="button button--quiet button--icon" aria-label=${t("talk.cancel")} onClick=${away}>
      <${Icon} name="x" />
    </button>
  </div>`;
}
