// @ts-check
/** When the box saves by itself, when rooms forget, and what waits after a power cut. */

import { useApp, useWords } from "../ui/app.js";
import { Choices, Field, Submit, useForm, useId } from "../ui/form.js";
import { Note } from "../ui/parts.js";
import { html, useEffect, useModel, useState } from "../ui/preact.js";
import { Loaded, More, SubPage } from "./stable_page.js";

/** @typedef {import("../types.js").EarlierSessions} EarlierSessions */
/** @typedef {{save: string, minutes: number, waits: boolean}} Automatic */
/** @typedef {import("../types.js").Room & {retention_days?: number | null}} ForgetfulRoom */

const WHENS = /** @type {const} */ (["off", "timer", "shutdown", "both"]);
const CUTS = /** @type {const} */ (["wait", "erase"]);
const DAYS = [0, 1, 7, 30, 90, 365];

export function SettingsPage() {
  const { t } = useWords();
  return html`<${SubPage} title=${t("stable.settings")} text=${t("stable.settings_text")}>
    <${AutomaticForm} />
    <${Retention} />
    <${AfterCut} />
  <//>`;
}

/**
 * What counts on the box now; `fill` puts it into the fields of its form, at first and after a change.
 *
 * @template T @param {string} path @param {(now: T) => void} fill
 */
function useNow(path, fill) {
  const { api } = useApp();
  const [now, setNow] = useState(/** @type {T | null} */ (null));
  const [failure, setFailure] = useState("");
  /** @param {T} found */
  const show = (found) => {
    setNow(found);
    fill(found);
  };
  const load = () => api.get(path).then(show, (/** @type {any} */ error) => setFailure(String(error.code)));
  useEffect(() => void load(), []);
  return { now, show, load, failure };
}

function AutomaticForm() {
  const { api, toasts } = useApp();
  const { t } = useWords();
  const [save, setSave] = useState("off");
  const [minutes, setMinutes] = useState("60");
  const { now, show, load, failure } = useNow("/api/stable/automatic", (/** @type {Automatic} */ found) => {
    setSave(found.save);
    setMinutes(String(found.minutes));
  });
  const form = useForm({
    fields: { minutes: "minutes" },
    deed: async () => {
      const timed = save === "timer" || save === "both";
      show(await api.patch("/api/stable/automatic", Object.assign({ save }, timed ? { minutes: Number(minutes) || 0 } : {})));
      toasts.say(t("stable.automatic_done"), { icon: "check" });
    },
  });
  const options = WHENS.map((one) => ({ value: one, label: t(`stable.automatic.${one}`), hint: t(`stable.automatic.${one}_hint`) }));
  return html`<${Loaded} ready=${now !== null} failure=${failure} again=${load}>
    <form class="card stack" onSubmit=${form.submit} novalidate>
      <h2>${t("stable.automatic")}</h2>
      <p>${t("stable.automatic_text")}</p>
      ${now?.waits && html`<${Note} tone="amber" icon="triangle-alert">${t("stable.automatic_waits")}<//>`}
      <${Choices} label=${t("stable.automatic_when")} name="automatic" value=${save} options=${options} onChoose=${setSave} />
      ${(save === "timer" || save === "both") &&
      html`<${Field}
        label=${t("stable.automatic_minutes")}
        hint=${t("stable.automatic_minutes_hint")}
        value=${minutes}
        onInput=${setMinutes}
        inputmode="numeric"
        error=${form.errorOf("minutes")}
      />`}
      ${form.problem}
      <div class="buttons"><${Submit} label=${t("form.save")} busy=${form.busy} /></div>
    </form>
  <//>`;
}

