// @ts-check
/** One's own password again, before something that cannot be taken back lightly. Knows no deed. */

import { useWords } from "../ui/app.js";
import { Field } from "../ui/form.js";
import { html } from "../ui/preact.js";

/** @param {{value: string, onInput: (value: string) => void, error?: string, focus?: boolean}} props */
export function OwnPassword({ value, onInput, error, focus }) {
  const { t } = useWords();
  return html`<${Field}
    label=${t("form.your_password")}
    value=${value}
    onInput=${onInput}
    type="password"
    autocomplete="current-password"
    error=${error}
    required
    focus=${focus}
  />`;
}
