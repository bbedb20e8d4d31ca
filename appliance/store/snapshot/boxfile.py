"""`box.db` as a file: made once, looked at on every start, copied aside before it changes its schema.

It lasts, so it is never begun anew in silence and never replaced but on command.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from appliance.base.errors import StartError
from appliance.store import meta
from appliance.store.database import Database, connect, migrate
from appliance.store.disk import Disk
from appliance.store.schema import BOX
from appliance.store.snapshot import generations
from appliance.store.snapshot.layout import BOX_DB, Layout
from appliance.store.snapshot.manifest import Damaged, verify_box
from appliance.store.snapshot.outcome import BoxLost, NewerStore, Unfinished

RECOVERED = "recovered_box"  # meta: the generation whose copy this is; a banner says so
REBUILDING = "rebuilding"  # meta: the archive that a box is being made of; gone when it is done
_WAYS_OUT = "nothing was changed; `pichat restore --box` puts a saved copy of the accounts in its place"


def open_box(layout: Layout, disk: Disk, *, rebuilding: bool = False) -> Database:
    """The accounts and decisions. Raises BoxLost, NewerStore or, unless `rebuilding`, Unfinished."""
    if not _is_there(layout):
        _make(layout, disk)
    try:
        _examine(layout, disk, rebuilding=rebuilding)
        return Database(layout.box, BOX, "FULL")
    except sqlite3.OperationalError as error:
        raise StartError(f"{layout.box} cannot be opened: {error}") from error
    except sqlite3.DatabaseError as error:
        raise BoxLost(f"{layout.box} cannot be read ({error}): {_WAYS_OUT}") from error


def recover_box(layout: Layout, disk: Disk, number: int | None, now: int) -> int:
    """Puts the copy of a generation (None: of the newest whole one) in place of `box.db`; answers its number.

    What was there stays beside it. Needs the lock of the data folder.
    """
    chosen = _whole(layout, number)
    fresh = layout.data / f"{BOX_DB}.new"
    disk.remove(fresh)
    disk.copy(layout.generation(chosen) / BOX_DB, fresh)
    with closing(connect(fresh, synchronous="FULL")) as db:
        migrate(db, BOX)
        meta.put(db, RECOVERED, str(chosen))
        db.execute("PRAGMA journal_mode = DELETE")
    disk.sync(fresh)
    for suffix in ("-wal", "-shm", ""):  # an old log beside the new file would be taken for its own
        path = layout.data / f"{BOX_DB}{suffix}"
        if path.exists():
            disk.rename(path, layout.data / f"{BOX_DB}.damaged-{now}{suffix}")
    disk.sync_folder(layout.data)
    disk.rename(fresh, layout.box)
    disk.sync_folder(layout.data)
    return chosen


def forget_saved(layout: Layout, disk: Disk) -> None:
    """The accounts no longer expect a generation to be there. Needs the lock of the data folder."""
    box = open_box(layout, disk)
    try:
        box.write_now(lambda db: meta.drop(db, generations.SAVED))
    finally:
        box.close()


def _is_there(layout: Layout) -> bool:
    if layout.box.exists():
        if layout.box.stat().st_size == 0:  # SQLite would take it for a new one
            raise BoxLost(f"{layout.box} is empty: {_WAYS_OUT}")
        return True
    if generations.numbers(layout) or layout.box.with_name(f"{BOX_DB}-wal").exists():
        raise BoxLost(f"{layout.box} is missing: {_WAYS_OUT}")
    return False


def _make(layout: Layout, disk: Disk) -> None:
    """The first one, whole before it gets its name."""

    def maker(path: Path) -> None:
        with closing(connect(path, synchronous="FULL")) as db:
            migrate(db, BOX)

    fresh = layout.data / f"{BOX_DB}.new"
    for suffix in ("", "-wal", "-shm"):
        disk.remove(fresh.with_name(fresh.name + suffix))
    disk.make(fresh, maker)
    disk.sync(fresh)
    disk.rename(fresh, layout.box)
    disk.sync_folder(layout.data)


def _examine(layout: Layout, disk: Disk, *, rebuilding: bool) -> None:
    """Finished? Whole? Of a schema that we know? If it is older, a copy stays aside."""
    with closing(connect(layout.box, synchronous="FULL")) as db:
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise BoxLost(f"{layout.box} is damaged ({found}): {_WAYS_OUT}")
        had = int(db.execute("PRAGMA user_version").fetchone()[0])
        if had > len(BOX):
            raise NewerStore(_newer(layout, had))
        if had and not rebuilding and meta.get(db, REBUILDING):
            raise Unfinished(layout.data)
        if 0 < had < len(BOX):
            _copy_aside(layout, disk, db, had)


def _copy_aside(layout: Layout, disk: Disk, db: sqlite3.Connection, had: int) -> None:
    def maker(path: Path) -> None:
        with closing(sqlite3.connect(path)) as copy:
            db.backup(copy)

    fresh = layout.data / f"{BOX_DB}.before.new"
    disk.remove(fresh)
    disk.make(fresh, maker)
    disk.sync(fresh)
    disk.rename(fresh, layout.data / f"{BOX_DB}.before-{had}")
    disk.sync_folder(layout.data)


def _newer(layout: Layout, had: int) -> str:
    line = f"{layout.box} belongs to a newer PiChat (schema {had}, this one knows {len(BOX)})"
    aside = layout.data / f"{BOX_DB}.before-{len(BOX)}"
    return f"{line}; as it was before that: {aside}" if aside.exists() else line


def _whole(layout: Layout, number: int | None) -> int:
    wanted = list(reversed(generations.numbers(layout))) if number is None else [number]
    for one in wanted:
        try:
            verify_box(layout, one)
        except Damaged:
            continue
        return one
    raise StartError("no generation holds a copy of the accounts that is whole")
