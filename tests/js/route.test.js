// @ts-check
/** Addresses of pages, and links in messages. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { afterSignIn, cardPath, chatPath, parse } from "../../web/js/models/route.js";
import { parts } from "../../web/js/models/text.js";

test("every page has an address, with or without a slash at its end", () => {
  assert.deepEqual(parse("/"), { page: "home" });
  assert.deepEqual(parse("/inicio/"), { page: "home" });
  assert.deepEqual(parse("/chat"), { page: "chat", room: undefined });
  assert.deepEqual(parse(chatPath("r 1/2")), { page: "chat", room: "r 1/2" });
  assert.deepEqual(parse(cardPath("r1")), { page: "card", room: "r1" });
  assert.deepEqual(parse("/enter"), parse("/entrar"));
  assert.deepEqual(parse("/admin/people"), { page: "admin", section: "people", item: undefined });
  for (const path of ["/nowhere", "/files/x", "/chat/a/b", "/%E0%A4%A"]) assert.equal(parse(path).page, "not_found");
});

test("after signing in one goes to a page of ours, never elsewhere", () => {
  assert.equal(afterSignIn("?next=/chat/r1"), "/chat/r1");
  for (const bad of ["", "?next=//evil.example", "?next=/\\evil.example", "?next=https://evil.example", "?next=/login", "?next=/%09/evil.example", "?next=/a%5Cb", "?next=javascript:alert(1)"]) {
    assert.equal(afterSignIn(bad), "/inicio");
  }
});

test("links and code stand out in a message, and nothing is lost", () => {
  const body = "mira http://192.168.1.20:8000/files. Usa `ls -l` (https://a.example/x)\nadiós";
  const found = parts(body);
  assert.deepEqual(
    found.filter((part) => part.kind !== "text"),
    [
      { kind: "link", text: "http://192.168.1.20:8000/files", href: "http://192.168.1.20:8000/files" },
      { kind: "code", text: "ls -l" },
      { kind: "link", text: "https://a.example/x", href: "https://a.example/x" },
    ],
  );
  assert.equal(found.map((part) => (part.kind === "code" ? `\`${part.text}\`` : "text" in part ? part.text : "")).join(""), body);
});

test("only http, https and mailto become links", () => {
  assert.deepEqual(parts("javascript:alert(1) ftp://x"), [{ kind: "text", text: "javascript:alert(1) ftp://x" }]);
});
