"""Things that are erased for good: where they are, and how they go. The decision is in box.db before.

Ids are random, so one list serves messages, files and rooms. Blocks: for worker threads, but `take_away`.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from appliance.store import changes, reports, traces
from appliance.store.blobs import body_path
from appliance.store.database import Connection, connect, migrate
from appliance.store.opened import Store
from appliance.store.schema import CONTENT
from appliance.store.snapshot import generations, sessions
from appliance.store.snapshot.layout import CONTENT_DB

_TABLES = ("messages", "files", "rooms")


class Found(NamedTuple):
    """What of it there is, here and wherever else something is kept. With every file of the same bytes."""

    messages: frozenset[str]
    files: frozenset[str]
    rooms: frozenset[str]

    @property
    def ids(self) -> list[str]:
        return sorted(self.messages | self.files | self.rooms)


def find(store: Store, ids: Sequence[str]) -> Found:
    """All databases are looked through: what is gone here may come back from the others."""
    found: dict[str, set[str]] = {table: set() for table in _TABLES}
    bodies: set[str] = set()
    for db in _everywhere(store):
        for table in _TABLES:
            found[table] |= _named(db, table, ids)
        bodies |= _values(db, "SELECT sha256 FROM files WHERE id IN (SELECT value FROM json_each(?))", ids)
    for db in _everywhere(store) if bodies else ():
        twins = "SELECT id FROM files WHERE sha256 IN (SELECT value FROM json_each(?))"
        found["files"] |= _values(db, twins, sorted(bodies))
    return Found(*(frozenset(found[table]) for table in _TABLES))


def holding(store: Store, ids: Sequence[str]) -> list[int]:
    """The generations that still have any of it. Waits for a save under way, which may be one more."""
    with store.saving:
        return [
            number
            for number in generations.numbers(store.layout)
            if any(holds(db, ids) for db in _saved(store, number))
        ]


def clear_sessions(store: Store, ids: Sequence[str]) -> list[str]:
    """Out of the earlier sessions as well; answers those that are damaged, and so may still hold it."""
    damaged = []
    for epoch in sessions.earlier(store.layout, but=store.epoch):
        try:
            _clear_session(store, epoch, ids)
        except sqlite3.DatabaseError:
            damaged.append(epoch)
    return damaged


def holds(db: sqlite3.Connection, ids: Sequence[str]) -> bool:
    """More than the places where messages were."""
    said = "SELECT id FROM messages WHERE deleted IS NULL AND id IN (SELECT value FROM json_each(?))"
    return bool(_values(db, said, ids) or _named(db, "files", ids) or _named(db, "rooms", ids))


def take_away(db: Connection, ids: Sequence[str]) -> set[str]:
    """Rows and what hangs on them, inside a write; answers the bodies that they named."""
    traces.mark(db)
    wanted = json.dumps(list(ids))
    which = "id IN (SELECT value FROM json_each(?))"
    bodies = set()
    for (sha256,) in db.execute(f"SELECT sha256 FROM files WHERE {which}", (wanted,)):  # noqa: S608 (own words)
        bodies.add(str(sha256))
    for (sha256,) in db.execute(
        f"SELECT thumbnail FROM files WHERE thumbnail IS NOT NULL AND {which}",  # noqa: S608
        (wanted,),
    ):
        bodies.add(str(sha256))
    db.execute("DELETE FROM message_files WHERE file IN (SELECT value FROM json_each(?))", (wanted,))
    said = f"SELECT room, seq, ev, ts FROM messages WHERE deleted IS NULL AND {which}"  # noqa: S608
    for room, seq, ev, ts in db.execute(said, (wanted,)).fetchall():
        reports.forget_words(db, room, seq)
        changes.empty(db, room, seq, ev=ev, at=ts)  # its place stays: `seq` has no holes
    for table in ("files", "rooms"):
        db.execute(f"DELETE FROM {table} WHERE {which}", (wanted,))  # noqa: S608 (own names)
    return bodies


# Inside


def _clear_session(store: Store, epoch: str, ids: Sequence[str]) -> None:
    folder = store.layout.session(epoch)
    path = folder / CONTENT_DB
    if not path.is_file() or path.stat().st_size == 0:
        raise sqlite3.DatabaseError("there is nothing")
    with closing(connect(path, synchronous="NORMAL")) as db:
        migrate(db, CONTENT)
        if not holds(db, ids):
            return
        db.execute("BEGIN IMMEDIATE")
        bodies = take_away(db, ids)
        db.execute("COMMIT")
        named = generations.named_bodies(db).keys()
    for sha256 in bodies - named:
        body_path(folder / "blobs", sha256).unlink(missing_ok=True)
    traces.clear(path)


def _everywhere(store: Store) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(_address(store.content.path, "mode=ro"), uri=True)) as db:
        yield db
    for number in generations.numbers(store.layout):
        yield from _saved(store, number)
    for epoch in sessions.earlier(store.layout, but=store.epoch):
        with suppress(sqlite3.Error), closing(sessions.look(store.layout, epoch)) as db:
            yield db


def _saved(store: Store, number: int) -> Iterator[sqlite3.Connection]:
    path = store.layout.generation(number) / CONTENT_DB
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(_address(path, "mode=ro&immutable=1"), uri=True)) as db,
    ):
        yield db


def _address(path: Path, options: str) -> str:
    return f"{path.absolute().as_uri()}?{options}"


def _named(db: sqlite3.Connection, table: str, ids: Sequence[str]) -> set[str]:
    text = f"SELECT id FROM {table} WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608 (own names)
    return _values(db, text, ids)


def _values(db: sqlite3.Connection, text: str, wanted: Sequence[str]) -> set[str]:
    try:
        return {str(row[0]) for row in db.execute(text, (json.dumps(list(wanted)),))}
    except sqlite3.Error:  # damaged: nothing can come back from it either
        return set()
