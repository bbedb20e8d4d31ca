"""`pichat export`: a saved generation as one signed archive, to a file or a USB stick. Needs no lock."""

import argparse
import os
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from appliance.base.clock import SystemClock
from appliance.base.errors import Refusal, StartError
from appliance.base.settings import Settings
from appliance.commands.owner import own_rights
from appliance.commands.running import ask, in_words
from appliance.commands.words import say, size
from appliance.domain.actor import BOX
from appliance.domain.archive.exports import Export, all_of, discard, lay_out
from appliance.domain.archive.making import Wish
from appliance.store import audit
from appliance.store.archive import source
from appliance.store.database import connect
from appliance.store.disk import Disk
from appliance.store.snapshot import generations
from appliance.store.snapshot.boxfile import open_box
from appliance.store.snapshot.layout import DataLock, Layout


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    layout, clock = Layout(settings.data.absolute()), SystemClock()
    current = generations.effective(layout) if layout.stable.is_dir() else None
    number = arguments.generation or (current.generation if current else None)
    if number is None:
        raise StartError("nothing is saved yet: `pichat save` first")
    with closing(connect(layout.box, synchronous="NORMAL", writable=False)) as box:
        people = source.people(box)
    wish = Wish(
        at=clock.now(),
        by=BOX.name,
        name=settings.name,
        passwords=arguments.passwords,
        private_rooms=arguments.private_rooms,
    )
    try:
        one = lay_out(layout, Disk(), number, people, wish)
        written = deliver(one, Path(arguments.target))
    except Refusal as refusal:
        raise StartError(in_words(refusal.code.value, refusal.params)) from refusal
    note(layout, clock.now(), number, passwords=wish.passwords, private_rooms=wish.private_rooms)
    counts = one.making.counts
    say(
        f"{written}: {size(one.making.size)}, {counts.messages} messages, {counts.files} files",
        f"signed by the box {one.making.maker.id}",
    )
    if one.making.lost:
        say(f"{one.making.lost} bodies of files were lost before; see `pichat check`")
    return 0


def deliver(one: Export, target: Path) -> Path:
    """Whole and durable under its name, or not there at all."""
    with own_rights():
        path = target / one.name if target.is_dir() else target
        draft = path.with_name(f"{path.name}.part")
        try:
            file = draft.open("wb")
        except OSError as error:
            discard(one)
            raise StartError(f"{path} cannot be written: {error.strerror}") from error
    try:
        with file:
            write(one, file)
        with own_rights():
            draft.rename(path)
    except OSError as error:
        raise StartError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        with own_rights():
            draft.unlink(missing_ok=True)
    return path


def write(one: Export, file: BinaryIO) -> None:
    for piece in all_of(one):
        file.write(piece)
    file.flush()
    os.fsync(file.fileno())


def note(layout: Layout, at: int, number: int, **detail: bool) -> None:
    """In the audit log, by the server if one runs."""
    if ask(layout, "exported", generation=number, **detail) is not None:
        return
    lock = DataLock(layout)
    try:
        box = open_box(layout, Disk())
        try:
            who, subject = (BOX.id, BOX.name), str(number)
            box.write_now(lambda db: audit.write(db, at, who, "exported", subject=subject, detail=detail))
        finally:
            box.close()
    finally:
        lock.release()
