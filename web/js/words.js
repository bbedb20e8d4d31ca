// @ts-check
/** The chosen language, loaded: sentences and formats. Must not choose it. */

import { Format } from "./models/format.js";
import { Observable } from "./models/observable.js";
import { errorSentence, translator } from "./models/words.js";

/** @typedef {import("./models/preferences.js").Preferences} Preferences */

export class Words extends Observable {
  /** @param {Preferences} preferences */
  constructor(preferences) {
    super();
    this.preferences = preferences;
    /** @type {Record<string, string>} */
    this.dictionary = {};
    this.language = "";
    // Whether the words of the pages that are fetched later are wanted too.
    this.wide = false;
    this.t = translator({});
    this.format = new Format("es", this.t);
    // Views take it out of here: `const { t, error } = useWords()`.
    this.error = this.error.bind(this);
  }

  /** Fetches the dictionary of the language that is wanted now. */
  async load() {
    const { language, locale } = this.preferences;
    if (language === this.language) return;
    const module = language === "en" ? await import("../i18n/en.js") : await import("../i18n/es.js");
    const more = this.wide ? (await area(language)).default : {};
    this.dictionary = Object.assign({}, module.default, more);
    this.language = language;
    this.t = translator(this.dictionary);
    this.format = new Format(locale, this.t);
    this.changed();
  }

  /** Fetches the words of the page of files. */
  async widen() {
    if (this.wide) return;
    const found = await area(this.language);
    this.wide = true;
    Object.assign(this.dictionary, found.default);
    this.changed();
  }

  /**
   * @param {string} code
   * @param {Record<string, unknown>} [params]
   */
  error(code, params = {}) {
    const shown = Object.assign({}, params);
    for (const name of ["maximum", "size", "left"]) {
      if (code !== "weak_password" && typeof shown[name] === "number" && shown.field !== "body") {
        shown[name] = this.format.size(/** @type {number} */ (shown[name]));
      }
    }
    const wait = Number(params.retry_ms) / 1000 || Number(params.seconds) || 0;
    shown.wait = wait ? this.format.duration(wait) : this.t("time.moment");
    return errorSentence(this.dictionary, code, shown);
  }
}

/** @param {string} language @returns {Promise<{default: Record<string, string>}>} */
const area = (language) => (language === "en" ? import("../i18n/en/area.js") : import("../i18n/es/area.js"));
