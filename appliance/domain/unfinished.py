"""The resumable uploads that there are: who may touch which, how they stand, when they go.

Must not take a body's bytes: that is `resumable`'s.
"""

import asyncio
from dataclasses import replace

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.settings import Settings
from appliance.domain.actor import Actor
from appliance.domain.arrivals import Arrivals
from appliance.domain.directory import Directory
from appliance.domain.policy import Action, require
from appliance.domain.progress import Progress, State, Waiting
from appliance.store import uploads as rows
from appliance.store.opened import Store
from appliance.store.uploads import UploadRow
from appliance.store.writer import Writer


class Unfinished:
    """All of them, by their secret; those that became a file stay for a while, for who asks again."""

    def __init__(
        self, store: Store, arrivals: Arrivals, directory: Directory, clock: Clock, settings: Settings
    ) -> None:
        self._content = store.content
        self._blobs = store.blobs
        self._arrivals = arrivals
        self._directory = directory
        self._clock = clock
        self._settings = settings
        self._all: dict[str, Progress] = {}

    async def load(self) -> None:
        """Takes up what this boot's earlier programs left, and drops what nobody can go on with."""
        parts = dict(await asyncio.to_thread(self._blobs.parts))
        written = await self._content.read(rows.every)
        for row in written:
            if row.file is not None or row.id in parts:
                self._all[row.id] = Progress(row, parts.get(row.id, 0), self._clock.monotonic())
        if lost := [row.id for row in written if row.id not in self._all]:
            await self._content.write(lambda db: rows.forget(db, *lost))
        await self._arrivals.start(keep=self._all)

    def every(self) -> list[Progress]:
        return list(self._all.values())

    def mine(self, actor: Actor | None, upload: str) -> Progress:
        """By its secret, whether or not the session that began it is still there; never another person's.

        The person must be one who may upload today.
        """
        one = self._all.get(upload)
        if one is None or (actor is not None and actor.id != one.row.owner):
            raise Refusal(Code.NOT_FOUND)
        person = self._directory.able(one.row.owner)
        one.owner = person.actor(actor.session if actor else "") if person else actor
        if one.owner is None:
            raise Refusal(Code.NOT_FOUND)
        self._arrivals.permits.require(one.owner, one.row.room)
        self.touch(one)
        return one

    def of(self, actor: Actor, path: str) -> list[Waiting]:
        """Those of one person, by the addresses under `path` at which to go on."""
        require(actor, Action.UPLOAD)
        mine = [one for one in self.every() if one.row.owner == actor.id and one.row.file is None]
        return [self._waiting(one, path) for one in mine]

    def _waiting(self, one: Progress, path: str) -> Waiting:
        return Waiting(
            id=one.row.id,
            url=f"{path}/{one.row.id}",
            name=one.row.name,
            folder=one.row.folder,
            size=one.row.size,
            offset=one.reached,
            expires=self.state(one).expires,
            active=one.turn is not None,
            partial=bool(one.row.concat),
        )

    async def alone(self, one: Progress) -> None:
        """Sends whoever is at it away and waits until they are gone."""
        while one.turn is not None:
            one.turn.leave()
            await one.turn.gone.wait()
        if self._all.get(one.row.id) is not one:
            raise Refusal(Code.NOT_FOUND)

    def put(self, row: UploadRow, offset: int = 0) -> Progress:
        one = self._all[row.id] = Progress(row, offset, self._clock.monotonic())
        return one

    async def create(self, actor: Actor, row: UploadRow) -> Progress:
        """A new one, empty."""
        mine = sum(one.row.owner == actor.id and one.row.file is None for one in self._all.values())
        if mine >= (most := self._settings.resumable_per_person):
            raise Refusal(Code.RATE_LIMITED, retry_ms=60_000, maximum=most)

        def begin() -> Writer:
            writer = self._blobs.writer(row.id)
            writer.pause()
            return writer

        one = self.put(row)
        try:
            one.writer = await self._arrivals.in_pool(begin)
            await self._content.write(lambda db: rows.put(db, row))
        except BaseException:
            await self.drop(one)
            raise
        return one

    async def resize(self, one: Progress, size: int | None) -> None:
        """The length, told when something had come already. It is told once."""
        if size is None or size == one.row.size:
            return
        if one.row.size is not None or size < one.offset:
            raise Refusal(Code.BAD_REQUEST, field="Upload-Length", reason="changed")
        assert one.owner is not None
        await self._arrivals.admit(one.owner, one.row.name, size, one.row.room)
        row = replace(one.row, size=size)
        await self._content.write(lambda db: rows.put(db, row))
        one.row = row

    async def writer(self, one: Progress) -> Writer:
        """With the hash of what is there: kept, or after a crash found anew."""
        if one.writer is None:
            one.writer = await self._arrivals.in_pool(lambda: self._blobs.reopen(one.row.id))
            one.offset = one.writer.size
        return one.writer

    def touch(self, one: Progress) -> None:
        one.touched = self._clock.monotonic()

    def forget(self, found: list[Progress]) -> None:
        """Their rows are gone."""
        for one in found:
            self._all.pop(one.row.id, None)

    async def drop(self, one: Progress) -> None:
        """Nothing of it stays; its secret opens nothing from now on."""
        upload = one.row.id
        self._all.pop(upload, None)
        if one.writer is not None:
            await self._arrivals.in_pool(one.writer.abort)
        await self.drop_parts([one])
        await self._content.write(lambda db: rows.forget(db, upload))

    async def drop_parts(self, found: list[Progress]) -> None:
        for one in found:
            part = one.row.id
            await self._arrivals.in_pool(lambda part=part: self._blobs.drop_part(part))  # type: ignore[misc]

    async def sweep(self) -> None:
        """Drops what nobody went on with for long."""
        oldest = self._clock.monotonic() - self._life
        for one in self.every():
            if one.turn is None and one.touched < oldest:
                await self.drop(one)

    def state(self, one: Progress) -> State:
        """`expires` is told by the wall and measured by the other clock, which nobody sets."""
        left = one.touched + self._life - self._clock.monotonic()
        return State(
            id=one.row.id,
            name=one.row.name,
            offset=one.reached,
            size=one.row.size,
            metadata=one.row.metadata,
            concat=one.row.concat,
            file=one.row.file,
            expires=None if one.row.file else self._clock.now() + int(left * 1000),
        )

    @property
    def _life(self) -> int:
        return self._settings.resumable_hours * 3600
