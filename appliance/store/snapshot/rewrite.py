"""Saved generations without what was erased for good: each is made anew under another number, whole and
durable, before the old one goes. What is inside a generation is never changed.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from appliance.base.log import logger
from appliance.store import erasing, meta, schema, traces
from appliance.store.database import connect, migrate
from appliance.store.disk import file_hash, full_disk_refused
from appliance.store.opened import Store
from appliance.store.snapshot import generations
from appliance.store.snapshot.layout import BOX_DB, CONTENT_DB, MANIFEST
from appliance.store.snapshot.manifest import Damaged, Manifest, seal, verify
from appliance.store.snapshot.save import next_number

_log = logger("store")


def rewrite(store: Store, ids: Sequence[str]) -> None:
    """All that hold any of it; damaged ones are left alone. Blocks. Raises Refusal(no_space)."""
    for number in erasing.holding(store, ids):
        with store.saving:
            try:
                manifest = verify(store.layout, number)
            except Damaged as damage:
                _log.warning("generation %d is damaged and stays as it is: %s", number, damage)
                continue
            with full_disk_refused():
                _replace(store, manifest, ids)
    with store.saving:
        store.sweep_bodies()


def _replace(store: Store, manifest: Manifest, ids: Sequence[str]) -> None:
    layout, disk = store.layout, store.disk
    old = manifest.generation
    fresh = store.box.write_now(lambda db: next_number(db, store))
    folder = generations.building(layout, fresh)
    try:
        _build(store, folder, manifest, fresh, ids)
    except BaseException:
        disk.remove(folder)
        raise
    disk.rename(folder, layout.generation(fresh))
    disk.sync_folder(layout.stable)
    named = generations.pointer(layout)
    if named is None or named[0] == old:
        generations.point_at(layout, disk, fresh)
        store.box.write_now(lambda db: meta.put(db, generations.SAVED, str(fresh)))
    generations.delete(layout, disk, old)
    _log.info("generation %d is %d now, without what was erased", old, fresh)


def _build(store: Store, folder: Path, manifest: Manifest, fresh: int, ids: Sequence[str]) -> None:
    disk, source = store.disk, store.layout.generation(manifest.generation)
    disk.remove(folder)
    disk.mkdir(folder)
    content, box = folder / CONTENT_DB, folder / BOX_DB
    disk.copy(source / CONTENT_DB, content)
    disk.make(content, lambda path: _without(path, ids), 0o400)
    disk.copy(source / BOX_DB, box, 0o400)
    disk.sync(content)
    disk.sync(box)
    disk.write(folder / MANIFEST, seal(_told(manifest, fresh, content)), 0o400)
    disk.sync(folder / MANIFEST)
    disk.sync_folder(folder)


def _without(path: Path, ids: Sequence[str]) -> None:
    with closing(connect(path, synchronous="NORMAL")) as db:
        migrate(db, schema.CONTENT)
        db.execute("BEGIN IMMEDIATE")
        erasing.take_away(db, ids)
        db.execute("COMMIT")
        traces.clear_copy(db)
        db.execute("PRAGMA journal_mode = DELETE")


def _told(manifest: Manifest, fresh: int, content: Path) -> Manifest:
    with closing(sqlite3.connect(f"{content.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        counts = {
            table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 (own names)
            for table in ("files", "messages", "rooms", "members")
        }
        size = int(db.execute("SELECT coalesce(sum(size), 0) FROM files").fetchone()[0])
    return msgspec.structs.replace(
        manifest,
        generation=fresh,
        instead_of=manifest.generation,
        schema=len(schema.CONTENT),
        **counts,
        bytes=size,
        content_sha256=file_hash(content),
        content_size=content.stat().st_size,
    )
