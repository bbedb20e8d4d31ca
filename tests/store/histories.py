"""Random lives of a box, and what a save by choice ought to make of them, said anew in plain Python."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from appliance.store.database import Connection
from appliance.store.events import next_ev
from appliance.store.opening import Store
from appliance.store.snapshot.choice import Choice
from tests.store.rigs import bring, drop, say

KINDS = ("files", "messages", "rooms", "members")
USERS = ("u_ana", "u_beto", "u_uma")
KEYS = {
    "rooms": ("id",),
    "members": ("room", "user"),
    "messages": ("room", "seq"),
    "reactions": ("room", "seq", "emoji", "user"),
    "mentions": ("room", "seq", "user"),
    "files": ("id",),
    "message_files": ("message", "file"),
    "reports": ("id",),
}
Row = dict[str, Any]
Content = dict[str, dict[tuple[Any, ...], Row]]


def content_of(path: Path, *, fixed: bool) -> Content:
    """Everything that people brought, by its keys."""
    how = "mode=ro&immutable=1" if fixed else "mode=ro"
    with closing(sqlite3.connect(f"{path.as_uri()}?{how}", uri=True)) as db:
        return dump(db)


def dump(db: Connection) -> Content:
    found: Content = {}
    for table, keys in KEYS.items():
        rows = db.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in rows.description]
        dicts = [dict(zip(names, row, strict=True)) for row in rows]
        found[table] = {tuple(row[key] for key in keys): row for row in dicts}
    found["rooms"]["r_general",]["created"] = 0  # another one at each beginning
    return found


@dataclass
class Life:
    """What people do, by the dice."""

    store: Store
    dice: random.Random
    count: int = 0
    deeds: list[Callable[[], None]] = field(init=False)

    def __post_init__(self) -> None:
        often = [self.talk, self.talk, self.upload, self.attach, self.read]
        seldom = [self.edit, self.unsay, self.react, self.make_room, self.rename, self.end_room, self.direct]
        self.deeds = [*often, *seldom, self.join, self.leave, self.describe, self.delete_file, self.report]

    def live(self, deeds: int) -> None:
        for _ in range(deeds):
            self.count += 1
            self.dice.choice(self.deeds)()

    # Deeds

    def talk(self) -> None:
        say(self.store, f"word{self.count} something", room=self.room())

    def upload(self) -> None:
        room = self.room() if self.dice.random() < 0.4 else None
        bring(self.store, f"body {self.dice.randrange(6)}".encode(), f"{self.count}.pdf", room=room)

    def attach(self) -> None:
        message, file = self.one("SELECT id FROM messages"), self.one("SELECT id FROM files")
        if message and file:
            self.write("INSERT OR IGNORE INTO message_files VALUES (?, ?)", message[0], file[0])

    def read(self) -> None:
        user = self.dice.choice(USERS)
        sql = "UPDATE members SET read = (SELECT head FROM rooms WHERE id = room) WHERE user = ? AND room = ?"
        self.write(sql, user, self.room())

    def edit(self) -> None:
        if there := self.one("SELECT room, seq FROM messages WHERE deleted IS NULL"):
            self.change(
                "UPDATE messages SET body = ?, ev = {} WHERE room = ? AND seq = ?", f"new{self.count}", *there
            )

    def unsay(self) -> None:
        if there := self.one("SELECT room, seq FROM messages WHERE deleted IS NULL"):
            for table in ("reactions", "mentions"):
                self.write(f"DELETE FROM {table} WHERE room = ? AND seq = ?", *there)
            self.change(
                "UPDATE messages SET body = '', deleted = 1, ev = {} WHERE room = ? AND seq = ?", *there
            )

    def react(self) -> None:
        if there := self.one("SELECT room, seq FROM messages WHERE deleted IS NULL"):
            user = self.dice.choice(USERS)
            self.write("INSERT OR IGNORE INTO reactions VALUES (?, ?, '+', ?, 1)", *there, user)
            self.write("INSERT OR IGNORE INTO mentions VALUES (?, ?, ?)", *there, user)
            self.change("UPDATE messages SET ev = {} WHERE room = ? AND seq = ?", *there)

    def make_room(self) -> None:
        kind, code = (
            self.dice.choice(("public", "private")),
            self.dice.choice((None, f"code{self.dice.randrange(4)}")),
        )
        sql = (
            "INSERT OR IGNORE INTO rooms (id, kind, name, owner, created, code)"
            " VALUES (?, ?, ?, 'u_ana', ?, ?)"
        )
        self.write(sql, f"r_{self.count}", kind, f"Room {self.count}", self.count, code)
        self.enter(f"r_{self.count}", "u_ana", "owner")

    def direct(self) -> None:
        """At the second time it is another room of the same two, when the first one was ended."""
        sql = (
            "INSERT OR IGNORE INTO rooms (id, kind, name, created, pair)"
            " VALUES (?, 'direct', '', ?, 'u_ana u_uma')"
        )
        self.write(sql, f"d_{self.count}", self.count)
        for user in ("u_ana", "u_uma"):
            self.enter(f"d_{self.count}", user, "member")

    def rename(self) -> None:
        sql = "UPDATE OR IGNORE rooms SET name = ?, code = ?, owner = ? WHERE id = ?"
        code = self.dice.choice((None, f"code{self.dice.randrange(4)}"))
        self.write(sql, f"Name {self.count}", code, self.dice.choice(USERS), self.room())

    def end_room(self) -> None:
        room = self.room()
        if room != "r_general" and self.dice.random() < 0.5:
            self.write("DELETE FROM rooms WHERE id = ?", room)

    def join(self) -> None:
        self.enter(self.room(), self.dice.choice(USERS), "member")

    def leave(self) -> None:
        self.write("DELETE FROM members WHERE room = ? AND user = ?", self.room(), self.dice.choice(USERS))

    def describe(self) -> None:
        if file := self.one("SELECT id FROM files"):
            sql = "UPDATE files SET description = ?, keep = ?, approved = ? WHERE id = ?"
            self.write(
                sql, f"about {self.count}", self.dice.randrange(2), self.dice.choice((None, 0, 1)), file[0]
            )

    def delete_file(self) -> None:
        if file := self.one("SELECT id FROM files"):
            drop(self.store, file[0])

    def report(self) -> None:
        sql = (
            "INSERT INTO reports (id, room, room_name, reason, by, by_name, at)"
            " VALUES (?, ?, 'x', 'y', 'u_uma', 'Uma', 0)"
        )
        self.write(sql, f"p_{self.count}", self.room())

    # With what

    def room(self) -> str:
        found = self.one("SELECT id FROM rooms")
        assert found
        return str(found[0])

    def one(self, sql: str) -> tuple[Any, ...] | None:
        rows = self.store.content.read_now(lambda db: [tuple(row) for row in db.execute(f"{sql} ORDER BY 1")])
        return self.dice.choice(rows) if rows else None

    def enter(self, room: str, user: str, role: str) -> None:
        sql = (
            "INSERT OR IGNORE INTO members (room, user, role, joined)"
            " SELECT id, ?, ?, ? FROM rooms WHERE id = ?"
        )
        self.write(sql, user, role, self.count, room)

    def write(self, sql: str, *values: Any) -> None:
        self.store.content.write_now(lambda db: db.execute(sql, values))

    def change(self, sql: str, *values: Any) -> None:
        """As `write`; `{}` is the next number of the counter."""
        self.store.content.write_now(lambda db: db.execute(sql.format(next_ev(db)), values))


def wished(dice: random.Random, live: Content, saved: Content) -> Choice:
    """Something to save."""
    rooms = sorted({key[0] for side in (live, saved) for key in side["rooms"]})
    files = sorted({key[0] for side in (live, saved) for key in side["files"]})
    return Choice(
        kinds=frozenset(dice.sample(KINDS, dice.choice((0, 0, 1, 1, 2, 3)))),  # type: ignore[arg-type]
        rooms=tuple(dice.sample(rooms, min(len(rooms), dice.choice((0, 0, 1, 2))))),
        files=tuple(dice.sample(files, min(len(files), dice.choice((0, 1, 3))))),
        kept=dice.random() < 0.3,
    )


def ought(live: Content, saved: Content, choice: Choice) -> Content:
    """What was chosen as it is, the rest as it was saved."""
    here, had = set(live["rooms"]), set(saved["rooms"])
    named = {(room,) for room in choice.rooms}
    kinds = choice.kinds
    fresh = here - had if "messages" in kinds else set()
    row = named | fresh | ((here | had) if "rooms" in kinds else set())
    who = row | ((here & had) if "members" in kinds else set())
    said = named | (here if "messages" in kinds else set())
    rooms = {key: dict(value) for key, value in saved["rooms"].items() if key not in row or key in here}
    for key in row & here:
        head = rooms[key]["head"] if key in rooms else 0
        rooms[key] = {**live["rooms"][key], "head": head}
    _make_way(rooms, {key: rooms[key] for key in row & here})
    for key in who & here & set(rooms):
        rooms[key]["owner"] = live["rooms"][key]["owner"]
    for key in said & here:
        rooms[key]["head"] = live["rooms"][key]["head"]
    result: Content = {"rooms": rooms}
    for table, chosen in (("members", who), ("messages", said), ("reactions", said), ("mentions", said)):
        result[table] = _mixed(live[table], saved[table], chosen & here, set(rooms))
    for member in result["members"].values():
        head = rooms[member["room"],]["head"]
        member |= {"read": min(member["read"], head), "delivered": min(member["delivered"], head)}
    result["files"] = _files(live, saved, choice, rooms, row, said)
    result["message_files"] = _links(live, saved, result, said & here)
    every = "rooms" in kinds
    result["reports"] = {
        **{key: one for key, one in saved["reports"].items() if not (every or (one["room"],) in row)},
        **{key: one for key, one in live["reports"].items() if every or (one["room"],) in row},
    }
    return result


def _make_way(rooms: dict[tuple[Any, ...], Row], chosen: dict[tuple[Any, ...], Row]) -> None:
    """A code, and two people, belong to one room."""
    codes = {one["code"] for one in chosen.values() if one["code"]}
    pairs = {one["pair"] for one in chosen.values() if one["pair"]}
    for key, one in list(rooms.items()):
        if key not in chosen and one["code"] in codes:
            one["code"] = None
        if key not in chosen and one["pair"] in pairs:
            del rooms[key]


def _mixed(
    live: dict[tuple[Any, ...], Row],
    saved: dict[tuple[Any, ...], Row],
    chosen: set[tuple[Any, ...]],
    rooms: set[tuple[Any, ...]],
) -> dict[tuple[Any, ...], Row]:
    old = {key: dict(one) for key, one in saved.items() if key[:1] in rooms and key[:1] not in chosen}
    return old | {key: dict(one) for key, one in live.items() if key[:1] in chosen}


def _files(
    live: Content,
    saved: Content,
    choice: Choice,
    rooms: dict[tuple[Any, ...], Row],
    row: set[tuple[Any, ...]],
    said: set[tuple[Any, ...]],
) -> dict[tuple[Any, ...], Row]:
    here = set(live["rooms"])
    chosen = {(one,) for one in choice.files}
    for side in (live, saved):
        for key, one in side["files"].items():
            if one["room"] is None and "files" in choice.kinds:
                chosen.add(key)
            if (one["room"],) in said or (one["room"],) in row - here:
                chosen.add(key)
    if choice.kept:
        chosen |= {key for key, one in live["files"].items() if one["keep"] and one["approved"]}
    for side in (live, saved):
        ids = {one["id"] for one in side["messages"].values() if one["room"] in choice.rooms}
        chosen |= {(file,) for message, file in side["message_files"] if message in ids}
    found = {key: one for key, one in saved["files"].items() if key not in chosen}
    found |= {key: one for key, one in live["files"].items() if key in chosen}
    return {key: one for key, one in found.items() if one["room"] is None or (one["room"],) in rooms}


def _links(
    live: Content, saved: Content, result: Content, said: set[tuple[Any, ...]]
) -> dict[tuple[Any, ...], Row]:
    """Where one of the sides says so; on a message that was chosen, where the live one does."""
    chosen = {one["id"] for one in result["messages"].values() if (one["room"],) in said}
    there = {one["id"] for one in result["messages"].values()}
    both = {**{key: one for key, one in saved["message_files"].items() if key[0] not in chosen}}
    both |= live["message_files"]
    return {key: one for key, one in both.items() if key[0] in there and (key[1],) in result["files"]}
