"""Archives on their way out: an administrator gives the password again and gets a ticket for one download, or
has it taken elsewhere.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from appliance.base import ids, tasks
from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.domain.actor import Actor
from appliance.domain.archive.making import Making, Wish
from appliance.domain.policy import Action, require
from appliance.domain.record import Record
from appliance.domain.stable import Passwords
from appliance.store.archive import source
from appliance.store.archive.seal import Seal
from appliance.store.archive.source import People, Source
from appliance.store.disk import Disk
from appliance.store.opened import Store
from appliance.store.snapshot.layout import Layout

_SECONDS = 300
T = TypeVar("T")
_log = logger("archive")


class Ticket(Struct, frozen=True, kw_only=True):
    """The address of one archive: the first who asks gets it. `box` signed it."""

    url: str
    name: str
    size: int
    generation: int
    files: int
    messages: int
    lost: int
    box: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What of the box is to be in it: a generation; password hashes and codes; closed rooms as pages too."""

    generation: int
    passwords: bool = False
    private_rooms: bool = False


@dataclass(slots=True)
class Export:
    """One archive, laid out."""

    making: Making
    copy: Path
    name: str
    until: float = 0.0
    token: str = ""
    sent: int = 0
    ended: bool = False  # no more of it will come


class Exports:
    """The service. One archive at a time: an unclaimed one gives way to the next."""

    def __init__(
        self,
        *,
        store: Store,
        passwords: Passwords,
        record: Record,
        name: str,
        clock: Clock,
        damaged: Callable[[str], Awaitable[None]],
    ) -> None:
        """`damaged` is told of a body that is not what it was."""
        self._store = store
        self._damaged = damaged
        self._passwords = passwords
        self._record = record
        self._name = name
        self._clock = clock
        self._pool = ThreadPoolExecutor(1, "export")
        self._waiting: Export | None = None
        self._sending: Export | None = None
        self._preparing = False
        self._ending: asyncio.Task[None] | None = None

    async def close(self) -> None:
        await tasks.end(self._ending)
        await asyncio.to_thread(self._pool.shutdown)
        for one in (self._waiting, self._sending):
            if one is not None:
                await asyncio.to_thread(discard, one)

    async def prepare(self, actor: Actor, password: str, address: str, choice: Choice) -> Ticket:
        """Lays it out. Refusal(conflict, busy) while another one is being made or sent."""
        made = await self._laid_out(actor, password, address, choice)
        made.token, made.until = ids.token(), self._clock.monotonic() + _SECONDS
        self._waiting = made
        await tasks.end(self._ending)
        self._ending = asyncio.create_task(self._end_in_time())
        await self._note(actor, choice)
        counts = made.making.counts
        return Ticket(
            url=f"/api/export/{made.token}",
            name=made.name,
            size=made.making.size,
            generation=choice.generation,
            files=counts.files,
            messages=counts.messages,
            lost=made.making.lost,
            box=made.making.maker.id,
        )

    async def take(self, actor: Actor, password: str, address: str, choice: Choice, to: str) -> Export:
        """`prepare` and `redeem` in one, for who takes it without a download: `pieces`, then `over`."""
        made = await self._laid_out(actor, password, address, choice)
        self._sending = made
        try:
            await self._note(actor, choice, to=to)
        except BaseException:
            await self.over(made)
            raise
        return made

    def redeem(self, token: str) -> Export:
        """Once; then `pieces`, to their end or not, and `over`."""
        found = self._waiting
        if found is None or not ids.same(found.token, token) or found.until < self._clock.monotonic():
            raise Refusal(Code.NOT_FOUND)
        self._waiting, self._sending = None, found
        return found

    async def expire(self) -> None:
        """One that nobody came for in time takes no more room."""
        late = self._waiting
        if late is not None and late.until <= self._clock.monotonic():
            self._waiting = None
            await self.work(lambda: discard(late))

    async def pieces(self, one: Export) -> AsyncGenerator[bytes, None]:
        """Every byte of it, read and hashed off the loop. Refusal(gone) where a body is damaged, which is
        told; the next archive is made without it.
        """
        steps = one.making.pieces()
        try:
            while piece := await self.work(lambda: next(steps, b"")):
                one.sent += len(piece)
                one.ended = one.sent == one.making.size
                yield piece
        except Refusal as refusal:
            one.ended = True
            if sha256 := refusal.params.get("sha256"):
                await self._damaged(str(sha256))
            raise

    async def over(self, one: Export) -> None:
        """Sent, or given up; twice is as once."""
        with suppress(Refusal):  # the box is closing, and `close` does it
            await self.work(lambda: discard(one))
            if self._sending is one:
                self._sending = None

    async def _laid_out(self, actor: Actor, password: str, address: str, choice: Choice) -> Export:
        require(actor, Action.EXPORT)
        await self._passwords.check_password(actor, password, address)
        if (last := self._sending) is not None and last.ended:  # who has all of it may be quicker than we are
            await self.over(last)
        if self._preparing or self._sending is not None:
            raise Refusal(Code.CONFLICT, reason="busy", retry_ms=5000)
        wish = Wish(
            at=self._clock.now(),
            by=actor.name,
            name=self._name,
            passwords=choice.passwords,
            private_rooms=choice.private_rooms,
        )
        self._preparing = True
        try:
            if (late := self._waiting) is not None:
                self._waiting = None
                await self.work(lambda: discard(late))
            people = await self._store.box.read(source.people)
            store, number = self._store, choice.generation
            damaged = store.blobs.damage.holds
            return await self.work(
                lambda: lay_out(store.layout, store.disk, number, people, wish, damaged=damaged)
            )
        finally:
            self._preparing = False

    async def _end_in_time(self) -> None:
        await asyncio.sleep(_SECONDS)
        try:
            await self.expire()
        except (Refusal, OSError) as error:
            _log.error("an archive that nobody fetched is still there: %s", error)

    async def _note(self, actor: Actor, choice: Choice, **more: str) -> None:
        number = choice.generation
        detail = {"passwords": choice.passwords, "private_rooms": choice.private_rooms, **more}
        await self._record.write(actor, "exported", str(number), detail)
        _log.info("an archive of generation %d for %s", number, actor.username)

    async def work(self, work: Callable[[], T]) -> T:
        """On the one thread of archives. Refusal(busy) when the box is closing."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except RuntimeError:  # the pool takes nothing more: the box is closing
            raise Refusal(Code.BUSY) from None


def lay_out(
    layout: Layout,
    disk: Disk,
    generation: int,
    people: People,
    wish: Wish,
    *,
    damaged: Callable[[str], bool] = lambda sha256: False,
) -> Export:
    """Copies the rows and measures everything. Blocks. Needs no lock: generations never change."""
    copy = layout.archives / f"{ids.new_id('out')}.db"
    try:
        saved = source.stage(layout, disk, generation, copy, people.decisions, doors=wish.passwords)
        opened = Source(copy, layout.blobs, damaged)
        try:
            making = Making(opened, people, saved, Seal(layout), wish)
        except BaseException:
            opened.close()
            raise
    except BaseException:
        disk.remove(copy)
        raise
    return Export(making, copy, f"pichat-{generation}-{making.maker.id}.zip")


def discard(one: Export) -> None:
    """Twice is as once. Blocks."""
    one.making.close()
    one.copy.unlink(missing_ok=True)


def all_of(one: Export) -> Iterator[bytes]:
    """For the command line, which has no loop."""
    try:
        yield from one.making.pieces()
    finally:
        discard(one)
