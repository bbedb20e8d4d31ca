// @ts-check
/** Forms: labels above, the error beside its field, a button that says the deed. */

import { ApiError } from "../net/api.js";
import { explain, useWords } from "./app.js";
import { Icon } from "./icon.js";
import { Note } from "./parts.js";
import { html, useEffect, useRef, useState } from "./preact.js";

/** @typedef {import("./preact.js").View} View */

let numbers = 0;

/** @param {string} prefix */
export function useId(prefix) {
  const id = useRef("");
  if (!id.current) id.current = `${prefix}-${++numbers}`;
  return id.current;
}

/**
 * @typedef {{label: string, value: string, onInput: (value: string) => void, hint?: View, error?: string,
 *   type?: string, autocomplete?: string, class?: string, required?: boolean, maxlength?: number,
 *   inputmode?: string, autocapitalize?: string, placeholder?: string, focus?: boolean}} FieldProps
 */

/** @param {FieldProps} props */
export function Field(props) {
  const { label, value, onInput, hint, error, type = "text" } = props;
  const id = useId("field");
  const [shown, setShown] = useState(false);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => {
    if (error && input.current) input.current.focus();
  }, [error]);
  useEffect(() => {
    if (props.focus && input.current) input.current.focus();
  }, []);
  const secret = type === "password";
  const box = html`<input
    ref=${input}
    id=${id}
    class=${`input ${props.class ?? ""}`}
    type=${secret && shown ? "text" : type}
    value=${value}
    autocomplete=${props.autocomplete ?? "off"}
    autocapitalize=${props.autocapitalize ?? "none"}
    autocorrect="off"
    spellcheck=${false}
    inputmode=${props.inputmode}
    placeholder=${props.placeholder}
    maxlength=${props.maxlength}
    aria-required=${props.required ? "true" : null}
    aria-invalid=${error ? "true" : null}
    aria-describedby=${describedBy(id, hint, error)}
    onInput=${(/** @type {any} */ event) => onInput(event.target.value)}
  />`;
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${secret ? html`<${Secret} shown=${shown} toggle=${() => setShown(!shown)}>${box}<//>` : box}
    ${error && html`<${FieldError} id=${`${id}-error`} text=${error} />`}
    ${hint && html`<p class="field__hint" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}

/** @param {{shown: boolean, toggle: () => void, children?: View}} props */
function Secret({ shown, toggle, children }) {
  const { t } = useWords();
  const label = shown ? t("form.hide_password") : t("form.show_password");
  return html`<div class="input-with">
    ${children}
    <button type="button" class="button button--quiet button--icon" aria-label=${label} onClick=${toggle}>
      <${Icon} name=${shown ? "eye-off" : "eye"} />
    </button>
  </div>`;
}

/** @param {{id?: string, text: string}} props */
export function FieldError({ id, text }) {
  return html`<p class="field__error" id=${id}><${Icon} name="circle-alert" /><span>${text}</span></p>`;
}

/**
 * @param {string} id
 * @param {View} hint
 * @param {string | undefined} error
 */
function describedBy(id, hint, error) {
  const ids = [error ? `${id}-error` : "", hint ? `${id}-hint` : ""].filter(Boolean);
  return ids.length ? ids.join(" ") : null;
}

/**
 * One of a few, all in sight.
 *
 * @param {{label: string, name: string, value: string, row?: boolean, onChoose: (value: string) => void,
 *   options: {value: string, label: string, hint?: string, icon?: string}[]}} props
 */
export function Choices({ label, name, value, options, onChoose, row = false }) {
  const group = useId(name);
  return html`<fieldset class="field">
    <legend class="label">${label}</legend>
    <div class=${row ? "choices choices--row" : "choices"}>
      ${options.map(
        (option) => html`<label
          key=${option.value}
          class=${option.value === value ? "choice choice--on" : "choice"}
        >
          <input
            type="radio"
            name=${group}
            value=${option.value}
            checked=${option.value === value}
            onChange=${() => onChoose(option.value)}
          />
          <span>
            ${option.icon && html`<${Icon} name=${option.icon} /> `}${option.label}
            ${option.hint && html`<span class="soft"><br />${option.hint}</span>`}
          </span>
        </label>`,
      )}
    </div>
  </fieldset>`;
}

/**
 * A form that waits for its deed, shows what the box answered beside the field that it is about, and the
 * rest above the button.
 *
 * @param {{deed: () => Promise<void>, fields: Record<string, string>}} form `fields`: name on the wire of
 *   every code or field that has a place of its own
 */
export function useForm({ deed, fields }) {
  const words = useWords();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {ApiError | null} */ (null));
  const place = error ? placeOf(error, fields) : "";
  return {
    busy,
    /** @param {string} field */
    errorOf: (field) => (error && place === field ? explain(words, error) : undefined),
    problem: error && !place ? html`<${Note} icon="circle-alert" tone="red" alert>${explain(words, error)}<//>` : null,
    /** @param {Event} event */
    submit: async (event) => {
      event.preventDefault();
      if (busy) return;
      setBusy(true);
      setError(null);
      try {
        await deed();
      } catch (problem) {
        if (!(problem instanceof ApiError)) throw problem;
        setError(problem);
      } finally {
        setBusy(false);
      }
    },
  };
}

/**
 * @param {ApiError} error
 * @param {Record<string, string>} fields
 */
function placeOf(error, fields) {
  return fields[error.code] ?? fields[String(error.params.field)] ?? "";
}

/** @param {{label: string, busy: boolean, tone?: string, wide?: boolean}} props */
export function Submit({ label, busy, tone = "main", wide = false }) {
  const { t } = useWords();
  return html`<button
    class=${`button button--${tone} ${wide ? "button--wide" : ""}`}
    aria-disabled=${busy ? "true" : null}
  >
    ${busy ? t("form.moment") : label}
  </button>`;
}
