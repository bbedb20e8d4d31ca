// @ts-check
/** Sizes, times and sentences as people read them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { groupedCode, normalCode } from "../../web/js/models/claim_code.js";
import { device } from "../../web/js/models/devices.js";
import { initials } from "../../web/js/models/format.js";
import { losses, stableSentence } from "../../web/js/models/stable.js";
import { errorSentence } from "../../web/js/models/words.js";
import { es, speaking } from "./helpers.js";

const NOON = new Date(2026, 2, 12, 12, 0).getTime(); // a Thursday
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

test("sizes are in MB with one decimal, small ones in KB, large ones in GB", () => {
  const { format } = speaking();
  assert.equal(format.size(0), "0\u00a0KB");
  assert.equal(format.size(1), "1\u00a0KB");
  assert.equal(format.size(1.25 * 1024 * 1024), "1,3\u00a0MB");
  assert.equal(format.size(340 * 1024 * 1024), "340,0\u00a0MB");
  assert.equal(format.size(1.5 * 1024 ** 3), "1,5\u00a0GB");
  assert.equal(speaking("en").format.size(1.5 * 1024 ** 3), "1.5\u00a0GB");
});

test("times are relative up to a day, then the day and the hour", () => {
  const { format } = speaking();
  assert.equal(format.ago(NOON - 5_000, NOON), "ahora mismo");
  assert.equal(format.ago(NOON - MINUTE, NOON), "hace 1 minuto");
  assert.equal(format.ago(NOON - 59 * MINUTE, NOON), "hace 59 minutos");
  assert.equal(format.ago(NOON - 5 * 60 * MINUTE, NOON), "hace 5 horas");
  assert.equal(format.ago(NOON - DAY, NOON), "ayer, 12:00");
  assert.equal(format.ago(NOON - 3 * DAY, NOON), "lunes, 12:00");
  assert.equal(format.ago(NOON - 30 * DAY, NOON), "10 de febrero, 12:00");
  assert.equal(format.ago(NOON - 400 * DAY, NOON), "5 de febrero de 2025, 12:00");
});

test("a clock that runs ahead is shown as it stands, not as the future", () => {
  const { format } = speaking();
  assert.equal(format.ago(NOON + 10_000, NOON), "ahora mismo");
  assert.equal(format.ago(NOON + 2 * DAY, NOON), "14 de marzo, 12:00");
});

test("durations", () => {
  const { format } = speaking();
  assert.deepEqual([0.2, 42, 600, 4200].map((seconds) => format.duration(seconds)), [
    "1 s",
    "42 s",
    "10 min",
    "1 h 10 min",
  ]);
});

/** @param {number | null} savedAt @param {"es" | "en"} [language] */
function line(savedAt, language = "es") {
  const { t, format } = speaking(language);
  const status = /** @type {any} */ ({ stable: savedAt === null ? null : { saved_at: savedAt, note: "" }, since_stable: {} });
  return stableSentence(t, format, status, NOON);
}

test("the stable line says where a restart leads, or that nothing is saved", () => {
  assert.equal(line(NOON - 2 * DAY - 108 * MINUTE), "Al reiniciar, todo vuelve al martes 10:12");
  assert.equal(line(NOON - 60 * MINUTE), "Al reiniciar, todo vuelve a hoy, 11:00");
  assert.equal(line(NOON - DAY), "Al reiniciar, todo vuelve a ayer, 12:00");
  assert.equal(line(NOON - 2 * DAY, "en"), "A restart takes everything back to Tuesday 12:00");
  assert.match(line(null), /^Todavía no has guardado nada/);
});

test("what a restart would undo is told in numbers", () => {
  const { t, format } = speaking();
  const since = { files: 12, bytes: 340 * 1024 * 1024, messages: 1, posts: 0, rooms: 2 };
  assert.equal(losses(t, format, since), "12 archivos (340,0\u00a0MB), 1 mensaje, 2 salas");
  assert.equal(losses(t, format, { files: 0, bytes: 0, messages: 0, posts: 0, rooms: 0 }), "");
  assert.equal(losses(t, format, undefined), "");
});

test("an error has the most precise sentence there is", () => {
  assert.match(errorSentence(es, "bad_request", { field: "username", reason: "length" }), /entre 2 y 32/);
  assert.match(errorSentence(es, "bad_request", { field: "age", reason: "range" }), /no ha entendido/);
  assert.match(errorSentence(es, "weak_password", { reason: "short", minimum: 8 }), /usa 8 caracteres/);
  assert.match(errorSentence(es, "a_code_of_tomorrow"), /ha tropezado/);
});

test("the claim code is read as people type it", () => {
  assert.equal(normalCode(" mdfh-8c9j yxd4.1 "), "MDFH8C9JYXD41");
  assert.equal(normalCode("oOiIlL"), "001111");
  assert.equal(groupedCode("mdfh8c9jyxd41zzz"), "MDFH-8C9J-YXD4-1");
  assert.equal(groupedCode("mdfh"), "MDFH");
});

test("a session is named after its device", () => {
  const phone = "Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 Chrome/80.0 Mobile Safari/537.36";
  assert.deepEqual(device(phone), { name: "Chrome · Android", phone: true });
  assert.deepEqual(device("curl/8.5.0"), { name: "curl", phone: false });
  assert.deepEqual(device(""), { name: "", phone: false });
});

test("initials", () => {
  assert.deepEqual(["Marta Iriarte", "ana", "", "  Lucía  Fernández Vila "].map(initials), ["MI", "A", "?", "LV"]);
});
