// @ts-check
/** Starts the page. */

import { build } from "./assembly.js";
import { dress } from "./ui/appearance.js";
import { AppContext } from "./ui/app.js";
import { html, render } from "./ui/preact.js";
import { fetchTheRest } from "./views/lazy.js";
import { Root } from "./views/root.js";

const FIRST_PAGE_MS = 1500;

const app = build(window);
dress(window, app.preferences);
app.preferences.subscribe(() => app.words.load());

Promise.all([app.words.load(), app.session.load()]).then(() => {
  const place = /** @type {Element} */ (document.getElementById("app"));
  render(html`<${AppContext.Provider} value=${app}><${Root} /><//>`, place);
  setTimeout(() => {
    fetchTheRest(app.words);
    import("./ui/alerts.js").then(({ watch }) => watch(app, window)).catch(() => {});
  }, FIRST_PAGE_MS);
});
