"""Rooms as rows of content.db, alone and as one person sees them. Knows no rule."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from appliance.store.database import Connection

# Everybody who is signed in could read it; of any other room administrators are told numbers alone.
OPEN = "(rooms.kind = 'public' AND rooms.code IS NULL AND rooms.password IS NULL AND rooms.e2e = 0)"


class RoomRow(NamedTuple):
    """One room. The fields are the columns, in their order. (A tuple, because every message reads one.)"""

    id: str
    kind: str
    name: str
    owner: str | None
    created: int
    head: int = 0
    everyone: bool = False
    pair: str | None = None
    ephemeral: bool = False
    e2e: bool = False
    code: str | None = None
    password: str | None = None
    archived: bool = False
    announcement: bool = False
    slow: int = 0
    retention_days: int | None = None


class Seen(NamedTuple):
    """A room and what one person is in it; `role` is empty for somebody who is no member."""

    room: RoomRow
    role: str
    read: int
    muted: int = 0
    quiet: bool = False


_COLUMNS = ", ".join(f"rooms.{column}" for column in RoomRow._fields)
_PLACES = ", ".join("?" for _ in RoomRow._fields)
_SEEN = (
    f"SELECT {_COLUMNS}, members.role, members.read, members.muted, members.quiet FROM rooms"  # noqa: S608 (own columns)
    " LEFT JOIN members ON members.room = rooms.id AND members.user = ?"
)
_OWN = (
    f"SELECT {_COLUMNS}, members.role, members.read, members.muted, members.quiet FROM members"  # noqa: S608
    " JOIN rooms ON rooms.id = members.room WHERE members.user = ? AND rooms.archived = 0"
    " ORDER BY rooms.created, rooms.id"
)


def insert(db: Connection, row: RoomRow) -> None:
    columns = ", ".join(RoomRow._fields)
    db.execute(f"INSERT INTO rooms ({columns}) VALUES ({_PLACES})", row)  # noqa: S608


def find(db: Connection, room: str) -> RoomRow | None:
    found = db.execute(f"SELECT {_COLUMNS} FROM rooms WHERE id = ?", (room,)).fetchone()  # noqa: S608
    return _row(found) if found else None


def by_pair(db: Connection, pair: str) -> RoomRow | None:
    """The direct room of two people."""
    found = db.execute(f"SELECT {_COLUMNS} FROM rooms WHERE pair = ?", (pair,)).fetchone()  # noqa: S608
    return _row(found) if found else None


def seen_by(db: Connection, room: str, user: str) -> Seen | None:
    found = db.execute(f"{_SEEN} WHERE rooms.id = ?", (user, room)).fetchone()
    return _seen(found) if found else None


def of_user(db: Connection, user: str) -> list[Seen]:
    """The rooms that somebody is a member of, the oldest first; without the archived ones."""
    return [_seen(found) for found in db.execute(_OWN, (user,))]


def public_or_own(db: Connection, user: str, after: str, limit: int, archived: bool = False) -> list[Seen]:
    """A page of the rooms that somebody may know of, by id."""
    text = (
        f"{_SEEN} WHERE (rooms.kind = 'public' OR members.user IS NOT NULL) AND rooms.id > ?"
        " AND rooms.archived = ? ORDER BY rooms.id LIMIT ?"
    )
    return [_seen(found) for found in db.execute(text, (user, after, archived, limit))]


def set_head(db: Connection, room: str, head: int) -> None:
    db.execute("UPDATE rooms SET head = ? WHERE id = ?", (head, room))


def delete(db: Connection, room: str) -> None:
    """With its members and messages."""
    db.execute("DELETE FROM rooms WHERE id = ?", (room,))


def by_code(db: Connection, code: str) -> RoomRow | None:
    """The room that a code opens."""
    found = db.execute(f"SELECT {_COLUMNS} FROM rooms WHERE code = ?", (code,)).fetchone()  # noqa: S608
    return _row(found) if found else None


def which_open(db: Connection, ids: Iterable[str]) -> set[str]:
    """Those of these rooms that everybody could read."""
    text = f"SELECT id FROM rooms WHERE {OPEN} AND id IN (SELECT value FROM json_each(?))"  # noqa: S608 (own words)
    return {one for (one,) in db.execute(text, (json.dumps(list(ids)),))}


def every(db: Connection) -> list[RoomRow]:
    return [_row(found) for found in db.execute(f"SELECT {_COLUMNS} FROM rooms")]  # noqa: S608


def set_owner(db: Connection, room: str, owner: str | None) -> None:
    db.execute("UPDATE rooms SET owner = ? WHERE id = ?", (owner, room))


def count(db: Connection, owner: str | None = None) -> int:
    """All of them, or those of one person."""
    text = "SELECT count(*) FROM rooms WHERE ?1 IS NULL OR owner = ?1"
    return int(db.execute(text, (owner,)).fetchone()[0])


def change(db: Connection, row: RoomRow) -> None:
    """What an owner can change of a room."""
    db.execute(
        "UPDATE rooms SET name = ?, owner = ?, code = ?, password = ?,"
        " archived = ?, announcement = ?, slow = ?, retention_days = ? WHERE id = ?",
        (
            row.name,
            row.owner,
            row.code,
            row.password,
            row.archived,
            row.announcement,
            row.slow,
            row.retention_days,
            row.id,
        ),
    )


def _seen(found: Any) -> Seen:
    *_, role, read, muted, quiet = found
    return Seen(_row(found), role or "", read or 0, muted or 0, bool(quiet))


def _row(found: Any) -> RoomRow:
    """The first columns of a row, whatever follows."""
    room, kind, name, owner, created, head, everyone, pair, ephemeral, e2e, *more = found
    code, password, archived, announcement, slow, days, *_ = more
    flags = bool(ephemeral), bool(e2e), code, password, bool(archived), bool(announcement)
    return RoomRow(room, kind, name, owner, created, head, bool(everyone), pair, *flags, slow, days)
