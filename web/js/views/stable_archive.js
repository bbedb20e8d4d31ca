// @ts-check
/** What is saved leaves the box as one file, and comes in on another one. */

import { GenerationList } from "../models/generations.js";
import { Importing } from "../models/importing.js";
import { StickCopy } from "../models/stick_copy.js";
import { useApp, useWords } from "../ui/app.js";
import { Choices, Submit, useForm, useId } from "../ui/form.js";
import { Note } from "../ui/parts.js";
import { html, useEffect, useLayoutEffect, useMemo, useModel, useRef, useState } from "../ui/preact.js";
import { fetchAs } from "./files_picked.js";
import { OwnPassword } from "./own_password.js";
import { Arrival } from "./stable_import.js";
import { Loaded, SubPage } from "./stable_page.js";
import { StickChoice, StickOutcome, StickProgress } from "./stable_stick.js";
import { Switch } from "./switch.js";

export function ArchivePage() {
  const { t } = useWords();
  return html`<${SubPage} title=${t("stable.archive")} text=${t("stable.archive_text")}>
    <${Export} />
    <${Import} />
  <//>`;
}

function Export() {
  const { api } = useApp();
  const { t } = useWords();
  const list = useMemo(() => new GenerationList(api, async () => {}), []);
  const copy = useMemo(() => new StickCopy(api, (run, ms) => void setTimeout(run, ms)), []);
  useModel(list);
  useModel(copy);
  useEffect(() => {
    list.load();
    copy.watch();
    return () => copy.close();
  }, []);
  const heading = useFocusKept(copy.underWay);
  return html`<section class="card stack">
    <h2 tabindex="-1" ref=${heading}>${t("stable.export")}</h2>
    <p>${t("stable.export_text")}</p>
    <${Loaded} ready=${list.found !== null && copy.state !== null} failure=${list.failure} again=${() => list.load()}>
      ${copy.underWay
        ? html`<${StickProgress} copy=${copy} />`
        : html`<${StickOutcome} copy=${copy} /><${ExportForm} list=${list} copy=${copy} />`}
    <//>
    ${!copy.offered && html`<p class="soft">${t("stable.export_usb")}</p>`}
  </section>`;
}

/**
 * When something takes the place of what had the focus, the heading above it has it: it does not fall to the page.
 *
 * @param {unknown} shown what is shown below
 */
function useFocusKept(shown) {
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const inside = () => Boolean(heading.current?.parentElement?.contains(document.activeElement));
  const before = inside(); // what is shown has not changed yet
  useLayoutEffect(() => {
    if (before && !inside()) heading.current?.focus();
  }, [shown]);
  return heading;
}

/** @param {{list: GenerationList, copy: StickCopy}} props */
function ExportForm({ list, copy }) {
  const { api, now } = useApp();
  const { t, format } = useWords();
  const id = useId("generation");
  const [to, setTo] = useState("here");
  const [number, setNumber] = useState("");
  const [passwords, setPasswords] = useState(false);
  const [closed, setClosed] = useState(false);
  const [password, setPassword] = useState("");
  const [ticket, setTicket] = useState(/** @type {{name: string, size: number, lost: number} | null} */ (null));
  const usb = copy.offered && to === "usb";
  const form = useForm({
    fields: { wrong_password: "password" },
    deed: async () => {
      setTicket(null);
      const wish = { password, passwords, private_rooms: closed, generation: number ? Number(number) : null };
      if (usb) return copy.begin(wish);
      const made = await api.post("/api/export", wish);
      setPassword("");
      setTicket(made);
      fetchAs(made.url);
    },
  });
  const whole = (list.found?.generations ?? []).filter((one) => one.ok);
  if (!whole.length) return html`<p class="soft">${t("stable.export_nothing")}</p>`;
  return html`<form class="stack" onSubmit=${form.submit} novalidate>
    ${copy.offered &&
    html`<${Choices}
        label=${t("stick.where")}
        name="to"
        value=${to}
        options=${[
          { value: "here", label: t("stick.here"), hint: t("stick.here_hint"), icon: "download" },
          { value: "usb", label: t("stick.usb"), hint: t("stick.usb_hint"), icon: "hard-drive" },
        ]}
        onChoose=${setTo}
      />
      ${usb && html`<${StickChoice} copy=${copy} />`}`}
    <div class="field">
      <label for=${id}>${t("stable.export_which")}</label>
      <select id=${id} class="input" value=${number} onChange=${(/** @type {any} */ event) => setNumber(event.target.value)}>
        <option value="">${t("stable.export_current")}</option>
        ${whole.map(
          (one) => html`<option key=${one.generation} value=${String(one.generation)}>
            ${one.generation} · ${one.note || format.moment(one.saved_at ?? 0, now())}
          </option>`,
        )}
      </select>
    </div>
    <${Switch} label=${t("stable.export_rooms")} hint=${t("stable.export_rooms_hint")} on=${closed} turn=${setClosed} />
    <${Switch} label=${t("stable.export_passwords")} hint=${t("stable.export_passwords_hint")} on=${passwords} turn=${setPasswords} />
    <${OwnPassword} value=${password} onInput=${setPassword} error=${form.errorOf("password")} />
    ${form.problem}
    ${ticket &&
    html`<div role="status">
      <${Note} icon="download">
        <p>${t("stable.export_done", { name: ticket.name, size: format.size(ticket.size) })}</p>
        ${ticket.lost > 0 && html`<p>${t("stable.saved_lost", { n: ticket.lost })}</p>`}
      <//>
    </div>`}
    <div class="buttons"><${Submit} label=${t(usb ? "stick.deed" : "stable.export_deed")} busy=${form.busy} /></div>
  </form>`;
}

function Import() {
  const { api } = useApp();
  const { t } = useWords();
  const importing = useMemo(() => new Importing(api, (run, ms) => void setTimeout(run, ms)), []);
  useModel(importing);
  useEffect(() => {
    importing.load();
    return () => importing.close();
  }, []);
  return html`<section class="card stack">
    <h2>${t("stable.import")}</h2>
    <p>${t("stable.import_text")}</p>
    <${Loaded} ready=${importing.state !== null} failure=${importing.state ? "" : importing.failure} again=${() => importing.load()}>
      <${Arrival} importing=${importing} />
    <//>
  </section>`;
}
