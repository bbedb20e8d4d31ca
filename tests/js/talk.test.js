// @ts-check
/** What people do to messages: written with marks, edited, reacted to, read. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Conversation } from "../../web/js/models/conversation.js";
import { Drafts } from "../../web/js/models/drafts.js";
import { Rooms } from "../../web/js/models/rooms.js";
import { blocks, plain } from "../../web/js/models/text.js";
import { message } from "./helpers.js";

const ana = { id: "u2", name: "Ana" };

test("marks, lists and code are a tree, anything else stays text", () => {
  assert.deepEqual(blocks("**a _b_** *c*"), [
    {
      kind: "lines",
      parts: [
        { kind: "strong", parts: [{ kind: "text", text: "a " }, { kind: "em", parts: [{ kind: "text", text: "b" }] }] },
        { kind: "text", text: " " },
        { kind: "em", parts: [{ kind: "text", text: "c" }] },
      ],
    },
  ]);
  const found = blocks("uno\n- a\n- b\n```\n**x**\n```\n1. y");
  assert.deepEqual(found.map((one) => one.kind), ["lines", "list", "code", "list"]);
  assert.deepEqual(found[2], { kind: "code", text: "**x**" });
  for (const plain of ["snake_case_name", "2 * 3 * 4", "<b>x</b>", "** a**", "```\nsin final", "[a](javascript:x)", "3. no"]) {
    const text = blocks(plain).flatMap((one) => (one.kind === "lines" ? one.parts : []));
    assert.deepEqual(text.map((part) => ("text" in part ? part.text : "?")).join(""), plain);
    assert.ok(text.every((part) => part.kind === "text"), plain);
  }
  assert.deepEqual(blocks("[web](https://a.example) mailto:a@b.example"), [
    {
      kind: "lines",
      parts: [
        { kind: "link", text: "web", href: "https://a.example" },
        { kind: "text", text: " " },
        { kind: "link", text: "a@b.example", href: "mailto:a@b.example" },
      ],
    },
  ]);
});

test("a quote is one line without marks", () => {
  assert.equal(plain("**a** y `b`\n- uno\n- dos\n```\nx\n```\n[web](https://a.example)"), "a y b uno dos x web");
});

test("names stand out where the message names somebody", () => {
  const text = { kind: "text", text: "hola " };
  assert.deepEqual(blocks("hola @ana", true), [{ kind: "lines", parts: [text, { kind: "mention", text: "@ana" }] }]);
  assert.deepEqual(blocks("a@b.es", true), [{ kind: "lines", parts: [{ kind: "text", text: "a@b.es" }] }]);
});

test("of two changes the one with the higher number stands", () => {
  const conversation = new Conversation("r1");
  conversation.fill([message(1, { ev: 5 })], 1);
  conversation.amend(1, { ev: 9, body: "nuevo" });
  conversation.amend(1, { ev: 7, body: "viejo" });
  conversation.replace(message(1, { ev: 8, body: "copia" }));
  assert.equal(conversation.messages[0].body, "nuevo");
  conversation.react({ seq: 1, ev: 10, user: ana, emoji: "x", on: true });
  conversation.react({ seq: 1, ev: 10, user: ana, emoji: "x", on: false });
  assert.deepEqual(conversation.messages[0].reactions, [{ emoji: "x", users: ["u2"] }]);
  conversation.react({ seq: 1, ev: 11, user: ana, emoji: "x", on: false });
  assert.deepEqual(conversation.messages[0].reactions, []);
});

test("receipts say how far one's message got", () => {
  const rooms = new Rooms(() => 0);
  const member = { role: "member", delivered: 0, read: 0 };
  rooms.met("r1", [{ ...member, id: "u1", name: "Yo" }, { ...member, ...ana }]);
  assert.deepEqual(rooms.reach("r1", 3, "u1"), { delivered: 0, read: 0, of: 1 });
  rooms.received({ type: "receipts", room: "r1", items: [{ user: "u2", delivered: 3, read: 2 }] });
  assert.deepEqual(rooms.reach("r1", 3, "u1"), { delivered: 1, read: 0, of: 1 });
  assert.deepEqual(rooms.reach("r1", 2, "u1"), { delivered: 1, read: 1, of: 1 });
});

test("an answer goes with the draft; an edit begins with what was said", () => {
  /** @type {any[]} */
  const sent = [];
  const drafts = new Drafts((...all) => sent.push(all));
  drafts.reply("r1", message(4));
  drafts.write("r1", "sí");
  drafts.post("r1");
  assert.deepEqual(sent, [["r1", "sí", [], 4]]);
  drafts.edit("r1", message(2));
  assert.equal(drafts.of("r1").text, "2");
  drafts.edit("r1", null);
  assert.equal(drafts.of("r1").text, "");
});
