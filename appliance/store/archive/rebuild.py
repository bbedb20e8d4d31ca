"""A box that died, again: an archive becomes the accounts and the first generation of an empty data folder.

Every step may be done again: what a crash leaves is taken up by the same command.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from appliance import __version__
from appliance.base.errors import Code, Refusal, StartError
from appliance.store import decisions, meta, schema, users, wipe
from appliance.store.archive import arrived, seal
from appliance.store.archive.source import People
from appliance.store.blobs import body_path, has_body
from appliance.store.database import Connection, Database, migrate
from appliance.store.disk import Disk, file_hash, full_disk_refused
from appliance.store.snapshot import generations
from appliance.store.snapshot.boxfile import REBUILDING, open_box
from appliance.store.snapshot.layout import BOX_DB, CONTENT_DB, MANIFEST, DataLock, Layout
from appliance.store.snapshot.manifest import Manifest
from appliance.store.snapshot.manifest import seal as sealed

_FROM = "rebuilt_from"  # in box.db's meta, when it is done: the archive, by the SHA-256 of its manifest
FIRST = 1
_COUNTED = ("files", "messages", "rooms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an archive gives, verified. `unpack` writes one of its files; `body` that of a SHA-256."""

    sha256: str
    key: str
    note: str
    at: int
    by: tuple[str, str]
    bodies: dict[str, int]
    unpack: Callable[[str, Path], None]
    body: Callable[[str, Path], None]


def rebuild(layout: Layout, disk: Disk, plan: Plan) -> Manifest:
    """Refusal(conflict, not_empty) where there is a box already; Refusal(no_space): it can be done again.

    Raises StartError when another process has the folder. The next start restores what was rebuilt; until it
    is done there is none. Of a box that was rebuilt and nothing saved in it since, it changes nothing.
    """
    layout.make(disk)
    lock = DataLock(layout)
    try:
        wipe.finish(layout, disk)
        box = open_box(layout, disk, rebuilding=True)
        try:
            with full_disk_refused():
                return _rebuilt(layout, disk, plan, box)
        finally:
            box.close()
    finally:
        lock.release()


def _rebuilt(layout: Layout, disk: Disk, plan: Plan, box: Database) -> Manifest:
    begun, done = box.read_now(lambda db: (meta.get(db, REBUILDING), meta.get(db, _FROM)))
    if done == plan.sha256 and generations.numbers(layout) == [FIRST]:
        return generations.checked(layout, FIRST)
    if begun != plan.sha256 and (generations.numbers(layout) or box.read_now(users.count)):
        raise Refusal(Code.CONFLICT, reason="not_empty")
    disk.remove(layout.archives)
    disk.mkdir(layout.archives)
    theirs = layout.archives / BOX_DB
    disk.make(theirs, lambda path: plan.unpack(BOX_DB, path))
    people = arrived.box_of(theirs)
    box.write_now(lambda db: meta.put(db, REBUILDING, plan.sha256))
    for sha256, size in plan.bodies.items():
        if not has_body(layout.blobs, sha256, size):
            _body(layout, disk, plan, sha256)
    for folder in (*sorted(path for path in layout.blobs.iterdir() if path.is_dir()), layout.blobs):
        disk.sync_folder(folder)
    _forget_sessions(layout, disk)
    if not generations.numbers(layout):
        _generation(layout, disk, plan, people)
        disk.rename(generations.building(layout, FIRST), layout.generation(FIRST))
    manifest = generations.make_current(layout, disk, FIRST)  # syncs the name of both
    box.write_now(lambda db: _move_in(db, plan, people))
    disk.remove(layout.archives)
    return manifest


def _body(layout: Layout, disk: Disk, plan: Plan, sha256: str) -> None:
    target = body_path(layout.blobs, sha256)
    fresh = target.with_name(f"{sha256}.new")
    disk.mkdir(target.parent)
    disk.remove(fresh)
    disk.make(fresh, lambda path: plan.body(sha256, path), 0o440)
    if file_hash(fresh) != sha256:
        disk.remove(fresh)
        return  # the archive lists it as lost, or as it was by then
    disk.sync(fresh)
    disk.rename(fresh, target)


def _generation(layout: Layout, disk: Disk, plan: Plan, people: People) -> None:
    """Whole and durable, under a name that no boot looks at."""
    folder = generations.building(layout, FIRST)
    disk.remove(folder)
    disk.mkdir(folder)
    content, box = folder / CONTENT_DB, folder / BOX_DB
    disk.make(content, lambda path: _content(plan, path), 0o400)
    disk.make(box, lambda path: _box(path, people), 0o400)
    disk.sync(content)
    disk.sync(box)
    manifest = _manifest(layout, plan, content, box)
    disk.write(folder / MANIFEST, sealed(manifest), 0o400)
    disk.sync(folder / MANIFEST)
    disk.sync_folder(folder)


def _content(plan: Plan, path: Path) -> None:
    """As it is in the archive; but what an antivirus said elsewhere counts for nothing here."""
    plan.unpack(CONTENT_DB, path)
    try:
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA trusted_schema = OFF")
            if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("it is damaged")
            db.execute("UPDATE files SET scan = 'pending' WHERE state <> 'rejected'")
            db.commit()
            db.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        raise StartError(f"the content of the archive cannot be read: {error}") from error


def _box(path: Path, people: People) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.row_factory = sqlite3.Row
        migrate(db, schema.BOX)
        _put(db, people)


def _move_in(db: Connection, plan: Plan, people: People) -> None:
    """The accounts, what was decided, and that a generation is expected from now on. The last step."""
    _put(db, people)
    seal.trust(db, plan.key)
    meta.put(db, generations.SAVED, str(FIRST))
    meta.put(db, _FROM, plan.sha256)
    meta.drop(db, REBUILDING)


def _put(db: Connection, people: People) -> None:
    for row in people.users:
        if users.by_id(db, row.id) is None:
            users.insert(db, row)
    for one in people.decisions:
        decisions.record(db, one)


def _manifest(layout: Layout, plan: Plan, content: Path, box: Path) -> Manifest:
    with closing(sqlite3.connect(f"{content.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        counts = {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in _COUNTED}  # noqa: S608
        size = int(db.execute("SELECT coalesce(sum(size), 0) FROM files").fetchone()[0])
        schema_there = int(db.execute("PRAGMA user_version").fetchone()[0])
        named = generations.named_bodies(db)
    return Manifest(
        generation=FIRST,
        kind="deliberate",
        saved_at=plan.at,
        by=plan.by[0],
        by_name=plan.by[1],
        note=plan.note,
        epoch="",
        program=__version__,
        schema=schema_there,
        **counts,
        bytes=size,
        lost=sum(not has_body(layout.blobs, sha256, length) for sha256, length in named.items()),
        content_sha256=file_hash(content),
        content_size=content.stat().st_size,
        box_sha256=file_hash(box),
        box_size=box.stat().st_size,
    )


def _forget_sessions(layout: Layout, disk: Disk) -> None:
    """What an unclaimed box had before: the next start restores."""
    disk.remove(layout.live_current)
    disk.sync_folder(layout.live)
