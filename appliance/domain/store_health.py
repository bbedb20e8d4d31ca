"""Whether what is kept is still what was kept: reads every body again, slowly, and says what is damaged.

A damaged body is never given out; who uploads the same bytes again heals it.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import msgspec
from msgspec import Struct

from appliance.base import tasks
from appliance.base.clock import Clock
from appliance.base.log import logger
from appliance.domain.actor import Actor
from appliance.domain.events import Audience, Event, Happened, Who
from appliance.domain.notices import Notice
from appliance.domain.policy import Action, require
from appliance.host.card import Card
from appliance.store import files as rows
from appliance.store.database import Connection
from appliance.store.opened import Store
from appliance.store.scrub import Notes, Scrub

DAY = 86_400.0
LONGEST_PAUSE = 600.0  # seconds
KEPT_EVERY = 600.0  # seconds between two notes of its place
T = TypeVar("T")
Publish = Callable[[Sequence[Event]], None]
_log = logger("store")


class DamagedBody(Struct, frozen=True):
    """`files`: those that have it, by id and name."""

    sha256: str
    found_at: int
    files: list[Who]


class Report(Struct, frozen=True, kw_only=True):
    """`checked_at`: when everything had been read once more (ms), null: never yet. `share`: of the bytes, how
    much of this round is done, 0 to 1. `running`: an administrator asked for all of it at once.
    """

    checked_at: int | None
    share: float
    running: bool
    damaged: list[DamagedBody]
    free_bytes: int
    total_bytes: int
    card: Card | None


class StoreHealth:
    """The service. `days`: a round takes so many days of running time; 0: only when somebody asks. `pause`:
    seconds before each round.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        days: float,
        card: Callable[[], Card | None],
        pause: float = LONGEST_PAUSE,
    ) -> None:
        self._content = store.content
        self._blobs = store.blobs
        self._scrub = Scrub(store)
        self._lost = store.outcome.lost
        self._clock = clock
        self._seconds = days * DAY
        self._card = card
        self._pause = pause
        self._notes = Notes()
        self._pool = ThreadPoolExecutor(1, "scrub")
        self._publish: Publish = lambda events: None
        self._slow: asyncio.Task[None] | None = None
        self._fast: asyncio.Task[None] | None = None
        self._kept_at = 0.0

    async def start(self, publish: Publish) -> None:
        """What was damaged before is damaged still."""
        self._publish = publish
        self._notes = await self._work(self._scrub.load)
        now, known = self._clock.now(), self._notes.damaged
        self._notes.damaged = {**dict.fromkeys(self._lost, now), **known}
        self._blobs.damage.mark(self._notes.damaged)
        await self._forget_what_is_gone()
        loop = asyncio.get_running_loop()
        self._blobs.damage.when_healed(lambda sha256: loop.call_soon_threadsafe(self._healed, sha256))
        if self._seconds:
            self._slow = asyncio.create_task(self._always())

    async def close(self) -> None:
        for task in (self._slow, self._fast):
            await tasks.end(task)
        await self._keep()
        await asyncio.to_thread(self._pool.shutdown)

    async def report(self, actor: Actor) -> Report:
        require(actor, Action.SEE_HEALTH)
        free, total = await self._work(self._blobs.space)
        notes = self._notes
        return Report(
            checked_at=notes.checked_at,
            share=round(min(1.0, notes.read / notes.total), 4) if notes.total else 0.0,
            running=self._fast is not None and not self._fast.done(),
            damaged=[await self._told(sha256, at) for sha256, at in sorted(notes.damaged.items())],
            free_bytes=free,
            total_bytes=total,
            card=await self._work(self._card),
        )

    async def check_now(self, actor: Actor) -> Report:
        """Reads everything from the beginning, without a pause; how far it is stands in the report."""
        require(actor, Action.SEE_HEALTH)
        if self._fast is None or self._fast.done():
            self._fast = asyncio.create_task(self._at_once())
        return await self.report(actor)

    async def seen_damaged(self, sha256: str) -> None:
        """Somebody read it for another reason, and it was not what it was."""
        await self._judge(sha256, whole=False)

    # Inside

    async def _always(self) -> None:
        """Not in the first minutes: then everybody comes in."""
        while True:
            await asyncio.sleep(self._pause)
            try:
                await self._round(self._seconds)
            except OSError as error:
                _log.error("bodies could not be read again: %s", error)

    async def _at_once(self) -> None:
        if self._slow is not None:
            self._slow.cancel()
        self._notes.after, self._notes.read = "", 0
        try:
            await self._round(0)
        except OSError as error:
            _log.error("bodies could not be read again: %s", error)
        if self._slow is not None:
            self._slow = asyncio.create_task(self._always())

    async def _round(self, seconds: float) -> None:
        """From where it was to the end. Paced over `seconds`; other work on the disk goes first."""
        notes = self._notes
        notes.total = await self._work(self._scrub.weight)
        bodies = self._scrub.bodies(notes.after)
        while (found := await self._work(lambda: next(bodies, None))) is not None:
            sha256, paths = found
            whole = True
            for path in paths:
                whole &= await self._is_whole(self._scrub.chunks(path, sha256), seconds)
            await self._judge(sha256, whole=whole or not paths)
            notes.after = sha256
            if self._clock.monotonic() - self._kept_at > KEPT_EVERY:
                await self._keep()
        await self._forget_what_is_gone()
        notes.after, notes.read, notes.checked_at = "", 0, self._clock.now()
        await self._keep()

    async def _is_whole(self, chunks: Iterator[int], seconds: float) -> bool:
        notes = self._notes
        while (size := await self._work(lambda: next(chunks, 0))) > 0:
            notes.read += size
            if seconds:
                await asyncio.sleep(min(LONGEST_PAUSE, seconds * size / max(notes.total, 1)))
        return size == 0

    async def _judge(self, sha256: str, *, whole: bool) -> None:
        if not whole and sha256 not in self._notes.damaged:
            self._notes.damaged[sha256] = self._clock.now()
            self._blobs.damage.mark([sha256])
            told = await self._told(sha256, 0)
            _log.error("the body %s is damaged; files that have it: %d", sha256, len(told.files))
            name = told.files[0].name if told.files else ""
            params: dict[str, int | str] = {"sha256": sha256, "files": len(told.files), "name": name}
            self._tell("store_damaged", params)
            await self._keep()
        elif whole and sha256 in self._notes.damaged:
            self._blobs.damage.clear(sha256)  # somebody put the right bytes back by hand

    async def _forget_what_is_gone(self) -> None:
        """Damaged bodies that nobody has any more."""
        for sha256 in list(self._notes.damaged):
            there = await self._work(lambda sha256=sha256: self._scrub.is_there(sha256))  # type: ignore[misc]
            if not there and not (await self._told(sha256, 0)).files:
                self._notes.damaged.pop(sha256, None)
                self._blobs.damage.clear(sha256)

    def _healed(self, sha256: str) -> None:
        if self._notes.damaged.pop(sha256, None) is not None:
            _log.info("the body %s is whole again", sha256)
            self._tell("store_healed", {"sha256": sha256})

    def _tell(self, code: str, params: dict[str, int | str]) -> None:
        self._publish([Happened(Notice(code=code, params=params), Audience(administrators=True))])

    async def _told(self, sha256: str, at: int) -> DamagedBody:
        def named(db: Connection) -> list[Who]:
            return [Who(row.id, row.name) for row in rows.of_body(db, sha256)]

        return DamagedBody(sha256, at, await self._content.read(named))

    async def _keep(self) -> None:
        self._kept_at = self._clock.monotonic()
        notes = msgspec.structs.replace(self._notes, damaged=dict(self._notes.damaged))
        with suppress(OSError):
            await self._work(lambda: self._scrub.keep(notes))

    async def _work(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)
