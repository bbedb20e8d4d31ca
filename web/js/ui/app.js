// @ts-check
/** How a view reaches what the assembly built: the models, the words, the router. */

import { ApiError } from "../net/api.js";
import { createContext, useContext, useEffect, useModel, useRef } from "./preact.js";

/** @typedef {import("../assembly.js").App} App */

export const AppContext = createContext(/** @type {App} */ (/** @type {unknown} */ (null)));

export const useApp = () => useContext(AppContext);

/** The words in the person's language; the view is drawn again when they choose another one. */
export function useWords() {
  const { words } = useApp();
  useModel(words);
  return words;
}

/**
 * The title of the page, for the window and for whoever listens: focus goes to its heading.
 *
 * @param {string} title
 * @returns {{current: HTMLElement | null}} the reference of the heading
 */
export function useTitle(title) {
  const app = useApp();
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => app.title.name(title), [title]);
  useEffect(() => {
    if (app.router.moved && heading.current) heading.current.focus({ preventScroll: true });
  }, []);
  return heading;
}

/**
 * The sentence for whatever went wrong.
 *
 * @param {import("../words.js").Words} words
 * @param {unknown} error
 */
export function explain(words, error) {
  if (!(error instanceof ApiError)) throw error;
  return words.error(error.code, error.params);
}
