// @ts-check
/** Rooms as a person has them: in parts, with what they may do, with what they are told when one goes; and guests. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Chat } from "../../web/js/models/chat.js";
import { Guest } from "../../web/js/models/guest.js";
import { parts, RoomDirectory } from "../../web/js/models/room_list.js";
import { over, powers } from "../../web/js/models/room_powers.js";
import { Rooms } from "../../web/js/models/rooms.js";
import { Session } from "../../web/js/models/session.js";
import { MemoryStorage } from "./helpers.js";

/** @typedef {import("../../web/js/types.js").Room} Room */
/** @typedef {import("../../web/js/types.js").Me} Me */

/** @param {string} id @param {Partial<Room>} [more] @returns {Room} */
const room = (id, more) =>
  Object.assign({ id, kind: "public", name: id, head: 0, read: 0, unread: 0, role: "member" }, more);
/** @param {import("../../web/js/types.js").Role} role @returns {Me} */
const me = (role) => ({ id: "u1", username: "yo", name: "Yo", role });
/** @param {string} role @param {object} [more] @returns {import("../../web/js/types.js").Member} */
const member = (role, more) => Object.assign({ id: "u2", name: "Ana", role }, more);
const quiet = { send: () => true, request: () => Promise.resolve({ type: "ack" }) };

test("the list stands in parts; the archive is none of them", () => {
  const rooms = new Rooms(() => 0);
  rooms.load([
    room("r1"),
    room("r2", { kind: "direct", name: "Zoe" }),
    room("r3", { kind: "direct", name: "Ana" }),
    room("r4", { kind: "group" }),
    room("r5", { archived: true, unread: 3 }),
  ]);
  assert.equal(rooms.unread(), 0);
  assert.deepEqual(
    parts(rooms.list()).map(({ part, rooms }) => [part, rooms.map((one) => one.id)]),
    [
      ["open", ["r1"]],
      ["closed", ["r4"]],
      ["direct", ["r3", "r2"]],
    ],
  );
  assert.deepEqual(parts([]), []);
});

test("what one may do follows role, kind of room and membership", () => {
  const none = { moderate: false, manage: false, invite: false, leave: true, archive: false, report: true };
  assert.deepEqual(powers(me("usuario"), room("r1")), none);
  assert.deepEqual(powers(me("guest"), room("r1", { role: "member", everyone: true })), none);
  const moderator = powers(me("usuario"), room("r1", { role: "moderator" }));
  assert.deepEqual([moderator.moderate, moderator.manage, moderator.invite], [true, false, true]);
  const owner = powers(me("usuario"), room("r1", { role: "owner" }));
  assert.deepEqual([owner.manage, owner.archive], [true, true]);
  const general = powers(me("administrator"), room("r1", { everyone: true }));
  assert.deepEqual([general.manage, general.leave, general.invite, general.archive], [true, false, false, false]);
  const direct = powers(me("administrator"), room("r1", { kind: "direct" }));
  assert.deepEqual([direct.moderate, direct.manage, direct.report], [false, false, false]);
});

test("about somebody: nobody reaches above themselves, accounts stay in everybody's room", () => {
  const mine = room("r1", { role: "moderator", kind: "group" });
  assert.deepEqual(over(me("usuario"), mine, member("member")).role, ["moderator"]);
  assert.equal(over(me("usuario"), mine, member("owner")).kick, false);
  assert.equal(over(me("usuario"), room("r1"), member("member")).mute, false);
  assert.deepEqual(over(me("usuario"), room("r1", { role: "owner" }), member("moderator")).role, ["member", "owner"]);
  assert.deepEqual(over(me("administrator"), room("r1"), member("member")).role, ["moderator", "owner"]);
  // In a private room an administrator counts as what they are in it.
  assert.equal(over(me("administrator"), room("r1", { kind: "group" }), member("owner")).ban, false);
  const general = room("r1", { everyone: true });
  assert.deepEqual(over(me("administrator"), general, member("member")), {
    role: ["moderator", "owner"],
    mute: true,
    kick: false,
    ban: false,
    write: true,
  });
  const guest = over(me("administrator"), general, member("member", { guest: true }));
  assert.deepEqual([guest.role, guest.kick, guest.ban, guest.write], [[], true, true, false]);
  assert.equal(over(me("usuario"), mine, member("moderator", { id: "u1" })).mute, false);
});

