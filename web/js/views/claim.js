// @ts-check
/** The first minute of a new box: its code, then who it belongs to. */

import { CODE_LENGTH, groupedCode, normalCode } from "../models/claim_code.js";
import { ApiError } from "../net/api.js";
import { useApp, useTitle, useWords } from "../ui/app.js";
import { Field, Submit, useForm } from "../ui/form.js";
import { Icon } from "../ui/icon.js";
import { html, useState } from "../ui/preact.js";
import { WhereIsTheCode } from "./claim_picture.js";
import { Door } from "./door.js";

export function Claim() {
  const [code, setCode] = useState("");
  const [known, setKnown] = useState(false);
  const [problem, setProblem] = useState("");
  // Kept here: who has to correct the code does not type the rest again.
  const [owner, setOwner] = useState({ name: "", username: "", password: "" });
  /** @param {string} text */
  const wrong = (text) => {
    setProblem(text);
    setKnown(false);
  };
  if (known) {
    const back = () => setKnown(false);
    return html`<${OwnerForm} code=${code} owner=${owner} setOwner=${setOwner} wrong=${wrong} back=${back} />`;
  }
  const next = () => {
    setProblem("");
    setKnown(true);
  };
  return html`<${Code} code=${code} setCode=${setCode} problem=${problem} next=${next} />`;
}

/** @param {{code: string, setCode: (code: string) => void, problem: string, next: () => void}} props */
function Code({ code, setCode, problem, next }) {
  const { session } = useApp();
  const { t } = useWords();
  const heading = useTitle(t("claim.title"));
  const [short, setShort] = useState("");
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    const typed = normalCode(code).length;
    if (typed === CODE_LENGTH) next();
    else setShort(t("claim.length", { length: CODE_LENGTH, typed }));
  };
  return html`<${Door} wide help=${false}>
    <form class="card stack" onSubmit=${submit} novalidate>
      <h1 tabindex="-1" ref=${heading}>${t("claim.title")}</h1>
      <p>${t("claim.text")}</p>
      <${WhereIsTheCode} />
      <${Field}
        label=${t("claim.code")}
        value=${code}
        onInput=${(/** @type {string} */ text) => setCode(text.length < code.length ? text : groupedCode(text))}
        class="input--code"
        maxlength=${40}
        placeholder="XXXX-XXXX-XXXX-X"
        autocapitalize="characters"
        hint=${t("claim.code_hint")}
        error=${short || problem}
        required
      />
      <${Submit} label=${t("claim.next")} busy=${false} wide />
      ${session.status?.tls && window.location.protocol === "http:" && html`<p class="soft"><a href="/certificate">${t("claim.https")}</a></p>`}
    </form>
  <//>`;
}

/** @typedef {{name: string, username: string, password: string}} Owner */

/**
 * @param {{code: string, owner: Owner, setOwner: (owner: Owner) => void, wrong: (text: string) => void,
 *   back: () => void}} props
 */
function OwnerForm({ code, owner, setOwner, wrong, back }) {
  const { session, router } = useApp();
  const { t, error } = useWords();
  const heading = useTitle(t("claim.owner_title"));
  /** @param {keyof Owner} field */
  const input = (field) => (/** @type {string} */ value) => setOwner(Object.assign({}, owner, { [field]: value }));
  const form = useForm({
    fields: { username: "username", name: "name", name_taken: "username", weak_password: "password" },
    deed: async () => {
      try {
        const name = owner.name || owner.username;
        router.go("/inicio#welcome", { replace: true });
        await session.claim(Object.assign({}, owner, { code: normalCode(code), name }));
      } catch (problem) {
        // It is ours now, and from now on it asks for https: its own page says how to go on.
        if (problem instanceof ApiError && problem.code === "tls_required") return window.location.reload();
        if (!(problem instanceof ApiError) || problem.code !== "bad_code") throw problem;
        wrong(error("bad_code"));
      }
    },
  });
  return html`<${Door} help=${false}>
    <form class="card stack" onSubmit=${form.submit} novalidate>
      <h1 tabindex="-1" ref=${heading}>${t("claim.owner_title")}</h1>
      <p>${t("claim.owner_text")}</p>
      <${Field}
        label=${t("form.name")}
        value=${owner.name}
        onInput=${input("name")}
        autocomplete="name"
        autocapitalize="words"
        hint=${t("claim.name_hint")}
        error=${form.errorOf("name")}
        focus
      />
      <${Field}
        label=${t("form.username")}
        value=${owner.username}
        onInput=${input("username")}
        autocomplete="username"
        hint=${t("form.username_hint")}
        error=${form.errorOf("username")}
        required
      />
      <${Field}
        label=${t("form.password")}
        value=${owner.password}
        onInput=${input("password")}
        type="password"
        autocomplete="new-password"
        hint=${t("form.password_hint")}
        error=${form.errorOf("password")}
        required
      />
      ${form.problem}
      <${Submit} label=${t("claim.deed")} busy=${form.busy} wide />
      <button type="button" class="button button--quiet button--wide" onClick=${back}>
        <${Icon} name="arrow-left" />${t("claim.back")}
      </button>
    </form>
  <//>`;
}
