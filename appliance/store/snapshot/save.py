"""Saves the live content as a new generation. Either all of it is there and durable, or nothing changed.

Callers hold the save lock. Blocks: for worker threads.
"""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from appliance import __version__
from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.store import decisions, meta, schema, traces
from appliance.store.database import Connection, refused
from appliance.store.disk import file_hash, full_disk_refused
from appliance.store.opened import Store
from appliance.store.snapshot import choice, generations
from appliance.store.snapshot.choice import Choice
from appliance.store.snapshot.keeping import keep_bodies
from appliance.store.snapshot.layout import BOX_DB, CONTENT_DB, MANIFEST
from appliance.store.snapshot.manifest import Chosen, Damaged, GenerationKind, Manifest, seal
from appliance.store.snapshot.outcome import NewerStore, NoGoodGeneration
from appliance.store.snapshot.restore import bring_best, remembered
from appliance.store.snapshot.telling import Tell, quiet

MOST_LEFT_OUT = 100  # files that a manifest names
_log = logger("store")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asked to save: all there is, or a choice.

    `include_flagged`: whether what looks dangerous goes in, beside what has gone in before; None: not all,
    and of a choice it is refused.
    """

    at: int
    by: tuple[str, str]
    note: str = ""
    kind: GenerationKind = "deliberate"
    include_flagged: bool | None = None
    only: Choice | None = None


def save(store: Store, wish: Wish, tell: Tell = quiet) -> Manifest:
    """Returns when the generation would survive anything and is the current one.

    Raises Refusal: no_space, internal, and of a choice also not_found and conflict (flagged, damaged, newer).
    """
    with store.saving:
        number = store.box.write_now(lambda db: next_number(db, store))
        store.blobs.hold()
        try:
            with full_disk_refused():
                manifest = _build(store, wish, number, tell)
                tell("publishing", 0, 0)
                _publish(store, number)
        except Exception as error:
            _undo(store, number)
            raise _told(error) from error
        finally:
            _let_bodies_go(store)
        store.box.later(lambda db: meta.put(db, generations.SAVED, str(number)))
        _clear_away(store, number)
    return manifest


def delete(store: Store, number: int) -> None:
    """Takes a generation away for good, with the bodies that it alone named."""
    with store.saving:
        generations.delete(store.layout, store.disk, number)
        store.sweep_bodies()


def next_number(db: Connection, store: Store) -> int:
    """Numbers are not used twice, even when the newest generation was deleted."""
    given = int(meta.get(db, generations.NUMBER) or 0)
    number = max([given, *generations.numbers(store.layout)]) + 1
    meta.put(db, generations.NUMBER, str(number))
    return number


def _build(store: Store, wish: Wish, number: int, tell: Tell) -> Manifest:
    """Everything of the generation, durable, under a name that no boot looks at."""
    disk, folder = store.disk, generations.building(store.layout, number)
    disk.remove(folder)
    disk.mkdir(folder)
    content, box = folder / CONTENT_DB, folder / BOX_DB
    tell("content", 0, 0)
    chosen = None
    if wish.only is None:
        disk.make(content, lambda path: _copy_content(store, path, wish), 0o400)
    else:
        chosen = _copy_choice(store, content, wish, wish.only)
    lost = keep_bodies(store, generations.bodies(content), tell)
    tell("database", 0, 0)
    disk.make(box, lambda path: _copy_box(store, path), 0o400)
    disk.sync(content)
    disk.sync(box)
    manifest = _manifest(store, wish, number, lost, chosen)
    disk.write(folder / MANIFEST, seal(manifest), 0o400)
    disk.sync(folder / MANIFEST)
    disk.sync_folder(folder)
    return manifest


def _publish(store: Store, number: int) -> None:
    store.disk.rename(generations.building(store.layout, number), store.layout.generation(number))
    store.disk.sync_folder(store.layout.stable)
    generations.point_at(store.layout, store.disk, number)


def _copy_content(store: Store, path: Path, wish: Wish) -> None:
    """The live content as it is at one instant, without what never goes in."""
    with closing(sqlite3.connect(path)) as copy:
        _backup(store.content.path, copy)
        copy.execute("DELETE FROM files WHERE state = 'receiving'")
        if not wish.include_flagged:  # but what somebody had said yes to twice stays as it was saved
            yes = json.dumps(generations.second_yes(store.layout, choice.FLAGGED))
            but = "id NOT IN (SELECT value FROM json_each(?))"
            copy.execute(f"DELETE FROM files WHERE {choice.FLAGGED} AND {but}", (yes,))  # noqa: S608 (own words)
        copy.execute("DELETE FROM message_files WHERE file NOT IN (SELECT id FROM files)")
        # The stay of guests ends with the boot.
        copy.execute("DELETE FROM members WHERE user IN (SELECT id FROM guests)")
        copy.execute("DELETE FROM guests")
        copy.execute("DELETE FROM stable_files")
        copy.commit()
        traces.clear_copy(copy)
        found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        _log.error("the live content is damaged (%s): nothing was saved", found)
        raise Refusal(Code.INTERNAL, reason="damaged")


def _copy_choice(store: Store, content: Path, wish: Wish, only: Choice) -> Chosen:
    """What was chosen, on top of the generation to which a boot would lead."""
    past = store.box.read_now(remembered)
    try:
        base, _ = bring_best(store.layout, store.disk, content, past)
    except NoGoodGeneration as error:
        raise Refusal(Code.CONFLICT, reason="damaged") from error
    except NewerStore as error:
        raise Refusal(Code.CONFLICT, reason="newer") from error
    standing = store.box.read_now(decisions.every)
    flagged, live = wish.include_flagged, store.content.path
    without: list[str] = []

    def make(path: Path) -> None:
        without[:] = choice.apply(path, live, only, flagged, standing)

    store.disk.make(content, make, 0o400)
    return _chosen(only, base, without)


def _copy_box(store: Store, path: Path) -> None:
    """The accounts and decisions, for the day on which `box.db` is damaged: nobody stays signed in by it."""
    with closing(sqlite3.connect(path)) as copy:
        _backup(store.box.path, copy)
        for table in ("sessions", "links"):
            copy.execute(f"DELETE FROM {table}")  # noqa: S608 (own names)
        copy.commit()


def _backup(source: Path, copy: sqlite3.Connection) -> None:
    """One step, so that it is one instant. The copy is a plain file: no log beside it now or later."""
    copy.execute("PRAGMA synchronous = OFF")  # made durable by `Disk.sync`, which a test can watch
    with closing(sqlite3.connect(source)) as db:
        db.backup(copy)
    copy.execute("PRAGMA journal_mode = DELETE")
    copy.execute("PRAGMA secure_delete = ON")  # what is left out leaves no trace in the file


def _manifest(store: Store, wish: Wish, number: int, lost: int, chosen: Chosen | None) -> Manifest:
    folder = generations.building(store.layout, number)
    content, box = folder / CONTENT_DB, folder / BOX_DB
    with closing(sqlite3.connect(f"{content.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        counts = {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in _COUNTED}  # noqa: S608
        size = int(db.execute("SELECT coalesce(sum(size), 0) FROM files").fetchone()[0])
    return Manifest(
        generation=number,
        kind=wish.kind,
        saved_at=wish.at,
        by=wish.by[0],
        by_name=wish.by[1],
        note=wish.note,
        epoch=store.epoch,
        program=__version__,
        schema=len(schema.CONTENT),
        **counts,
        bytes=size,
        only=chosen,
        lost=lost,
        content_sha256=file_hash(content),
        content_size=content.stat().st_size,
        box_sha256=file_hash(box),
        box_size=box.stat().st_size,
    )


_COUNTED = ("files", "messages", "rooms", "members")


def _chosen(only: Choice, base: int | None, without: list[str]) -> Chosen:
    return Chosen(
        kinds=sorted(only.kinds),
        rooms=len(only.rooms),
        files=len(only.files),
        kept=only.kept,
        base=base,
        left_out=without[:MOST_LEFT_OUT],
    )


def _undo(store: Store, number: int) -> None:
    """What a failed save left goes, so that a full disk is no fuller than before."""
    try:
        store.disk.remove(generations.building(store.layout, number))
        named = generations.pointer(store.layout)
        if store.layout.generation(number).exists() and (named is None or named[0] != number):
            generations.delete(store.layout, store.disk, number)
        store.sweep_bodies()
    except (OSError, sqlite3.Error, Damaged) as error:
        _log.warning("what a failed save left is cleared away at the next start: %s", error)


def _told(error: Exception) -> Exception:
    """A full disk and other refusals as they are; trouble of the machine goes to the console."""
    found = refused(error)
    if isinstance(found, Refusal):
        return found
    _log.error("saving failed, nothing changed: %s", error)
    return Refusal(Code.INTERNAL, reason="disk")


def _let_bodies_go(store: Store) -> None:
    """What people deleted meanwhile. The save is what it is, whatever happens here."""
    for sha256 in store.blobs.release():
        try:
            store.discard(sha256)
        except (Refusal, OSError, sqlite3.Error) as error:
            _log.warning("a deleted body stays until the next reset: %s", error)


def _clear_away(store: Store, current: int) -> None:
    """After a save nothing may turn it into a failure: what cannot be tidied now is tidied later."""
    try:
        old = generations.surplus(store.layout, current)
        for number in old:
            generations.delete(store.layout, store.disk, number)
        if old:
            store.sweep_bodies()
    except (OSError, sqlite3.Error) as error:
        _log.warning("old generations could not be cleared away: %s", error)
