// @ts-check
/** Administration: people, files to review, the stable snapshot, and the box as a device. */

import { useApp, useWords } from "../ui/app.js";
import { Empty } from "../ui/parts.js";
import { html, useModel } from "../ui/preact.js";
import { ReviewPage } from "./admin_files.js";
import { PeoplePage } from "./admin_people.js";
import { ReportsPage } from "./admin_reports.js";
import { lazy } from "./lazy.js";

const StablePage = lazy(() => import("./admin_stable.js").then((module) => module.StablePage), {
  words: ["stable", "stick"],
  sheets: ["stable"],
});

const MachinePage = lazy(() => import("./admin_machine.js").then((module) => module.MachinePage), {
  words: ["machine", "stable", "reset"],
});

const SECTIONS = /** @type {const} */ ([
  { section: "people", href: "/admin/people", label: "admin.people" },
  { section: "files", href: "/admin/files", label: "admin.files" },
  { section: "reports", href: "/admin/reports", label: "admin.reports" },
  { section: "stable", href: "/admin/stable", label: "admin.stable" },
  { section: "machine", href: "/admin/machine", label: "admin.machine" },
]);

/** @type {Record<string, (props: any) => any>} */
const PAGES = { files: ReviewPage, reports: ReportsPage, stable: StablePage, machine: MachinePage };

/** @param {{route: import("../models/route.js").Route}} props */
export function AdminPage({ route }) {
  const { session } = useApp();
  const { t } = useWords();
  useModel(session);
  if (!session.administrator) {
    return html`<div class="page">
      <${Empty} icon="ban" title=${t("admin.not_yours")} whole>
        <p><a class="button" href="/inicio">${t("not_found.home")}</a></p>
      <//>
    </div>`;
  }
  const section = route.section ?? "people";
  return html`<div class="page">
    <div class="page__inner stack-l">
      <nav class="tabs" aria-label=${t("place.admin")}>
        ${SECTIONS.map(
          (one) => html`<a
            key=${one.section}
            class="tab"
            href=${one.href}
            aria-current=${one.section === section ? "page" : null}
            >${t(one.label)}</a
          >`,
        )}
      </nav>
      <${PAGES[section] ?? PeoplePage} route=${route} />
    </div>
  </div>`;
}
