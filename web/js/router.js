// @ts-check
/** The address bar as a model: which page is wanted. Links of ours never reload the page. */

import { Observable } from "./models/observable.js";
import { parse } from "./models/route.js";

// Addresses that are no pages of this application: files, the contract's pages.
const ELSEWHERE = /^\/(api|docs|redoc|health|ws)(\/|$)/;

export class Router extends Observable {
  /** @param {Window} window */
  constructor(window) {
    super();
    this.window = window;
    this.route = parse(window.location.pathname);
    // False until the first move: the heading takes the focus only after one.
    this.moved = false;
    // Whether something in front took "back" for itself: a dialog, which it closes, and the page stays.
    this.held = () => false;
    this.here = window.location.href;
    window.addEventListener("popstate", () => this.back());
    window.document.addEventListener("click", (event) => this.click(event));
  }

  get path() {
    return this.window.location.pathname + this.window.location.search;
  }

  get search() {
    return this.window.location.search;
  }

  /** What stands after `#`: secrets of links, which never reach the server. */
  get fragment() {
    return this.window.location.hash.slice(1);
  }

  /**
   * @param {string} path
   * @param {{replace?: boolean}} [how]
   */
  go(path, how = {}) {
    const { history } = this.window;
    if (how.replace) history.replaceState(null, "", path);
    else history.pushState(null, "", path);
    this.arrive();
  }

  // Internal

  back() {
    if (this.held()) this.window.history.pushState(null, "", this.here);
    else this.arrive();
  }

  arrive() {
    this.moved = true;
    this.here = this.window.location.href;
    this.route = parse(this.window.location.pathname);
    this.changed();
  }

  /** @param {MouseEvent} event */
  click(event) {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const target = /** @type {Element | null} */ (event.target);
    const link = /** @type {HTMLAnchorElement | null} */ (target && target.closest("a[href]"));
    if (!link || link.target || link.hasAttribute("download")) return;
    if (link.origin !== this.window.location.origin || ELSEWHERE.test(link.pathname)) return;
    if (link.pathname === this.window.location.pathname && link.hash) return; // a place on this page
    event.preventDefault();
    this.go(link.pathname + link.search + link.hash);
  }
}
