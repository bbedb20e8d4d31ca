"""Saves, restores, imports, rebuilds and wipes without a server, killed at the nth step: see `mother`."""

import asyncio
import functools
import os
import signal
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from appliance.commands import importing
from appliance.domain.archive.reading import Archive
from appliance.store import wipe
from appliance.store.archive.rebuild import rebuild
from appliance.store.disk import Disk
from appliance.store.opening import Store
from appliance.store.snapshot.choice import Choice
from tests.faults.mother import give_birth, tell
from tests.store.returning import watched
from tests.store.rigs import Rig, bring, column, drop, keep, say


class KillingDisk(Disk):
    """Kills its process right before the nth call, counted from `armed`."""

    def __init__(self) -> None:
        self.left = 0

    def arm(self, number: int) -> None:
        self.left = number

    def step(self) -> None:
        if self.left:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def stepping(name: str):
    @functools.wraps(getattr(Disk, name))
    def call(self: KillingDisk, *args: object) -> object:
        self.step()
        return getattr(Disk, name)(self, *args)

    return call


for each in ("mkdir", "write", "copy", "make", "sync", "sync_folder", "rename", "link", "remove"):
    setattr(KillingDisk, each, stepping(each))


def save(store: Store, disk: KillingDisk, number: int) -> None:
    say(store, "in flight")
    tell("message")
    bring(store, b"in flight", "flight.pdf")
    tell("file")
    disk.arm(number)
    keep(store)
    tell("saved")


def save_choice(store: Store, disk: KillingDisk, number: int) -> None:
    """The file that has come and the deletion of the old one, without the message."""
    say(store, "in flight")
    tell("message")
    file_id = bring(store, b"in flight", "flight.pdf")
    (old,) = column(store, "SELECT id FROM files WHERE name = 'old.pdf'")
    drop(store, old)
    tell("file")
    disk.arm(number)
    keep(store, only=Choice(files=(old, file_id)))
    tell("saved")


def merge(rig: Rig, store: Store, disk: KillingDisk, number: int) -> None:
    """What lies in `a.zip` beside the folder."""
    watched(store, disk.step)
    with Archive(rig.folder.parent / "a.zip") as archive:
        disk.arm(number)
        with redirect_stdout(StringIO()):
            asyncio.run(importing.merge(rig.settings, store, archive, trust=True))


def again(rig: Rig, disk: KillingDisk, number: int) -> None:
    with Archive(rig.folder.parent / "a.zip") as archive:
        disk.arm(number)
        rebuild(rig.layout, disk, importing.planned(archive))


def live(words: list[str]) -> None:
    folder, boot, deed, steps = words
    rig, number = Rig(Path(folder)), int(steps)
    rig.boot_id.write_text(f"{boot}\n")
    disk = KillingDisk()
    if deed == "restore":
        disk.arm(number)
    if deed == "wipe":
        disk.arm(number)
        wipe.intend(rig.layout, disk, wipe.Intent(("box", "PiChat"), 1))
        wipe.finish(rig.layout, disk)
        tell("wiped")
        tell("done")
        return
    if deed == "rebuild":
        again(rig, disk, number)
        tell("done")
        return
    store = rig.open(disk=disk)
    if deed == "save":
        save(store, disk, number)
    if deed == "import":
        merge(rig, store, disk, number)
    if deed == "choice":
        save_choice(store, disk, number)
    tell("done")


if __name__ == "__main__":
    give_birth(live)
