"""Looks whether everything that should be there is there, byte by byte if asked. Changes nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

from msgspec import Struct

from appliance.store.blobs import body_path
from appliance.store.disk import file_hash
from appliance.store.snapshot import generations, sessions
from appliance.store.snapshot.layout import CONTENT_DB, Layout
from appliance.store.snapshot.manifest import FLAW_TEXT, Damaged, verify
from appliance.store.snapshot.telling import Tell, quiet

_NAMED = (
    "SELECT sha256, max(size) AS size, min(name) AS name FROM {}"
    " WHERE state IN ('quarantined', 'released') GROUP BY sha256"
)


class Finding(Struct, frozen=True):
    """Something is not as it should be. `what` is a code; `name` a file's name where one is concerned."""

    what: str
    name: str = ""

    def __str__(self) -> str:
        return f"{_WORDS.get(self.what, self.what)}{f': {self.name}' if self.name else ''}"


_WORDS = {
    **{flaw.value: text for flaw, text in FLAW_TEXT.items()},
    "unreadable": "it cannot be read",
    "body_missing": "the bytes of a file are missing",
    "body_size": "a file has not its length",
    "body_damaged": "a file has not the bytes that it had",
}
_NEVER = Event()


def generation(
    layout: Layout, number: int, *, deep: bool, stop: Event = _NEVER, tell: Tell = quiet
) -> list[Finding]:
    """Manifest, both databases by their hashes, and every body: there, of its length; `deep`: of its hash."""
    tell("database", 0, 0)
    try:
        verify(layout, number)
    except Damaged as damage:
        return [Finding(damage.flaw.value)]
    path = layout.generation(number) / CONTENT_DB
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        return list(_bodies(db, (layout.blobs,), deep, stop, tell))


def session(layout: Layout, epoch: str, *, deep: bool) -> list[Finding]:
    """The live content: whole, and every body it names is there. May run beside the server."""
    try:
        with closing(sessions.look(layout, epoch)) as db:
            found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
            if found != "ok":
                return [Finding("unreadable", found)]
            return list(_bodies(db, (layout.session(epoch) / "blobs", layout.blobs), deep, _NEVER))
    except sqlite3.Error as error:
        return [Finding("unreadable", str(error))]


def box(layout: Layout) -> list[Finding]:
    """The accounts and decisions."""
    try:
        with closing(sqlite3.connect(f"{layout.box.as_uri()}?mode=rw", uri=True)) as db:
            found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        found = str(error)
    return [] if found == "ok" else [Finding("unreadable", found)]


def _bodies(
    db: sqlite3.Connection, roots: tuple[Path, ...], deep: bool, stop: Event, tell: Tell = quiet
) -> Iterator[Finding]:
    named = db.execute(_NAMED.format(generations.naming(db))).fetchall()
    done, total = 0, sum(size for _, size, _ in named)
    for sha256, size, name in named:
        if stop.is_set():
            return
        tell("bodies", done, total)
        done += size
        path = next((path for root in roots if (path := body_path(root, sha256)).exists()), None)
        if path is None:
            yield Finding("body_missing", name)
        elif path.stat().st_size != size:
            yield Finding("body_size", name)
        elif deep and file_hash(path) != sha256:
            yield Finding("body_damaged", name)
