// @ts-check
/** One thing of an earlier session, to be chosen: a file, a message, a room. */

import { useApp, useWords } from "../ui/app.js";
import { html } from "../ui/preact.js";
import { Switch } from "./switch.js";

/** @typedef {import("../types.js").LostThing} LostThing */

/** @param {{thing: LostThing, things: import("../models/earlier.js").EarlierThings}} props */
export function LostRow({ thing, things }) {
  const { now } = useApp();
  const words = useWords();
  const { t, format } = words;
  const turn = () => things.pick(thing.id);
  const on = things.picked[things.kind].has(thing.id);
  if (things.kind === "rooms") {
    const facts = [t("count.messages", { n: thing.messages ?? 0 }), t("count.files", { n: thing.files ?? 0 })];
    if (thing.here) facts.push(t("stable.lost_here"));
    return html`<${Switch} label=${thing.name ?? t("stable.closed_room")} hint=${facts.join(" · ")} on=${on} turn=${turn} />`;
  }
  const who = thing.owner ?? thing.sender;
  const facts = [who?.name ?? "", format.moment(thing.created ?? thing.ts ?? 0, now())];
  if (things.kind === "files") facts.unshift(format.size(thing.size ?? 0));
  else facts.push(thing.room_name ?? "");
  if (things.kind === "messages" && thing.files) facts.push(t("count.files", { n: thing.files }));
  if (thing.changed) facts.push(t("stable.lost_changed"));
  const label = things.kind === "files" ? (thing.name ?? "") : thing.body || t("stable.lost_no_words");
  return html`<${Switch} label=${label} hint=${facts.filter(Boolean).join(" · ")} on=${on} turn=${turn} />`;
}
