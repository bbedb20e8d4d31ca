// @ts-check
/** The Wi-Fi that the box joins. Its key goes in and never comes out. */

import { useApp, useWords } from "../ui/app.js";
import { Field, Submit, useForm } from "../ui/form.js";
import { html, useEffect, useState } from "../ui/preact.js";
import { Loaded } from "./stable_page.js";

/** @typedef {{can: boolean, ssid: string, country: string, key: boolean}} Wifi */

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
  const form = useForm({
    fields: { ssid: "ssid", key: "key", country: "country" },
    deed: async () => {
      await api.call("PUT", "/api/wifi", { ssid: ssid.trim(), country: country.trim(), key: key || null });
      setKey("");
      toasts.say(t("machine.wifi_done"), { icon: "check" });
    },
  });
  return html`<${Loaded} ready=${now !== null} failure=${failure} again=${load}>
    <form class="card stack" onSubmit=${form.submit} novalidate>
      <h2>${t("machine.wifi")}</h2>
      <p>${t("machine.wifi_text")}</p>
      <p class="soft">${now?.ssid ? t("machine.wifi_now", { ssid: now.ssid }) : t("machine.wifi_none")}</p>
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
