// @ts-check
/** The Wi-Fi that the box joins. Its key goes in and never comes out. */

import { useApp, useWords } from "../ui/app.js";
import { Field, Submit, useForm } from "../ui/form.js";
import { Note } from "../ui/parts.js";
import { html, useEffect, useState } from "../ui/preact.js";
import { Loaded } from "./stable_page.js";

/** @typedef {"" | "joining" | "joined" | "key" | "absent" | "failed" | "no_radio"} WifiState */
/** @typedef {{can: boolean, ssid: string, country: string, key: boolean, state: WifiState}} Wifi */

const LOOK_EVERY_MS = 2000;

export function WifiCard() {
  const { api, toasts } = useApp();
  const { t } = useWords();
  const [now, setNow] = useState(/** @type {Wifi | null} */ (null));
  const [ssid, setSsid] = useState("");
  const [key, setKey] = useState("");
  const [country, setCountry] = useState("");
  const [failure, setFailure] = useState("");
  /** @param {Wifi} found */
  const show = (found) => {
    setNow(found);
    setSsid(found.ssid);
    setCountry(found.country);
    setFailure("");
  };
  const load = () => api.get("/api/wifi").then(show, (/** @type {any} */ error) => setFailure(String(error.code)));
  useEffect(() => void load(), []);
  // While it tries; the line may be away meanwhile, and what somebody types stays.
  useEffect(() => {
    if (now?.state !== "joining") return undefined;
    const timer = setInterval(() => void api.get("/api/wifi").then(setNow, () => {}), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [now?.state]);
  const form = useForm({
    fields: { ssid: "ssid", key: "key", country: "country" },
    deed: async () => {
      await api.call("PUT", "/api/wifi", { ssid: ssid.trim(), country: country.trim(), key: key || null });
      setKey("");
      setNow(await api.get("/api/wifi").catch(() => now));
      toasts.say(t("machine.wifi_done"), { icon: "check" });
    },
  });
  return html`<${Loaded} ready=${now !== null} failure=${failure} again=${load}>
    <form class="card stack" onSubmit=${form.submit} novalidate>
      <h2>${t("machine.wifi")}</h2>
      <p>${t("machine.wifi_text")}</p>
      <p class="soft">${now?.ssid ? t("machine.wifi_now", { ssid: now.ssid }) : t("machine.wifi_none")}</p>
      ${now?.state && html`<${Standing} state=${now.state} />`}
      <${Field}
        label=${t("machine.wifi_ssid")}
        hint=${t("machine.wifi_ssid_hint")}
        value=${ssid}
        onInput=${setSsid}
        autocomplete="off"
        error=${form.errorOf("ssid")}
      />
      <${Field}
        label=${t("machine.wifi_key")}
        hint=${t("machine.wifi_key_hint")}
        value=${key}
        onInput=${setKey}
        type="password"
        autocomplete="off"
        error=${form.errorOf("key")}
      />
      <${Field}
        label=${t("machine.wifi_country")}
        hint=${t("machine.wifi_country_hint")}
        value=${country}
        onInput=${setCountry}
        autocomplete="off"
        error=${form.errorOf("country")}
      />
      ${form.problem}
      <div class="buttons"><${Submit} label=${t("form.save")} busy=${form.busy} /></div>
    </form>
  <//>`;
}

/** @param {{state: Exclude<WifiState, "">}} props */
function Standing({ state }) {
  const { t } = useWords();
  const said = t(`machine.wifi_state.${state}`);
  if (state === "joined" || state === "joining") return html`<p role="status">${said}</p>`;
  return html`<${Note} tone="amber" icon="triangle-alert" alert>${said}<//>`;
}
