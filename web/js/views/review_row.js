// @ts-check
/** One file that waits: what was seen in it, and the question before each of the two decisions. */

import { contentPath } from "../models/files.js";
import { reasonSentence } from "../models/review.js";
import { explain, useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Field } from "../ui/form.js";
import { fileIcon, Icon } from "../ui/icon.js";
import { Note, useDeed } from "../ui/parts.js";
import { html, usePassingTime, useState } from "../ui/preact.js";

/** @typedef {import("../types.js").FileEntry} FileEntry */
/** @typedef {import("../models/review.js").Review} Review */
/** @typedef {{file: FileEntry, review: Review}} Props */

// What is longer the box would cut.
const LONGEST = 120;
const TAGS = {
  pending: { tone: "", icon: "clock" },
  clean: { tone: "leaf", icon: "shield-check" },
  flagged: { tone: "red", icon: "triangle-alert" },
  unscanned: { tone: "amber", icon: "shield-question-mark" },
};

/** @param {Props} props */
export function ReviewRow({ file, review }) {
  const { dialogs, now } = useApp();
  const { t, format } = useWords();
  usePassingTime();
  const facts = [format.size(file.size), file.owner.name, format.ago(file.created, now())];
  const { tone, icon } = TAGS[file.scan];
  /** @param {"release" | "reject"} what */
  const ask = (what) =>
    dialogs.open((close) => html`<${Decide} file=${file} review=${review} what=${what} close=${close} />`);
  return html`<li class="row review">
    <${Icon} name=${fileIcon(file.type)} class="row__icon" />
    <div class="row__text stack-s">
      <p class="file__name"><a href=${contentPath(file.id)} download=${file.name}>${file.name}</a></p>
      <p class="soft numbers file__facts">${facts.join(" · ")}</p>
      <p><span class=${`tag tag--${tone}`}><${Icon} name=${icon} />${t(`scan.${file.scan}`)}</span></p>
      <${Reasons} file=${file} />
      <div class="buttons">
        <button type="button" class="button" onClick=${() => ask("release")}>
          <${Icon} name="check" />${t("review.release")}<span class="only-heard"> ${file.name}</span>
        </button>
        ${file.state !== "rejected" &&
        html`<button type="button" class="button" onClick=${() => ask("reject")}>
          <${Icon} name="ban" />${t("review.reject")}<span class="only-heard"> ${file.name}</span>
        </button>`}
      </div>
    </div>
  </li>`;
}

/** @param {{file: FileEntry}} props */
function Reasons({ file }) {
  const { t, format } = useWords();
  const reasons = file.reasons ?? [];
  if (!reasons.length) return html`<p class="soft">${t("review.nothing_found")}</p>`;
  return html`<ul class="stack-s">
    ${reasons.map((reason, number) => html`<li key=${number}>${reasonSentence(t, format, reason)}</li>`)}
  </ul>`;
}

/** @param {Props & {what: "release" | "reject", close: () => void}} props */
function Decide({ file, review, what, close }) {
  const { session, toasts } = useApp();
  const words = useWords();
  const { t, format } = words;
  const [reason, setReason] = useState("");
  const decide = useDeed(async () => {
    await review.decide(file.id, what, reason.trim());
    session.refreshSoon();
    close();
    // Its row is gone: the next one takes the focus.
    const next = /** @type {HTMLElement | null} */ (document.querySelector(".review a") ?? document.querySelector("#main h1"));
    next?.focus();
    const done = what === "release" ? t("review.released", { name: file.name }) : t("review.rejected_done", { name: file.name });
    toasts.say(done, { icon: what === "release" ? "check" : "ban" });
  });
  return html`<${Dialog} title=${t(`review.${what}_ask`)} close=${close}>
    <p><strong>${file.name}</strong> · <span class="numbers">${format.size(file.size)}</span> · ${file.owner.name}</p>
    <${Reasons} file=${file} />
    <p>${t(`review.${what}_text`)}</p>
    ${what === "release" && file.state === "rejected" && html`<p>${t("review.release_rejected")}</p>`}
    ${what === "reject" &&
    html`<${Field}
      label=${t("review.reason")}
      hint=${t("review.reason_hint")}
      value=${reason}
      maxlength=${LONGEST}
      onInput=${setReason}
    />`}
    ${Boolean(decide.error) && html`<${Note} tone="red" icon="circle-alert" alert>${explain(words, decide.error)}<//>`}
    <div class="buttons buttons--end">
      <button type="button" class="button" data-first onClick=${close}>${t("review.cancel")}</button>
      <button
        type="button"
        class=${what === "reject" ? "button button--danger" : "button button--main"}
        aria-disabled=${decide.busy ? "true" : null}
        onClick=${decide.run}
      >
        ${decide.busy ? t("form.moment") : t(`review.${what}`)}
      </button>
    </div>
  <//>`;
}
