// @ts-check
/** What Chrome 80, Firefox 78 and iOS 13.4 cannot read or do in a module of ours. Must not judge style. */

import { parse } from "acorn";

/** @typedef {{line: number, what: string}} Fault */
/** @typedef {any} Node */

/** What is called as a member: methods by name, statics with their owner, and the first browser that has them. */
const NEWER = {
  at: "iOS 15.4",
  replaceAll: "Chrome 85",
  findLast: "iOS 15.4",
  findLastIndex: "iOS 15.4",
  toSorted: "iOS 16",
  toReversed: "iOS 16",
  toSpliced: "iOS 16",
  replaceChildren: "iOS 14",
  requestSubmit: "iOS 16",
  showPicker: "iOS 16",
  showModal: "iOS 15.4",
  showPopover: "iOS 17",
  togglePopover: "iOS 17",
  checkVisibility: "iOS 17.4",
  getAnimations: "iOS 14",
  startViewTransition: "iOS 18",
  isWellFormed: "iOS 16.4",
  "Object.hasOwn": "iOS 15.4",
  "Object.groupBy": "iOS 17.4",
  "Array.fromAsync": "iOS 16.4",
  "Promise.any": "iOS 14",
  "Promise.withResolvers": "iOS 17.4",
  "AbortSignal.timeout": "iOS 16",
  "AbortSignal.any": "iOS 17.4",
  "URL.canParse": "iOS 17",
  "crypto.randomUUID": "iOS 15.4, and HTTPS",
  "Intl.RelativeTimeFormat": "iOS 14",
  "Intl.ListFormat": "iOS 14.5",
  "Intl.DisplayNames": "Firefox 86",
  "Intl.Segmenter": "iOS 14.5",
};

/** Globals. */
const GLOBALS = {
  structuredClone: "iOS 15.4",
  requestIdleCallback: "no iOS",
  BroadcastChannel: "iOS 15.4",
  WeakRef: "iOS 14.5",
  FinalizationRegistry: "iOS 14.5",
  BigInt: "iOS 14",
  EventTarget: "iOS 14, as something to construct",
  OffscreenCanvas: "iOS 16.4",
};

/** Options of `Intl` and of `addEventListener`. */
const OPTIONS = {
  dateStyle: "Firefox 79",
  timeStyle: "Firefox 79",
  unitDisplay: "iOS 14.1",
  compactDisplay: "iOS 14.1",
};

const LOOKBEHIND = /\(\?<[=!]/;
const ELEMENTS = /<dialog[\s>]|\spopover[\s=]/;
/** A line, or the line above it, that says `browsers:` and why, is let through: it asks before it uses. */
export const EXCUSE = /(\/\/|\/\*|\*) browsers: \w/;

/**
 * @param {string} text
 * @param {boolean} [ours] false: only that it can be read at all
 * @returns {Fault[]}
 */
export function scriptFaults(text, ours = true) {
  let tree;
  try {
    // ES2020, and of ES2021 the separators in numbers, which all three read; `??=` is caught below.
    tree = parse(text, { ecmaVersion: 2021, sourceType: "module", locations: true });
  } catch (error) {
    const { message, loc } = /** @type {Error & {loc?: {line: number}}} */ (error);
    return [{ line: loc ? loc.line : 0, what: `not readable: ${message}` }];
  }
  /** @type {Fault[]} */
  const found = [];
  if (!ours) return found;
  const queries = new Set();
  walk(tree, (node) => {
    const assigned = node.type === "VariableDeclarator" ? [node.id, node.init] : [node.left, node.right];
    if (assigned[1] && isCallOf(assigned[1], "matchMedia")) queries.add(lastName(assigned[0]));
  });
  walk(tree, (node) => {
    for (const what of faultsOf(node, queries)) found.push({ line: node.loc.start.line, what });
  });
  return excused(text, found);
}

/**
 * @param {string} text
 * @param {Fault[]} found
 */
export function excused(text, found) {
  const lines = text.split("\n");
  return found.filter(({ line }) => !EXCUSE.test(lines[line - 1]) && !EXCUSE.test(lines[line - 2] ?? ""));
}

/**
 * @param {Node} node
 * @param {Set<string>} queries names that hold a media query
 * @returns {string[]}
 */
function faultsOf(node, queries) {
  switch (node.type) {
    case "Literal":
      if (node.bigint) return ["a BigInt (iOS 14)"];
      if (node.regex && LOOKBEHIND.test(node.regex.pattern)) return ["lookbehind (iOS 16.4)"];
      return typeof node.value === "string" ? elements(node.value) : [];
    case "TemplateElement":
      return elements(node.value.raw);
    case "ExportAllDeclaration":
      return node.exported ? ["export * as (Firefox 80)"] : [];
    case "AssignmentExpression":
      return /^(\?\?|\|\||&&)=$/.test(node.operator) ? [`${node.operator} (iOS 14)`] : [];
    case "NewExpression":
      return node.callee.type === "MemberExpression" ? member(node.callee) : named(GLOBALS, lastName(node.callee));
    case "ClassDeclaration":
    case "ClassExpression":
      return node.superClass ? named(GLOBALS, lastName(node.superClass)) : [];
    case "CallExpression":
      return call(node, queries);
    case "Property":
      return node.computed ? [] : named(OPTIONS, node.key.name);
    default:
      return [];
  }
}

/** @param {Node} node */
function member(node) {
  if (node.computed) return [];
  const name = node.property.name;
  return [...named(NEWER, name), ...named(NEWER, `${lastName(node.object)}.${name}`), ...named(GLOBALS, name)];
}

/**
 * @param {Node} node
 * @param {Set<string>} queries
 */
function call(node, queries) {
  const { callee } = node;
  if (callee.type === "Identifier") return callee.name === "EventTarget" ? [] : named(GLOBALS, callee.name);
  if (callee.type !== "MemberExpression") return [];
  const found = member(callee);
  if (!/^(add|remove)EventListener$/.test(callee.property.name)) return found;
  if (isCallOf(callee.object, "matchMedia") || queries.has(lastName(callee.object))) {
    found.push("addEventListener of a media query (iOS 14); addListener works");
  }
  const options = node.arguments[2];
  if (options && options.type === "ObjectExpression") {
    const names = options.properties.map((/** @type {Node} */ one) => one.key && one.key.name);
    if (names.includes("signal")) found.push("a listener with a signal (iOS 15)");
  }
  return found;
}

/** @param {string} text */
function elements(text) {
  const found = ELEMENTS.exec(text);
  return found ? [`${found[0].trim()} (iOS 15.4 or later)`] : [];
}

/**
 * @param {Record<string, string>} table
 * @param {string | undefined} name
 */
function named(table, name) {
  return name && Object.prototype.hasOwnProperty.call(table, name) ? [`${name} (${table[name]})`] : [];
}

/**
 * @param {Node} node
 * @param {string} name
 */
function isCallOf(node, name) {
  return node.type === "CallExpression" && lastName(node.callee) === name;
}

/**
 * @param {Node | null | undefined} node
 * @returns {string}
 */
function lastName(node) {
  if (!node) return "";
  if (node.type === "MemberExpression") return node.computed ? "" : lastName(node.property);
  return node.type === "Identifier" ? node.name : "";
}

/**
 * @param {Node} node
 * @param {(node: Node) => void} visit
 */
function walk(node, visit) {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child && typeof child.type === "string") walk(child, visit);
    }
  }
}
