"""The databases of an archive, laid beside ours: looked at, brought up to date, and made to fit this box.

What comes out is a `Past` as an earlier session is one: what is here, erased or rejected is not in it.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from appliance.base.errors import Code, Refusal
from appliance.store import members, rooms, schema
from appliance.store.archive.source import People, people
from appliance.store.database import Connection, connect, migrate
from appliance.store.decisions import Decision, Kind
from appliance.store.opened import Store
from appliance.store.previous import Past, beside
from appliance.store.users import UserRow

_PLACES = (
    ("members", "user"),
    ("messages", "sender"),
    ("reactions", "user"),
    ("mentions", "user"),
    ("files", "owner"),
)


def box_of(path: Path) -> People:
    """The accounts and decisions of an archive. Refusal(bad_request) when they cannot be read."""
    with _readable("box.db"), closing(_foreign(path, schema.BOX)) as db:
        _check(db)
        return people(db)


def same_people(theirs: list[UserRow], here: list[UserRow]) -> dict[str, str]:
    """Who of them is who here: by id, which two copies of one box share, or by user name."""
    ids = {row.id for row in here}
    by_name = {row.username_key: row.id for row in here}
    found = {row.id: row.id if row.id in ids else by_name.get(row.username_key) for row in theirs}
    return {one: other for one, other in found.items() if other is not None}


def fit(path: Path, who: Mapping[str, str], wanted: Callable[[str], bool], pairs: Mapping[str, str]) -> int:
    """Makes the archive's content speak of the people of this box; others keep the names they had.

    `wanted`: whether a file of this name may come; answers how many may not. `pairs`: the direct rooms of
    this box by their two people.
    """
    with _readable("content.db"), closing(_foreign(path, schema.CONTENT)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("BEGIN IMMEDIATE")
        # Nothing of theirs runs here, and our own trigger would reach for the index of words.
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute('DROP TRIGGER "{}"'.format(str(name).replace('"', '""')))
        for table, column in _PLACES:
            changed = [(here, there) for there, here in who.items() if here != there]
            text = f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {column} = ?"  # noqa: S608 (own names)
            db.executemany(text, changed)
        names = db.execute("SELECT id, name FROM files").fetchall()
        barred = [(one,) for one, name in names if not wanted(str(name))]
        db.executemany("DELETE FROM files WHERE id = ?", barred)
        db.execute("DELETE FROM message_files WHERE file NOT IN (SELECT id FROM files)")
        _fit_rooms(db, who, pairs)
        db.execute("COMMIT")
        _check(db)
    return len(barred)


@contextmanager
def opened(store: Store, path: Path) -> Iterator[Past]:
    """What the archive has and this box has not."""
    with _readable("content.db"), closing(connect(path, synchronous="NORMAL")) as db:
        db.execute("PRAGMA trusted_schema = OFF")
        beside(db, store, 0)
        yield Past(db, "")


def new_bans(store: Store, path: Path, theirs: People, who: Mapping[str, str]) -> list[Decision]:
    """Who is kept out of a room that is not here yet stays out of it."""
    here = store.content.read_now(lambda db: {row.id for row in rooms.every(db)})
    found = []
    for one in theirs.decisions:
        room, _, subject = one.subject.partition(" ")
        if one.kind == Kind.BAN and subject and room not in here:
            subject = who.get(subject, subject)
            found.append(Decision(Kind.BAN, f"{room} {subject}", one.by, one.at, one.detail))
    return found


def _fit_rooms(db: Connection, who: Mapping[str, str], pairs: Mapping[str, str]) -> None:
    """Rooms get owners who are here; a direct room without anybody of here is nobody's any more."""
    here = set(who.values())
    db.execute(
        "DELETE FROM members WHERE user NOT IN (SELECT value FROM json_each(?))", (json.dumps(list(here)),)
    )
    for row in rooms.every(db):
        if row.pair is not None:
            pair = sorted(who.get(one, one) for one in row.pair.split(" "))
            if not here.intersection(pair):
                for table in ("messages", "files"):
                    db.execute(f"DELETE FROM {table} WHERE room = ?", (row.id,))  # noqa: S608 (own names)
                db.execute("DELETE FROM rooms WHERE id = ?", (row.id,))
                continue
            same = pairs.get(" ".join(pair), row.id)
            if same != row.id:
                _move(db, row.id, same)
                row = row._replace(id=same)  # noqa: PLW2901
            db.execute("UPDATE OR IGNORE rooms SET pair = ? WHERE id = ?", (" ".join(pair), row.id))
        owner = who.get(row.owner or "", None if row.owner not in here else row.owner)
        if owner is None and row.owner is not None:
            heir = next(iter(members.heirs(db, row.id)), None)
            owner = heir.user if heir else None
        if owner != row.owner:
            rooms.set_owner(db, row.id, owner)
        if owner:
            members.set_role(db, row.id, owner, "owner")


def _move(db: Connection, room: str, target: str) -> None:
    """The same two people have another room here."""
    for table in ("members", "messages", "reactions", "mentions", "files", "bans"):
        db.execute(f"UPDATE OR IGNORE {table} SET room = ? WHERE room = ?", (target, room))  # noqa: S608
    db.execute("UPDATE rooms SET id = ? WHERE id = ?", (target, room))


def direct_rooms(db: Connection) -> dict[str, str]:
    """Those of this box, by their two people."""
    return {row.pair: row.id for row in rooms.every(db) if row.pair is not None}


def _foreign(path: Path, migrations: tuple[str, ...]) -> Connection:
    """A database of somebody else: its views and triggers may call nothing of ours."""
    db = connect(path, synchronous="NORMAL")
    try:
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("PRAGMA cell_size_check = ON")
        db.execute("PRAGMA synchronous = OFF")
        if not db.execute("PRAGMA user_version").fetchone()[0]:
            raise sqlite3.DatabaseError("not one of ours")  # it would be made one, with nothing in it
        migrate(db, migrations)
    except BaseException:
        db.close()
        raise
    return db


def _check(db: Connection) -> None:
    found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    if found != "ok":
        raise sqlite3.DatabaseError(found)


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """A file that is no database of ours, though its hash is right."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise Refusal(Code.NO_SPACE) from error
        raise Refusal(Code.BAD_REQUEST, field="archive", reason="database", name=name) from error
    except sqlite3.DatabaseError as error:
        raise Refusal(Code.BAD_REQUEST, field="archive", reason="database", name=name) from error
