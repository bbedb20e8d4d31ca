// @ts-check
/** After a power cut: the sessions that it interrupted, brought back or erased. */

import { Earlier, EarlierThings, KINDS } from "../models/earlier.js";
import { explain, useApp, useWords } from "../ui/app.js";
import { Dialog } from "../ui/dialog.js";
import { Submit, useForm } from "../ui/form.js";
import { Icon } from "../ui/icon.js";
import { Empty, Note, useDeed } from "../ui/parts.js";
import { html, useEffect, useMemo, useModel, useState } from "../ui/preact.js";
import { Find, Loaded, More, Pick, SubPage } from "./stable_page.js";
import { LostRow } from "./stable_lost.js";

/** @typedef {import("../types.js").EarlierSession} EarlierSession */

export function PreviousPage() {
  const { api, session } = useApp();
  const { t } = useWords();
  const earlier = useMemo(() => new Earlier(api, () => session.refresh()), []);
  useModel(earlier, session);
  const waiting = session.status?.previous?.sessions;
  useEffect(() => void earlier.load(), [waiting]);
  const { found } = earlier;
  const text = found ? t("stable.previous_text", { hours: found.keeps_hours }) : "";
  return html`<${SubPage} title=${t("stable.previous")} text=${text}>
    <${Loaded} ready=${found !== null} failure=${earlier.failure} again=${() => earlier.load()}>
      ${found?.erases_at_boot && html`<${Note}>${t("stable.erases_at_boot")}<//>`}
      ${found && !found.sessions.length && html`<${Empty} icon="leaf" title=${t("stable.previous_none")}><p>${t("stable.previous_none_hint")}</p><//>`}
      ${found?.sessions.map((one) => html`<${OneSession} key=${one.epoch} one=${one} earlier=${earlier} />`)}
    <//>
  <//>`;
}

/** @param {EarlierSession} one @param {import("../words.js").Words} words */
function contentOf(one, { t, format }) {
  const files = `${t("count.files", { n: one.files })} (${format.size(one.bytes)})`;
  return `${files}, ${t("count.messages", { n: one.messages })}, ${t("count.rooms", { n: one.rooms })}`;
}

