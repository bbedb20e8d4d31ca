// @ts-check
/** Theme and language of this browser. Must not touch the page: `ui/appearance` does. */

import { Observable } from "./observable.js";

/** @typedef {"system" | "light" | "dark"} Theme */
/** @typedef {"es" | "en"} Language */
/** @typedef {Pick<globalThis.Storage, "getItem" | "setItem">} Storage */

// `first.js` reads both before the page is drawn.
export const THEME_KEY = "pichat.theme";
export const LANGUAGE_KEY = "pichat.language";

export class Preferences extends Observable {
  /**
   * @param {Storage} storage
   * @param {readonly string[]} wanted what the browser asks for, best first
   * @param {string} fallback the box's own language
   */
  constructor(storage, wanted, fallback) {
    super();
    this.storage = storage;
    this.wanted = wanted;
    this.fallback = fallback;
  }

  /** @returns {Theme} */
  get theme() {
    const kept = this.kept(THEME_KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  }

  /** @param {Theme} theme */
  chooseTheme(theme) {
    this.keep(THEME_KEY, theme);
  }

  /** @returns {Language} */
  get language() {
    const choices = [this.kept(LANGUAGE_KEY), ...this.wanted.map((one) => one.slice(0, 2)), this.fallback];
    return choices.find((one) => one === "es" || one === "en") === "en" ? "en" : "es";
  }

  /** The person's own variety of it: how they write hours and dates. */
  get locale() {
    const language = this.language;
    return this.wanted.find((one) => one.slice(0, 2) === language) ?? language;
  }

  /** @param {Language} language */
  chooseLanguage(language) {
    this.keep(LANGUAGE_KEY, language);
  }

  // Internal

  /** @param {string} key */
  kept(key) {
    try {
      return this.storage.getItem(key) ?? "";
    } catch {
      return "";
    }
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  keep(key, value) {
    try {
      this.storage.setItem(key, value);
    } catch {
      // A private window: the choice lasts as long as the page.
    }
    this.changed();
  }
}
