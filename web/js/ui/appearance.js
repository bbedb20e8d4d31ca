// @ts-check
/** Puts theme, language and the true height of the screen on the page. */

/** @typedef {import("../models/preferences.js").Preferences} Preferences */

/**
 * @param {Window} window
 * @param {Preferences} preferences
 */
export function dress(window, preferences) {
  const { document } = window;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const theme = preferences.theme === "system" ? (dark.matches ? "dark" : "light") : preferences.theme;
    document.documentElement.dataset.theme = theme;
    document.documentElement.lang = preferences.language;
    const bar = document.querySelector("meta[name=theme-color]");
    const colour = window.getComputedStyle(document.documentElement).getPropertyValue("--sunken").trim();
    if (bar && colour) bar.setAttribute("content", colour);
  };
  preferences.subscribe(apply);
  dark.addListener(apply);
  apply();
  fitKeyboard(window);
}

/**
 * On iOS the keyboard covers the page instead of making it shorter.
 *
 * @param {Window} window
 */
function fitKeyboard(window) {
  const seen = window.visualViewport;
  if (!seen) return;
  const place = window.document.getElementById("app");
  seen.addEventListener("resize", () => {
    const covered = window.innerHeight - seen.height;
    if (!place) return;
    place.style.height = covered > 100 && seen.scale === 1 ? `${seen.height}px` : "";
    window.scrollTo(0, 0);
  });
}