/** @param {{one: EarlierSession, earlier: Earlier}} props */
function OneSession({ one, earlier }) {
  const { dialogs, now, toasts } = useApp();
  const words = useWords();
  const { t, format } = words;
  const [open, setOpen] = useState(false);
  const back = useDeed(async () => told(toasts, words, await earlier.bringBack(one.epoch, { all: true })));
  /** @param {() => void} close */
  const ask = (close) => html`<${AskErase} one=${one} earlier=${earlier} close=${close} />`;
  const empty = !one.damaged && !one.files && !one.messages && !one.rooms;
  return html`<section class="card stack">
    <h2>${one.ended_at === null ? t("stable.session_damaged") : t("stable.session", { when: format.moment(one.ended_at, now()) })}</h2>
    ${one.damaged ? html`<p>${t("stable.session_damaged_text")}</p>` : html`<p class="numbers">${empty ? t("stable.session_empty") : contentOf(one, words)}</p>`}
    <p class="soft"><${Icon} name="clock" /> ${t("stable.session_left", { time: format.duration(one.expires_in_seconds) })}</p>
    ${Boolean(back.error) && html`<${Note} tone="red" icon="circle-alert" alert>${explain(words, back.error)}<//>`}
    ${back.busy && html`<p class="soft" role="status">${t("stable.bringing")}</p>`}
    <div class="buttons">
      ${!one.damaged &&
      !empty &&
      html`
        <button type="button" class="button button--main" aria-disabled=${back.busy ? "true" : null} onClick=${back.run}>
          <${Icon} name="history" />${t("stable.bring_all")}
        </button>
        <button type="button" class="button" aria-expanded=${open ? "true" : "false"} onClick=${() => setOpen(!open)}>
          <${Icon} name="eye" />${t(open ? "stable.session_close" : "stable.session_look")}
        </button>
      `}
      <button type="button" class="button" onClick=${() => dialogs.open(ask)}><${Icon} name="trash-2" />${t("stable.erase_now")}</button>
    </div>
    ${open && html`<${Things} one=${one} earlier=${earlier} />`}
  </section>`;
}

/** What came back, and what could not. @param {import("../models/toasts.js").Toasts} toasts @param {import("../words.js").Words} words @param {Record<string, number>} done */
function told(toasts, { t }, done) {
  const back = t("stable.brought", {
    files: t("count.files", { n: done.files }),
    messages: t("count.messages", { n: done.messages }),
  });
  const more = [
    done.already && t("stable.brought_already", { n: done.already }),
    done.gone && t("stable.brought_gone", { n: done.gone }),
    done.lost && t("stable.brought_lost", { n: done.lost }),
  ];
  toasts.say([back, ...more].filter(Boolean).join(" "), { icon: "history" });
}

/** What it holds, to be chosen from. @param {{one: EarlierSession, earlier: Earlier}} props */
function Things({ one, earlier }) {
  const { api, toasts } = useApp();
  const words = useWords();
  const { t } = words;
  const things = useMemo(() => new EarlierThings(api, one.epoch), [one.epoch]);
  useModel(things);
  useEffect(() => void things.load(), [things]);
  const back = useDeed(async () => {
    if (!things.count) return;
    told(toasts, words, await earlier.bringBack(one.epoch, things.choice()));
    await things.done();
  });
  const kinds = KINDS.map((kind) => ({ value: kind, label: t(`stable.kind.${kind}`) }));
  const { items } = things;
  return html`<div class="stack">
    <${Pick} label=${t("stable.kinds")} options=${kinds} value=${things.kind} choose=${(/** @type {any} */ kind) => things.look({ kind })} />
    <${Find} label=${t("stable.find")} look=${(/** @type {string} */ query) => things.look({ query })} />
    ${things.kind === "rooms" && html`<p class="soft">${t("stable.closed_whole")}</p>`}
    <${Loaded} ready=${items !== null} failure=${things.failure} again=${() => things.load()}>
      ${items && !items.length && html`<p class="soft" role="status">${t("stable.lost_none")}</p>`}
      <div class="choices">${(items ?? []).map((thing) => html`<${LostRow} key=${thing.id} thing=${thing} things=${things} />`)}</div>
      <${More} next=${things.next} more=${() => things.more()} />
    <//>
    ${Boolean(back.error) && html`<${Note} tone="red" icon="circle-alert" alert>${explain(words, back.error)}<//>`}
    <div class="buttons">
      <button type="button" class="button button--main" aria-disabled=${back.busy || !things.count ? "true" : null} onClick=${back.run}>
        <${Icon} name="history" />${back.busy ? t("form.moment") : things.count ? t("stable.bring_some", { n: things.count }) : t("stable.bring_chosen")}
      </button>
    </div>
  </div>`;
}

/** Says in numbers what will be lost. @param {{one: EarlierSession, earlier: Earlier, close: () => void}} props */
function AskErase({ one, earlier, close }) {
  const { toasts } = useApp();
  const words = useWords();
  const { t } = words;
  const form = useForm({
    fields: {},
    deed: async () => {
      await earlier.erase(one.epoch);
      close();
      toasts.say(t("stable.session_erased"), { icon: "trash-2" });
    },
  });
  return html`<${Dialog} title=${t("stable.erase_ask")} close=${close}>
    <form class="stack" onSubmit=${form.submit} novalidate>
      <${Note} tone="red" icon="triangle-alert">
        <strong>${one.damaged ? t("stable.session_damaged_text") : t("stable.reset_loses", { what: contentOf(one, words) })}</strong>
      <//>
      <p class="soft">${t("stable.reset_traces")}</p>
      ${form.problem}
      <div class="buttons buttons--end">
        <button type="button" class="button" data-first onClick=${close}>${t("form.cancel")}</button>
        <${Submit} label=${t("stable.erase_deed")} busy=${form.busy} tone="danger" />
      </div>
    </form>
  <//>`;
}
