"""`pichat import`: an archive merged into this box, also beside its server; or a box rebuilt from it."""

import argparse
import asyncio
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from appliance.base.clock import SystemClock
from appliance.base.errors import Refusal, StartError
from appliance.base.settings import Settings
from appliance.commands.alone import accounts_alone
from appliance.commands.owner import own_rights
from appliance.commands.people import address, done
from appliance.commands.running import ask, in_words, is_running
from appliance.commands.words import moment, say
from appliance.domain.actor import BOX
from appliance.domain.archive.merging import Merging, unpack
from appliance.domain.archive.reading import Archive
from appliance.domain.directory import Directory
from appliance.domain.presence import Presence
from appliance.domain.previous_views import BroughtBack
from appliance.domain.quarantine import Quarantine
from appliance.domain.roster import Roster
from appliance.host.sniff import sniffer
from appliance.store import users
from appliance.store.archive.rebuild import Plan, rebuild
from appliance.store.disk import Disk
from appliance.store.homes import Homes
from appliance.store.opened import Store
from appliance.store.opening import open_store
from appliance.store.snapshot.layout import Layout

_POLL_SECONDS = 0.2


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    layout = Layout(settings.data.absolute())
    try:
        if arguments.rebuild:
            again(settings, layout, Path(arguments.file), trust=arguments.trust)
        elif is_running(layout):
            beside(layout, Path(arguments.file), trust=arguments.trust)
        else:
            alone(settings, Path(arguments.file), trust=arguments.trust)
    except Refusal as refusal:
        raise StartError(in_words(refusal.code.value, refusal.params)) from refusal
    return 0


def beside(layout: Layout, path: Path, *, trust: bool) -> None:
    """The server is given a copy: it may not be able to read where the stick is."""
    target = layout.archives / "import.zip"
    if ask(layout, "import_state")["stage"] in ("receiving", "checking", "merging"):
        raise StartError("another archive is on its way in")
    Disk().mkdir(layout.archives)
    with readable(path) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file, 1024 * 1024)
    ask(layout, "import_take")
    introduce(**until(layout, "checking")["archive"])
    ask(layout, "import_merge", trust=trust)
    tell(**until(layout, "merging")["result"])


def until(layout: Layout, under_way: str) -> Any:
    """How it stands when that is over. Raises StartError with what went wrong."""
    while (state := ask(layout, "import_state"))["stage"] == under_way:
        time.sleep(_POLL_SECONDS)
    if state["problem"]:
        raise StartError(in_words(state["problem"]["code"], state["problem"]["params"]))
    return state


def alone(settings: Settings, path: Path, *, trust: bool) -> None:
    """Into the content of this boot, as the server would."""
    with opened(path) as archive:
        store = open_store(settings, SystemClock())
        try:
            asyncio.run(merge(settings, store, archive, trust=trust))
        finally:
            store.close()


async def merge(settings: Settings, store: Store, archive: Archive, *, trust: bool) -> None:
    clock, directory = SystemClock(), Directory(store.box)
    quarantine = Quarantine(store, sniffer(), None, clock)
    homes = Homes(store.content, settings.ephemeral_bytes)
    merging = Merging(
        store=store,
        quarantine=quarantine,
        directory=directory,
        roster=Roster(directory, Presence(homes)),
        settings=settings,
        clock=clock,
    )
    try:
        await quarantine.start(lambda events: None)
        box = archive.manifest.box
        introduce(
            box=box.id,
            name=box.name,
            signer=await merging.signer(archive),
            saved_at=archive.manifest.saved_at,
        )
        await merging.check(archive, trust=trust)
        await asyncio.to_thread(archive.verify, lambda far: None)
        store.disk.mkdir(store.layout.archives)
        found = await merging.merge(archive, BOX, lambda events: None, BroughtBack(), trust=trust)
        merging.clear()
        tell(found.files, found.messages, found.rooms, found.lost, found.left_out)
    finally:
        await quarantine.close()
        homes.close()


def again(settings: Settings, layout: Layout, path: Path, *, trust: bool) -> None:
    """Accounts, content and a generation, from nothing but the archive."""
    with opened(path) as archive:
        about = archive.manifest
        introduce(box=about.box.id, name=about.box.name, signer="unknown", saved_at=about.saved_at)
        if not trust:
            raise StartError(in_words("conflict", {"reason": "untrusted"}))
        archive.verify(lambda far: None)
        made = rebuild(layout, Disk(), planned(archive))
    say(f"rebuilt: {made.messages} messages, {made.files} files, {about.counts.accounts} accounts")
    if made.lost:
        say(f"{made.lost} bodies of files are lost; see `pichat check`")
    with accounts_alone(settings) as box:
        if box.box.read_now(lambda db: users.able(db, "administrator")):
            return
        way = done(box.recovery.recover(BOX)).value
        say(
            "the archive came without passwords",
            f"administrator: {way.username}",
            *address(settings, way.link, ()),
        )


def planned(archive: Archive) -> Plan:
    about = archive.manifest
    sizes = {entry.path: entry.size for entry in about.entries}

    def body(sha256: str, path: Path) -> None:
        unpack(archive, about.bodies[sha256], path)

    return Plan(
        sha256=archive.sha256,
        key=about.box.key,
        note=about.note,
        at=about.saved_at,
        by=(BOX.id, about.by),
        bodies={sha256: sizes[path] for sha256, path in about.bodies.items() if path in sizes},
        unpack=lambda name, path: unpack(archive, name, path),
        body=body,
    )


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive, found with the rights of who typed the command."""
    with readable(path) as file, closing(Archive(file)) as archive:
        yield archive


def readable(path: Path) -> Any:
    with own_rights():
        try:
            return path.open("rb")
        except OSError as error:
            raise StartError(f"{path} cannot be read: {error.strerror}") from error


def introduce(*, box: str, name: str, signer: str, saved_at: int, **_: object) -> None:
    words = {
        "own": "this box itself",
        "known": "a box that is trusted",
        "unknown": "a box that is not known here",
    }
    say(f"an archive of “{name}”, saved {moment(saved_at)}", f"signed by {box}: {words[signer]}")


def tell(files: int, messages: int, rooms: int, lost: int = 0, left_out: int = 0, **_: object) -> None:
    say(f"merged: {messages} messages, {files} files, {rooms} rooms that were not here")
    if left_out:
        say(f"{left_out} files are of kinds that this box does not take")
    if lost:
        say(f"{lost} files came without their bytes")
