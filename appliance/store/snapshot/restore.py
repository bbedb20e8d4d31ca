"""Brings content back: the best generation into a new live folder, or the factory state where none was saved.

Reads generations, never changes one. The new folder becomes live by one rename at the end.
"""

import os
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from appliance.base import ids
from appliance.store import meta, schema, stable_files
from appliance.store.database import Connection, connect, migrate
from appliance.store.decisions import Decision
from appliance.store.disk import Disk, full_disk_refused, is_full
from appliance.store.events import last_ev
from appliance.store.snapshot import generations, sessions
from appliance.store.snapshot.apply import apply_decisions
from appliance.store.snapshot.layout import CONTENT_DB, Layout
from appliance.store.snapshot.manifest import Damaged, Flaw, Manifest, read
from appliance.store.snapshot.outcome import NewerStore, NoGoodGeneration, Passed, RestoreOutcome, Why


@dataclass(frozen=True, slots=True)
class Boot:
    """What a restore needs to know of the start that it belongs to."""

    id: str | None
    why: Why
    now: int
    ended: str | None
    erased: bool


@dataclass(frozen=True, slots=True)
class Past:
    """What the accounts remember of saves, as numbers of generations; 0 for none.

    `saved` must have been there once. `begun` may have become one: on a box that never began a save, a
    pointer that cannot be read points at nothing.
    """

    saved: int
    begun: int


def remembered(db: Connection) -> Past:
    """Of box.db."""
    return Past(
        saved=int(meta.get(db, generations.SAVED) or 0), begun=int(meta.get(db, generations.NUMBER) or 0)
    )


def restore(
    layout: Layout, disk: Disk, boot: Boot, decisions: Sequence[Decision], past: Past
) -> RestoreOutcome:
    """The whole of it, up to the rename of `live/CURRENT`. Raises NoGoodGeneration, NewerStore, no_space."""
    epoch = _free_epoch(layout)
    folder = layout.session(epoch)
    try:
        with full_disk_refused():
            for path in (folder, folder / "blobs", folder / "incoming"):
                disk.mkdir(path)
            number, passed = bring_best(layout, disk, folder / CONTENT_DB, past)
            ev, lost = _prepare(layout, folder / CONTENT_DB, decisions, number)
            outcome = RestoreOutcome(
                how="factory" if number is None else "restored",
                why=boot.why,
                epoch=epoch,
                generation=number,
                passed=passed,
                lost=lost,
                ended=boot.ended,
                erased=boot.erased,
            )
            sessions.begin(layout, disk, sessions.Session(epoch, boot.id, boot.now, ev, outcome))
    except BaseException:
        with suppress(OSError):
            disk.remove(folder)
        raise
    return outcome


def _free_epoch(layout: Layout) -> str:
    """Random, and never the name of a folder that is or was there: no file name is used twice."""
    while True:
        epoch = ids.epoch()
        if not any(layout.live.glob(f"{epoch}*")):
            return epoch


def bring_best(layout: Layout, disk: Disk, target: Path, past: Past) -> tuple[int | None, tuple[Passed, ...]]:
    """Copies the first generation that is whole; an empty file and None where nothing was ever saved.

    Raises NoGoodGeneration and NewerStore.
    """
    order, passed = generations.candidates(layout)
    for number, sha256 in order:
        try:
            _bring(layout, disk, target, read(layout, number, sha256))
        except Damaged as damage:
            disk.remove(target)
            passed.append(Passed(number, damage.flaw))
        else:
            return number, tuple(passed)
    if past.saved and not order:
        passed.append(Passed(past.saved, Flaw.MISSING))
    if passed and (order or past.saved or past.begun):
        raise NoGoodGeneration(tuple(passed))
    disk.write(target, b"")
    return None, tuple(passed)


def _bring(layout: Layout, disk: Disk, target: Path, manifest: Manifest) -> None:
    """The bytes that are written are the bytes that are hashed: nothing can slip in between."""
    if manifest.schema > len(schema.CONTENT):
        raise NewerStore(
            f"generation {manifest.generation} was saved by a newer PiChat (schema {manifest.schema}, this"
            f" one knows {len(schema.CONTENT)}): start the newer program, or make an older one current"
        )
    source = layout.generation(manifest.generation) / CONTENT_DB
    try:
        sha256 = disk.copy(source, target)
    except OSError as error:
        if is_full(error):
            raise
        raise Damaged(Flaw.CONTENT) from error
    if sha256 != manifest.content_sha256:
        raise Damaged(Flaw.CONTENT)


def _prepare(
    layout: Layout, path: Path, decisions: Sequence[Decision], number: int | None
) -> tuple[int, tuple[str, ...]]:
    """Migrates the copy and puts the decisions on it; answers its counter and the bodies that are lost.

    Where nothing was copied, the migrations make the factory state.
    """
    with closing(connect(path, synchronous="NORMAL")) as db:
        db.execute("PRAGMA synchronous = OFF")  # a crash here is a restore again
        migrate(db, schema.CONTENT)
        stable_files.all_are(db, number)
        apply_decisions(db, decisions)
        return last_ev(db), _lost(layout, generations.named_bodies(db))


def _lost(layout: Layout, named: dict[str, int]) -> tuple[str, ...]:
    """Those that are not there in full length. By folder: a look at each path alone takes far longer."""
    there: dict[str, int] = {}
    for folder in {sha256[:2] for sha256 in named}:
        with suppress(FileNotFoundError), os.scandir(layout.blobs / folder) as entries:
            there |= {entry.name: entry.stat().st_size for entry in entries}
    return tuple(sha256 for sha256, size in named.items() if there.get(sha256) != size)