/** How long messages stay, room by room. */
function Retention() {
  const { api, session } = useApp();
  const { t } = useWords();
  useModel(session);
  const [found, setFound] = useState(/** @type {{items: ForgetfulRoom[], next: string | null} | null} */ (null));
  const [failure, setFailure] = useState("");
  /** @param {string} [after] */
  const load = async (after = "") => {
    try {
      const page = await api.get(`/api/rooms?limit=100${after && `&after=${encodeURIComponent(after)}`}`);
      setFound((before) => ({ items: after && before ? before.items.concat(page.items) : page.items, next: page.next ?? null }));
      setFailure("");
    } catch (error) {
      setFailure(String(/** @type {any} */ (error).code));
    }
  };
  useEffect(() => void load(), []);
  const rooms = (found?.items ?? []).filter((room) => room.kind !== "direct" && !room.ephemeral);
  return html`<section class="card stack">
    <h2>${t("stable.retention")}</h2>
    <p>${t("stable.retention_text")}</p>
    <${Loaded} ready=${found !== null} failure=${failure} again=${() => load()}>
      <ul class="rows">
        ${rooms.map((room) => html`<${RoomDays} key=${room.id} room=${room} usual=${session.status?.retention_days ?? 0} />`)}
      </ul>
      <${More} next=${found ? found.next : null} more=${() => load(found?.next ?? "")} />
    <//>
  </section>`;
}

/** @param {{room: ForgetfulRoom, usual: number}} props */
function RoomDays({ room, usual }) {
  const { api, toasts } = useApp();
  const words = useWords();
  const { t } = words;
  const id = useId("days");
  const [days, setDays] = useState(room.retention_days ?? null);
  /** @param {number} n */
  const named = (n) => (n ? t("stable.days", { n }) : t("stable.days_never"));
  const choices = DAYS.concat(days !== null && !DAYS.includes(days) ? [days] : []).sort((a, b) => a - b);
  /** @param {any} event */
  const change = async (event) => {
    const wanted = event.target.value === "" ? null : Number(event.target.value);
    const before = days;
    setDays(wanted);
    try {
      await api.patch(`/api/rooms/${encodeURIComponent(room.id)}`, { retention_days: wanted });
      toasts.say(t("stable.retention_done", { name: room.name }), { icon: "check" });
    } catch (error) {
      setDays(before);
      toasts.say(words.error(String(/** @type {any} */ (error).code)), { icon: "circle-alert" });
    }
  };
  return html`<li class="row days">
    <label class="row__text" for=${id}><bdi>${room.name}</bdi></label>
    <select id=${id} class="input" value=${days === null ? "" : String(days)} onChange=${change}>
      <option value="">${t("stable.days_usual", { days: named(usual) })}</option>
      ${choices.map((one) => html`<option key=${one} value=${String(one)}>${named(one)}</option>`)}
    </select>
  </li>`;
}

/** Whether what a power cut leaves waits, and how long. */
function AfterCut() {
  const { api, toasts } = useApp();
  const { t } = useWords();
  const [erases, setErases] = useState(false);
  const [hours, setHours] = useState("");
  const { now, show, load, failure } = useNow("/api/previous", (/** @type {EarlierSessions} */ found) => {
    setErases(found.erases_at_boot);
    setHours(String(found.keeps_hours));
  });
  const form = useForm({
    fields: { keeps_hours: "keeps_hours" },
    deed: async () => {
      const wanted = Object.assign({ erases_at_boot: erases }, erases ? {} : { keeps_hours: Number(hours) || 0 });
      show(await api.patch("/api/previous", wanted));
      toasts.say(t("stable.automatic_done"), { icon: "check" });
    },
  });
  const options = CUTS.map((one) => ({ value: one, label: t(`stable.cut.${one}`), hint: t(`stable.cut.${one}_hint`) }));
  return html`<${Loaded} ready=${now !== null} failure=${failure} again=${load}>
    <form class="card stack" onSubmit=${form.submit} novalidate>
      <h2>${t("stable.at_boot")}</h2>
      <${Choices}
        label=${t("stable.cut_what")}
        name="cut"
        value=${erases ? "erase" : "wait"}
        options=${options}
        onChoose=${(/** @type {string} */ one) => setErases(one === "erase")}
      />
      ${!erases &&
      html`<${Field}
        label=${t("stable.cut_hours")}
        hint=${t("stable.cut_hours_hint")}
        value=${hours}
        onInput=${setHours}
        inputmode="numeric"
        error=${form.errorOf("keeps_hours")}
      />`}
      ${form.problem}
      <div class="buttons"><${Submit} label=${t("form.save")} busy=${form.busy} /></div>
    </form>
  <//>`;
}
