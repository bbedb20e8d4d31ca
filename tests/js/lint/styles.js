// @ts-check
/** What Chrome 80, Firefox 78 and iOS 13.4 cannot read in a style sheet of ours. Must not judge taste. */

import { excused } from "./scripts.js";

/** @typedef {import("./scripts.js").Fault} Fault */
/** @typedef {{property: string, value: string, at: number}} Declaration */
/** @typedef {{selector: string, at: number, body: Declaration[], outer: string[]}} Rule */

/** Properties: a newer one is let through after an older one that does the same (see `replaced`). */
const PROPERTIES = {
  inset: "iOS 14.5",
  "inset-inline": "iOS 14.5",
  "inset-block": "iOS 14.5",
  "margin-inline": "iOS 14.5",
  "margin-block": "iOS 14.5",
  "padding-inline": "iOS 14.5",
  "padding-block": "iOS 14.5",
  "aspect-ratio": "iOS 15",
  translate: "iOS 14.5",
  rotate: "iOS 14.5",
  scale: "iOS 14.5",
  appearance: "iOS 15.4, without -webkit-",
  "user-select": "iOS has it as -webkit-user-select",
  mask: "Chrome 120, without -webkit-",
  "mask-image": "Chrome 120, without -webkit-",
};

/** Values: a newer one is let through after the same property with an older value. */
const VALUES = [
  [/\b\d*\.?\d+(dv|sv|lv)(h|w|min|max|i|b)\b/, "dynamic viewport units (iOS 15.4)"],
  [/\b\d*\.?\d+(cq[whib]|r?lh|cap|ric)\b/, "new units"],
  [/\b(oklch|oklab|lab|lch|color-mix|color|hwb)\(/, "a new colour function (iOS 15 or later)"],
  [/\blight-dark\(/, "light-dark() (iOS 17.5)"],
  [/\bconic-gradient\(/, "conic-gradient() (Firefox 83)"],
  [/\b(round|mod|rem|sin|cos|abs)\(/, "mathematics (iOS 15.4)"],
  [/\bsubgrid\b/, "subgrid (iOS 16)"],
  [/^clip$/, "overflow: clip (iOS 16)"],
];

const SELECTORS = [
  [/:has\(/, ":has() (iOS 15.4)"],
  [/:is\(|:where\(/, ":is() and :where() (iOS 14)"],
  [/:not\([^()]*,/, ":not() with a list (Chrome 88)"],
  [/&/, "nesting (iOS 16.5)"],
  [/:(user-valid|user-invalid|modal|popover-open|open)\b/, "a new state (iOS 15.4 or later)"],
];

const AT_RULES = /^@(layer|container|property|scope|starting-style|position-try|view-transition)\b/;

/**
 * @param {string} text
 * @returns {Fault[]}
 */
export function styleFaults(text) {
  /** @type {Fault[]} */
  const found = [];
  const lineOf = (/** @type {number} */ at) => text.slice(0, at).split("\n").length;
  const say = (/** @type {number} */ at, /** @type {string} */ what) => found.push({ line: lineOf(at), what });
  for (const rule of rules(text, say)) {
    if (rule.outer.some((one) => one.startsWith("@supports"))) continue;
    selectorFaults(rule, say);
    declarationFaults(rule, say);
  }
  return excused(text, found);
}

/**
 * Every rule with its declarations; says so itself where a rule stands inside another.
 *
 * @param {string} text
 * @param {(at: number, what: string) => void} say
 * @returns {Rule[]}
 */
function rules(text, say) {
  const clean = text.replace(/\/\*[\s\S]*?\*\/|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, (part) =>
    part.replace(/[^\n]/g, " "),
  );
  /** @type {Rule[]} */
  const all = [];
  /** @type {Rule[]} */
  const open = [];
  let from = 0;
  for (let at = 0; at < clean.length; at += 1) {
    const mark = clean[at];
    if (mark !== "{" && mark !== "}" && mark !== ";") continue;
    const head = clean.slice(from, at);
    const start = from + head.length - head.trimStart().length;
    const inside = open[open.length - 1];
    if (mark === "{") {
      const selector = head.trim();
      atRuleFaults(selector, start, say);
      if (inside && !inside.selector.startsWith("@")) say(start, "nesting (iOS 16.5)");
      const rule = { selector, at: start, body: [], outer: open.map((one) => one.selector) };
      all.push(rule);
      open.push(rule);
    } else {
      const colon = head.indexOf(":");
      if (inside && colon > 0) {
        const property = head.slice(0, colon).trim().toLowerCase();
        inside.body.push({ property, value: head.slice(colon + 1).trim(), at: start });
      }
      if (mark === "}") open.pop();
    }
    from = at + 1;
  }
  return all;
}

/**
 * @param {string} head
 * @param {number} at
 * @param {(at: number, what: string) => void} say
 */
function atRuleFaults(head, at, say) {
  const name = AT_RULES.exec(head);
  if (name) say(at, `${name[0]} (iOS 15.4 or later)`);
  if (/^@media[^{]*[<>]/.test(head)) say(at, "a range in @media (iOS 16.4)");
}

/**
 * @param {Rule} rule
 * @param {(at: number, what: string) => void} say
 */
function selectorFaults(rule, say) {
  if (rule.selector.startsWith("@")) return;
  for (const [pattern, what] of SELECTORS) {
    if (/** @type {RegExp} */ (pattern).test(rule.selector)) say(rule.at, String(what));
  }
  // A browser that does not know it drops the whole rule, the other selectors of the list included.
  if (/:focus-visible/.test(rule.selector) && rule.selector.split(",").some((one) => !one.includes(":focus-visible"))) {
    say(rule.at, ":focus-visible beside other selectors (iOS 15.4): the whole rule is lost");
  }
}

/**
 * @param {Rule} rule
 * @param {(at: number, what: string) => void} say
 */
function declarationFaults(rule, say) {
  const flex = rule.body.some(({ property, value }) => property === "display" && /flex/.test(value));
  for (const [index, one] of rule.body.entries()) {
    const before = rule.body.slice(0, index);
    const since = Object.prototype.hasOwnProperty.call(PROPERTIES, one.property)
      ? PROPERTIES[/** @type {keyof typeof PROPERTIES} */ (one.property)]
      : "";
    if (since && !replaced(one.property, before)) say(one.at, `${one.property} (${since})`);
    if (flex && /^(row-|column-)?gap$/.test(one.property) && !/^0[a-z]*$/.test(one.value)) {
      say(one.at, `${one.property} between flex items (iOS 14.5); margins work, and so does grid`);
    }
    if (one.property.startsWith("--") || before.some(({ property }) => property === one.property)) continue;
    for (const [pattern, what] of VALUES) {
      if (/** @type {RegExp} */ (pattern).test(one.value)) say(one.at, String(what));
    }
  }
}

/**
 * Whether an older form stands before it: the prefixed one, or `top` for `inset`, `padding-left` for its like.
 *
 * @param {string} property
 * @param {Declaration[]} before
 */
function replaced(property, before) {
  const long = property.startsWith("inset") ? /^(top|right|bottom|left)$/ : new RegExp(`^${property.split("-")[0]}-`);
  return before.some((one) => one.property === `-webkit-${property}` || long.test(one.property));
}
