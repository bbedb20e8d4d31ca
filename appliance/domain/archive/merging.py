"""Puts an archive's content among that of this box: nothing twice, nothing that was decided against.

Everything goes in as an earlier session comes back: see `domain/bringing`. Again after a crash is once.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from appliance.base import ids
from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.base.settings import Settings
from appliance.domain import file_types
from appliance.domain.actor import Actor
from appliance.domain.archive import manifest as form
from appliance.domain.archive.reading import Archive, Signer
from appliance.domain.bringing import Bringing, Publish
from appliance.domain.directory import Directory
from appliance.domain.inspection.reasons import Reason, Why, decoded, kept
from appliance.domain.permits import ANY_KIND
from appliance.domain.previous_views import BroughtBack
from appliance.domain.quarantine import Quarantine
from appliance.domain.roster import Roster
from appliance.store import audit, bringing, decisions, users
from appliance.store.archive import arrived, seal, source
from appliance.store.blobs import has_body
from appliance.store.bringing import Choice
from appliance.store.database import Connection
from appliance.store.disk import full_disk_refused
from appliance.store.files import FileRow
from appliance.store.opened import Store
from appliance.store.previous import Past
from appliance.store.writer import Body

T = TypeVar("T")
_log = logger("archive")
DATABASES = "import-"  # in the folder of archives: what was unpacked to be looked at


class Merged(Struct, kw_only=True):
    """What came of it. `already` were here, `left_out` are of kinds that this box does not take, `lost` are
    files without their bytes; of the archive's accounts `people` are known here.
    """

    files: int = 0
    bytes: int = 0
    messages: int = 0
    rooms: int = 0
    lost: int = 0
    left_out: int = 0
    people: int = 0
    strangers: int = 0


class Unpacking(Bringing):
    """Bodies come out of the archive; what an antivirus said of them elsewhere is not forgotten."""

    archive: Archive

    def __init__(self, store: Store, quarantine: Quarantine, directory: Directory, roster: Roster) -> None:
        super().__init__(store, quarantine, directory, roster)
        self._blobs = store.blobs

    def adopt(self, past: Past, body: Body) -> bool:
        """One that generations keep is not unpacked again; each is hashed on its way."""
        if super().adopt(past, body):
            return True
        pieces = self.archive.body(body.sha256)
        if pieces is None:
            return False
        writer = self._blobs.writer(ids.new_id("a"))
        try:
            for piece in pieces:
                writer.write(piece)
            found = writer.finish()
        except BaseException:
            writer.abort()
            raise
        if found != body:
            self._blobs.unpin(found.sha256)
            self._store.discard(found.sha256)
        return found == body

    async def looked_at(self, row: FileRow, body: Body) -> Sequence[Reason]:
        said = [one for one in decoded(row.reasons) if one.code is Why.VIRUS]
        return kept([*said, *await super().looked_at(row, body)])


class Merging:
    """One at a time: whoever calls sees to that."""

    def __init__(
        self,
        *,
        store: Store,
        quarantine: Quarantine,
        directory: Directory,
        roster: Roster,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._store = store
        self._unpacking = Unpacking(store, quarantine, directory, roster)
        self._kinds = settings.upload_extensions
        self._floor = settings.free_floor_bytes
        self._clock = clock

    async def check(self, archive: Archive, *, trust: bool) -> None:
        """Refusal(conflict, untrusted) for a box that nobody vouches for, Refusal(no_space) in time."""
        if not trust and await self.signer(archive) == "unknown":
            raise Refusal(Code.CONFLICT, reason="untrusted", box=archive.manifest.box.id)
        await self._work(lambda: self._fits(archive))

    async def signer(self, archive: Archive) -> Signer:
        known = await self._store.box.read(seal.known)
        own = await self._work(lambda: seal.Seal(self._store.layout).public)
        return archive.signer(own, known)

    async def merge(
        self, archive: Archive, actor: Actor, publish: Publish, done: BroughtBack, *, trust: bool
    ) -> Merged:
        """All of it; every byte was verified before. `done` rises on the way."""
        await self.check(archive, trust=trust)
        own = await self.signer(archive) == "own"
        content, theirs, who, left_out = await self._work(lambda: self._laid_beside(archive, own=own))
        bans = await self._work(lambda: arrived.new_bans(self._store, content, theirs, who))

        def remember(db: Connection) -> None:
            for one in bans:
                if not decisions.stands(db, decisions.Kind.BAN, one.subject):
                    decisions.record(db, one)
            if trust:
                seal.trust(db, archive.manifest.box.key)

        await self._store.box.write(remember)
        self._unpacking.archive = archive
        with arrived.opened(self._store, content) as past:
            picked = await self._work(lambda: bringing.pick(past, Choice(all=True)))
            await self._unpacking.bring(past, picked, publish, done)
        merged = Merged(
            files=done.files,
            bytes=done.bytes,
            messages=done.messages,
            rooms=done.rooms,
            lost=done.lost,
            left_out=left_out,
            people=len(who),
            strangers=len(theirs.users) - len(who),
        )
        await self._note(archive, actor, merged)
        return merged

    def clear(self) -> None:
        """What was unpacked to be looked at."""
        for path in self._store.layout.archives.glob(f"{DATABASES}*"):
            self._store.disk.remove(path)

    # Inside

    def _fits(self, archive: Archive) -> None:
        """Room for the bodies that are not here, and twice for the rows: beside ours, and among them."""
        layout, manifest = self._store.layout, archive.manifest
        sizes = {entry.path: entry.size for entry in manifest.entries}
        need = 2 * sizes[form.CONTENT] + sizes[form.BOX]
        for sha256, path in manifest.bodies.items():
            size = sizes.get(path, 0)
            if not any(has_body(root, sha256, size) for root in (layout.blobs, self._store.live / "blobs")):
                need += size
        free = self._store.blobs.space()[0] - self._floor
        if need > free:
            raise Refusal(Code.NO_SPACE, size=need, left=max(0, free))

    def _laid_beside(self, archive: Archive, *, own: bool) -> tuple[Path, source.People, dict[str, str], int]:
        self.clear()
        paths = {}
        for name in (form.BOX, form.CONTENT):
            paths[name] = self._store.layout.archives / f"{DATABASES}{name}"
            self._store.disk.make(paths[name], lambda path, name=name: unpack(archive, name, path))  # type: ignore[misc]
        theirs = arrived.box_of(paths[form.BOX])
        here = self._store.box.read_now(users.everyone)
        who = arrived.same_people(theirs.users, here)
        every = own or ANY_KIND in self._kinds
        pairs = self._store.content.read_now(arrived.direct_rooms)
        left_out = arrived.fit(
            paths[form.CONTENT], who, lambda name: every or file_types.ending(name) in self._kinds, pairs
        )
        return paths[form.CONTENT], theirs, who, left_out

    async def _note(self, archive: Archive, actor: Actor, merged: Merged) -> None:
        at, box = self._clock.now(), archive.manifest.box
        detail = {"box": box.id, "files": merged.files, "messages": merged.messages, "rooms": merged.rooms}
        who = (actor.id, actor.name)
        await self._store.box.write(
            lambda db: audit.write(db, at, who, "imported", subject=box.id, detail=detail)
        )
        _log.info("an archive of %s is in: %d files, %d messages", box.id, merged.files, merged.messages)

    async def _work(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._store.work, work)


def unpack(archive: Archive, name: str, target: Path) -> None:
    """One entry as a file of ours. Refusal(no_space)."""
    with full_disk_refused(), target.open("wb") as file:
        for piece in archive.read(name):
            file.write(piece)
