"""The content of a saved generation as an archive tells it: a copy of its own, with the decisions put on it.

What was erased for good is not in the copy, not even as traces. Generations are never changed.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from appliance.base.errors import Code, Refusal
from appliance.store import changes, decisions, messages, rooms, schema, users
from appliance.store.blobs import body_path, has_body
from appliance.store.database import Connection, connect, migrate
from appliance.store.decisions import Decision, Kind
from appliance.store.disk import Disk, full_disk_refused
from appliance.store.files import FileRow
from appliance.store.messages import MessageRow
from appliance.store.rooms import RoomRow
from appliance.store.snapshot import generations
from appliance.store.snapshot.apply import apply_decisions
from appliance.store.snapshot.layout import CONTENT_DB, Layout
from appliance.store.snapshot.manifest import Manifest
from appliance.store.users import UserRow

_PAGE = 500
# What is of use to this box alone, or a secret of somebody's browser.
_OWN_AFFAIRS = ("uploads", "guests", "stable_files", "reports")


class People(NamedTuple):
    """What box.db gives to an archive: never sessions, links, the audit log or keys."""

    users: list[UserRow]
    decisions: list[Decision]


class Said(NamedTuple):
    """A message with the ids of its files, and who reacted how."""

    row: MessageRow
    files: list[str]
    reactions: dict[str, list[str]]


def people(db: Connection) -> People:
    return People(users.everyone(db), decisions.every(db))


def stage(
    layout: Layout, disk: Disk, number: int, target: Path, standing: Iterable[Decision], *, doors: bool
) -> Manifest:
    """Makes the copy; `doors`: with the codes and passwords of rooms, which nobody enters by code without.

    Refusal(not_found), Refusal(conflict, damaged or newer), Refusal(no_space).
    """
    manifest = generations.checked(layout, number)
    with full_disk_refused():
        disk.mkdir(layout.archives)
        disk.copy(layout.generation(number) / CONTENT_DB, target)
    try:
        with closing(connect(target, synchronous="NORMAL")) as db:
            db.execute("PRAGMA secure_delete = ON")
            migrate(db, schema.CONTENT)
            apply_decisions(db, standing)
            for table in _OWN_AFFAIRS:
                db.execute(f"DELETE FROM {table}")  # noqa: S608 (own names)
            if not doors:
                db.execute("UPDATE rooms SET code = NULL, password = NULL")
            db.execute("PRAGMA journal_mode = DELETE")
            db.execute("VACUUM")
    except sqlite3.OperationalError as error:
        disk.remove(target)
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise Refusal(Code.NO_SPACE) from error
        raise
    return manifest


def boxed(found: People, *, passwords: bool) -> bytes:
    """A `box.db` with the accounts and the decisions, and nothing else."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.row_factory = sqlite3.Row
        migrate(db, schema.BOX)
        for row in found.users:
            users.insert(db, row)
        if not passwords:
            db.execute("UPDATE users SET password_hash = NULL")
        for one in found.decisions:
            if passwords or one.kind != Kind.ROOM_PASSWORD:
                decisions.record(db, one)
        db.execute("VACUUM")
        return db.serialize()


class Source:
    """The copy, open for one reader, on whichever thread. Changes nothing."""

    def __init__(
        self, path: Path, blobs: Path, damaged: Callable[[str], bool] = lambda sha256: False
    ) -> None:
        """`damaged` bodies are as good as lost."""
        self.path = path
        self._blobs = blobs
        self._damaged = damaged
        self._db = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._db.row_factory = sqlite3.Row

    def close(self) -> None:
        self._db.close()

    def rooms(self) -> list[RoomRow]:
        """The oldest first."""
        return sorted(rooms.every(self._db), key=lambda row: (row.created, row.id))

    def files(self) -> list[FileRow]:
        """In the order of their arrival."""
        return [_file(row) for row in self._db.execute("SELECT * FROM files ORDER BY ev, id")]

    def count(self, room: str) -> int:
        """Messages that are not deleted."""
        text = "SELECT count(*) FROM messages WHERE room = ? AND deleted IS NULL"
        return int(self._db.execute(text, (room,)).fetchone()[0])

    def said(self, room: str) -> Iterator[Said]:
        """In their order, a page in memory at a time; what was deleted is left out."""
        after = 0
        while page := messages.after(self._db, room, after, _PAGE).rows:
            first, after = page[0].seq, page[-1].seq
            attached = messages.files_of(self._db, room, first, after)
            reacted = changes.reactions_of(self._db, room, first, after)
            for row in page:
                if row.deleted is None:
                    ids = [one.id for one in attached.get(row.id, ())]
                    yield Said(row, ids, reacted.get(row.seq, {}))

    def bodies(self) -> dict[str, int]:
        """Every body that is named, small pictures too, and its length."""
        return generations.named_bodies(self._db)

    def body(self, sha256: str, size: int) -> Path | None:
        """Where its bytes are; None when they are lost."""
        there = has_body(self._blobs, sha256, size) and not self._damaged(sha256)
        return body_path(self._blobs, sha256) if there else None


def _file(row: sqlite3.Row) -> FileRow:
    columns = {key: row[key] for key in row.keys() if key in FileRow.__slots__}  # noqa: SIM118 (a Row)
    return FileRow(**{**columns, "keep": bool(row["keep"])})