test("a change of the room, of one's part in it and its end are heard", () => {
  const chat = new Chat(quiet, () => "u1", () => 0);
  chat.rooms.load([room("r1", { head: 5, read: 3, unread: 2 }), room("r2"), room("r3")]);
  const info = { kind: "public", name: "Nuevo", head: 5, announcement: true, slow: 30 };
  chat.event({ type: "room_changed", room: "r1", info });
  chat.event({ type: "member_changed", room: "r1", user: { id: "u1", name: "Yo" }, role: "moderator", why: "role" });
  const now = /** @type {Room} */ (chat.rooms.get("r1"));
  assert.deepEqual([now.name, now.announcement, now.slow, now.role, now.unread], ["Nuevo", true, 30, "moderator", 2]);
  chat.event({ type: "room_changed", room: "r1", info: { kind: "public", name: "Nuevo", head: 5, archived: true } });
  assert.deepEqual([chat.rooms.get("r1")?.announcement, chat.rooms.unread()], [false, 0]);

  const away = { type: "member_changed", user: { id: "u1", name: "Yo" }, role: "none" };
  chat.event(Object.assign({ room: "r2", why: "kick" }, away));
  chat.event(Object.assign({ room: "r3", why: "leave" }, away));
  assert.deepEqual(chat.rooms.parted.get("r2"), { name: "r2", why: "kick" });
  assert.equal(chat.rooms.parted.get("r3")?.why, "leave");
  const back = { kind: "public", name: "r2", head: 9 };
  chat.event({ type: "member_changed", room: "r2", user: { id: "u1", name: "Yo" }, role: "member", why: "join", info: back });
  assert.equal(chat.rooms.parted.has("r2"), false);
  assert.deepEqual([chat.rooms.get("r2")?.head, chat.rooms.get("r2")?.unread], [9, 0]);
  chat.rooms.put(room("r2", { code: "ABCD", password: true }));
  chat.rooms.put(room("r2"));
  assert.deepEqual([chat.rooms.get("r2")?.code, chat.rooms.get("r2")?.password], [undefined, undefined]);
  chat.rooms.put(room("r2", { unread: 4 }));
  assert.equal(chat.rooms.unread(), 4);
  chat.event({ type: "room_mine", room: "r2", muted: true });
  assert.deepEqual([chat.rooms.get("r2")?.muted, chat.rooms.unread()], [true, 0]);
  const { news } = chat.rooms;
  chat.event({ type: "room_changed", room: "r9", info: { kind: "public", name: "Otra", head: 0 }, created: true });
  assert.equal(chat.rooms.news, news + 1);
});

test("who was named is told until the room is read", () => {
  const rooms = new Rooms(() => 0);
  rooms.load([room("r1")]);
  const from = { id: "u2", name: "Ana" };
  rooms.message({ type: "message", room: "r1", seq: 1, from, mentions: ["u1"] }, "u1");
  rooms.message({ type: "message", room: "r1", seq: 2, from, mentions: ["u3"] }, "u1");
  rooms.message({ type: "message", room: "r1", seq: 3, from }, "u1");
  assert.deepEqual([rooms.get("r1")?.unread, rooms.get("r1")?.mentions], [3, 1]);
  rooms.read("r1", 3);
  assert.deepEqual([rooms.get("r1")?.unread, rooms.get("r1")?.mentions], [0, 0]);
});

test("the directory puts one's own rooms in the list and keeps the others beside it", async () => {
  const rooms = new Rooms(() => 0);
  rooms.load([room("r1")]);
  /** @type {string[]} */
  const asked = [];
  const pages = [
    { items: [room("r1"), room("r2", { role: "none" })], next: "r2" },
    { items: [room("r3")], next: null },
    { items: [room("r4", { archived: true })], next: null },
  ];
  const get = (/** @type {string} */ path) => {
    asked.push(path);
    const page = pages.shift();
    return page ? Promise.resolve(page) : Promise.reject(Object.assign(new Error(), { code: "offline" }));
  };
  const directory = new RoomDirectory(/** @type {any} */ ({ get }), rooms);
  await directory.load();
  assert.deepEqual(directory.others.map((one) => one.id), ["r2"]);
  assert.ok(rooms.get("r3"));
  rooms.put(room("r2"));
  assert.deepEqual(directory.others, []);
  await directory.loadArchive();
  assert.deepEqual(directory.archive?.map((one) => one.id), ["r4"]);
  assert.deepEqual(asked, ["/api/rooms?limit=100", "/api/rooms?limit=100&after=r2", "/api/rooms?limit=100&archived=1"]);
  await directory.load();
  assert.equal(directory.failure, "offline");
});

test("a guest is known after a reload, until the stay is over", async () => {
  const storage = new MemoryStorage();
  const clock = { now: 1000 };
  const guest = () => new Guest(storage, () => clock.now);
  const box = { name: "PiChat", claimed: true };
  const session = () => new Session(/** @type {any} */ ({ get: () => Promise.resolve(box) }), () => {}, guest());
  const first = session();
  await first.load();
  assert.equal(first.me, null);
  first.visit({ id: "g1", username: "", name: "Rosa", role: "guest" }, "r1", 60);
  assert.equal(first.visiting, true);

  const again = session();
  await again.load();
  assert.equal(again.me?.name, "Rosa");
  assert.equal(/** @type {Guest} */ (again.guest).room, "r1");
  clock.now += 60_000;
  const late = session();
  await late.load();
  assert.equal(late.me, null);

  clock.now = 1000;
  again.leave(true);
  assert.equal(guest().recall(), null);
  storage.setItem("pichat.guest", "{");
  assert.equal(guest().recall(), null);
});

test("a browser without storage still lets a guest in", () => {
  const refuses = () => {
    throw new Error("forbidden");
  };
  const guest = new Guest({ getItem: refuses, setItem: refuses, removeItem: refuses }, () => 0);
  guest.began({ id: "g1", username: "", name: "Rosa", role: "guest" }, "r1", 60);
  assert.equal(guest.room, "r1");
  assert.equal(guest.recall(), null);
  guest.ended();
  assert.equal(guest.room, "");
});
