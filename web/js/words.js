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
    /** @type {Set<string>} what pages that were fetched later brought */
    this.areas = new Set();
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
    const more = await Promise.all(Array.from(this.areas, (area) => wordsOf(language, area)));
    this.dictionary = Object.assign({}, module.default, ...more);
    this.language = language;
    this.t = translator(this.dictionary);
    this.format = new Format(locale, this.t);
    this.changed();
  }

  /**
   * Fetches the words of a page that is fetched later. `web/i18n/<language>/<area>.js`
   *
   * @param {string[]} areas
   */
  async add(areas) {
    const missing = areas.filter((area) => !this.areas.has(area));
    const found = await Promise.all(missing.map((area) => wordsOf(this.language, area)));
    for (const area of missing) this.areas.add(area);
    Object.assign(this.dictionary, ...found);
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

/** @param {string} language @param {string} area @returns {Promise<Record<string, string>>} */
const wordsOf = async (language, area) => (await import(`../i18n/${language}/${area}.js`)).default;
