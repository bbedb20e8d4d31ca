// @ts-check
/** The one door to the vendored Preact and htm, with the types that our views need. */

import * as vendor from "../../vendor/preact.js";

/** @typedef {import("../models/observable.js").Observable} Observable */
/** @typedef {any} View what `html` makes */
/**
 * @typedef {{
 *   html: (strings: TemplateStringsArray, ...values: any[]) => View,
 *   render: (view: View, parent: Element) => void,
 *   createContext: <T>(initial: T) => Context<T>,
 *   useContext: <T>(context: Context<T>) => T,
 *   useState: <T>(initial: T | (() => T)) => [T, (next: T | ((before: T) => T)) => void],
 *   useEffect: (run: () => void | (() => void), inputs?: readonly unknown[]) => void,
 *   useLayoutEffect: (run: () => void | (() => void), inputs?: readonly unknown[]) => void,
 *   useRef: <T>(initial: T) => {current: T},
 *   useMemo: <T>(make: () => T, inputs: readonly unknown[]) => T,
 *   useErrorBoundary: (heard?: (error: Error) => void) => [Error | undefined, () => void],
 * }} Toolbox
 */
/**
 * @template T
 * @typedef {{Provider: (props: {value: T, children?: any}) => View, initial?: T}} Context
 */

const toolbox = /** @type {Toolbox} */ (/** @type {unknown} */ (vendor));

export const { html, render, createContext, useContext } = toolbox;
export const { useState, useEffect, useLayoutEffect, useRef, useMemo, useErrorBoundary } = toolbox;

/**
 * Draws the view again whenever one of the models changed.
 *
 * @param {...Observable} models
 */
export function useModel(...models) {
  const [, draw] = useState(0);
  useLayoutEffect(() => {
    const ends = models.map((model) => model.subscribe(() => draw((count) => count + 1)));
    return () => ends.forEach((end) => end());
  }, models);
}

/** Draws the view again every half minute, for times that are told relative to now. */
export function usePassingTime() {
  const [, draw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => draw((count) => count + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
}
