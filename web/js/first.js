// @ts-check
// Runs before the first paint, in every browser: theme, language, and a word where the page cannot start.
(function () {
  "use strict";
  var root = document.documentElement;

  /** @param {string} key */
  function kept(key) {
    try {
      return localStorage.getItem(key);
    } catch (error) {
      return null;
    }
  }

  var theme = kept("pichat.theme");
  if (theme !== "light" && theme !== "dark") {
    theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  root.setAttribute("data-theme", theme);
  var language = kept("pichat.language");
  if (language === "es" || language === "en") root.lang = language;

  // An old browser stops at the first line it cannot read, and a lost file stops everybody.
  setTimeout(function () {
    var place = document.getElementById("app");
    if (place && !place.hasChildNodes()) {
      var line = document.createElement("p");
      line.className = "too-old";
      line.textContent =
        "PiChat no ha podido arrancar. Vuelve a cargar la página o actualiza el navegador. · " +
        "PiChat could not start. Load the page again, or update the browser.";
      place.appendChild(line);
    }
  }, 10000);
})();
