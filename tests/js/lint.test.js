// @ts-check
/** The rules about old browsers: each catches what it is for, and lets its neighbour through. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { pageFaults } from "./lint/pages.js";
import { scriptFaults } from "./lint/scripts.js";
import { styleFaults } from "./lint/styles.js";
import { unansweredCodes, wordFaults } from "./lint/words.js";

const SCRIPTS_CAUGHT = [
  "class A { #x = 1; }",
  "class A { x = 1; }",
  "class A { static { go(); } }",
  "a ??= 1;",
  "a ||= 1;",
  "a &&= 1;",
  "await go();",
  "const n = 10n;",
  "BigInt(4);",
  'export * as all from "./a.js";',
  "list.at(-1);",
  'text.replaceAll("a", "b");',
  "structuredClone(a);",
  "window.structuredClone(a);",
  "crypto.randomUUID();",
  "window.crypto.randomUUID();",
  "Object.hasOwn(a, b);",
  "AbortSignal.timeout(5);",
  "/(?<=a)b/.test(c);",
  "/(?<!a)b/.test(c);",
  "new Intl.RelativeTimeFormat();",
  'new Intl.DateTimeFormat("es", { dateStyle: "short" });',
  "new BroadcastChannel('x');",
  "class A extends EventTarget {}",
  "html`<dialog open></dialog>`;",
  'const page = "<dialog>";',
  'matchMedia("print").addEventListener("change", f);',
  'const wide = window.matchMedia("print"); wide.addEventListener("change", f);',
  'this.wide = matchMedia("print"); this.wide.removeEventListener("change", f);',
  'button.addEventListener("click", f, { once: true, signal });',
  "queue.findLast(f);",
];

const SCRIPTS_FINE = [
  "const wait = 10_000;",
  "const a = b?.c ?? d;",
  "class A { constructor() { this.x = 1; } }",
  "async function f() { await go(); }",
  "const when = message.at;",
  "/(?<year>\\d+)/.test(c);",
  'button.addEventListener("click", f, { passive: true });',
  "if (input.showPicker) input.showPicker(); // browsers: asked for first",
  "// browsers: asked for first\ninput.showPicker();",
  'const help = "a dialog";',
  "const at = { at: 1 };",
];

const STYLES_CAUGHT = [
  "a { b { color: red } }",
  "a { & b { color: red } }",
  "a:has(b) { color: red }",
  ":is(a, b) { color: red }",
  "a:not(.b, .c) { color: red }",
  "a { height: 100dvh }",
  "a { color: oklch(50% 0 0) }",
  "a { color: light-dark(#000, #fff) }",
  "a { background: color-mix(in srgb, red, blue) }",
  "a { inset: 0 }",
  "a { aspect-ratio: 1 }",
  "a { display: flex; gap: 4px }",
  "a { gap: 4px; display: inline-flex }",
  "a { display: flex; row-gap: 4px }",
  "@layer base { a { color: red } }",
  "@container (min-width: 4px) { a { color: red } }",
  "@media (width > 4px) { a { color: red } }",
  "@media print { a { inset: 0 } }",
  "a:hover, a:focus-visible { color: red }",
  "a { padding-inline: 4px }",
  "a { user-select: none }",
];

const STYLES_FINE = [
  "a { display: grid; gap: 4px }",
  "a { gap: 4px }",
  "a { display: flex; gap: 0 }",
  "a { height: 100vh; height: 100dvh }",
  "a { top: 0; right: 0; inset: 0 }",
  "a { -webkit-user-select: none; user-select: none }",
  "@supports (aspect-ratio: 1) { a { aspect-ratio: 1 } }",
  "@media (min-width: 4px) { a { color: red } }",
  "a:focus-visible { outline: 1px solid }",
  "a:focus-visible, b:focus-visible { outline: 1px solid }",
  "a { padding-inline-start: 4px }",
  "/* a:has(b) { inset: 0 } */ a { color: red }",
  'a::before { content: "{ inset: 0 } 10dvh" }',
  "a { /* browsers: only looks better */ aspect-ratio: 1 }",
  "a { transition: color 1s; grid-template: 'a' 1fr / 1fr }",
  "a { background: url(data:image/png;base64,AA==) }",
];

const PAGES_CAUGHT = [
  '<script type="importmap">{}</script>',
  "<script>go()</script>",
  "<p style='x'>",
  "<body onload='x'>",
  "<style>a{}</style>",
];

for (const [name, lint, caught, fine] of [
  ["a script", scriptFaults, SCRIPTS_CAUGHT, SCRIPTS_FINE],
  ["a style sheet", styleFaults, STYLES_CAUGHT, STYLES_FINE],
  ["a page", pageFaults, PAGES_CAUGHT, ['<script type="module" src="/js/main.js"></script>', "<p>onload</p>"]],
]) {
  const faults = /** @type {(text: string) => {line: number, what: string}[]} */ (lint);
  for (const text of /** @type {string[]} */ (caught)) {
    test(`${name} may not hold ${text}`, () => assert.notDeepEqual(faults(text), []));
  }
  for (const text of /** @type {string[]} */ (fine)) {
    test(`${name} may hold ${text}`, () => assert.deepEqual(faults(text), []));
  }
}

test("a fault says on which line it is", () => {
  assert.deepEqual(styleFaults("a {\n  color: red;\n  inset: 0;\n}"), [{ line: 3, what: "inset (iOS 14.5)" }]);
  assert.equal(scriptFaults("\n\nstructuredClone(a);")[0].line, 3);
});

test("code of others has only to be readable", () => {
  assert.deepEqual(scriptFaults("structuredClone(a)", false), []);
  assert.equal(scriptFaults("class A { #x }", false).length, 1);
});

test("two languages say the same things", () => {
  assert.deepEqual(wordFaults({ a: "uno {x}" }, { a: "one {x}" }), []);
  assert.deepEqual(wordFaults({ a: "uno" }, {}), ["a: in one language only"]);
  assert.deepEqual(wordFaults({ a: "uno {x}" }, { a: "one {y}" }), ["a: other placeholders"]);
  assert.deepEqual(wordFaults({ a: "uno" }, { a: " " }), ["a: empty"]);
  assert.deepEqual(wordFaults({ "a.one": "{n} uno" }, { "a.one": "one" }), ["a.one: no a.other"]);
});

test("every code of the server has a sentence", () => {
  const source = 'class Code(StrEnum):\n    GONE = "gone"\n    BUSY = "busy"  # later\n';
  assert.deepEqual(unansweredCodes(source, { "error.gone": "ya no está" }), ["error.busy: missing"]);
});
