"""What a power cut interrupted: earlier sessions wait, are looked at, brought back, or erased.

A power cut is not a decision. They go after so many hours of running time, or when space is wanted.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TypeVar

from appliance.base import tasks
from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.domain import previous_views as views
from appliance.domain import rules
from appliance.domain.actor import BOX, Actor
from appliance.domain.bringing import Bringing, Publish
from appliance.domain.events import Audience, Event, Happened, Outcome
from appliance.domain.file_list import searchable
from appliance.domain.notices import Notice
from appliance.domain.policy import Action, require
from appliance.domain.previous_views import BroughtBack, Left, Page, Sessions
from appliance.domain.record import Record
from appliance.domain.running import RunningTime
from appliance.domain.waiting import Waiting, WaitingChange
from appliance.store import bringing, previous
from appliance.store.bringing import Choice
from appliance.store.opened import Store
from appliance.store.previous import Holds, Past
from appliance.store.snapshot import sessions

TICK_SECONDS = 60.0
MOST_CHOSEN = 1000  # things in one request; "all" has no limit
T = TypeVar("T")
_log = logger("previous")


class Previous:
    """The service. `alone` is held by whoever changes what earlier sessions hold, or what is erased."""

    def __init__(
        self, *, store: Store, bringing: Bringing, waiting: Waiting, record: Record, clock: Clock
    ) -> None:
        self._store = store
        self._bringing = bringing
        self._record = record
        self._waiting = waiting
        self._running = RunningTime(store.box, clock)
        self._holds: dict[str, Holds | None] = {}
        self._publish: Publish = lambda events: None
        self._worker: asyncio.Task[None] | None = None
        self.alone = asyncio.Lock()

    async def start(self, publish: Publish) -> None:
        """`publish` tells people what comes back."""
        self._publish = publish
        await self._waiting.start()
        await self._running.start()
        self._worker = asyncio.create_task(self._work_on())

    async def close(self) -> None:
        await tasks.end(self._worker)
        if self._worker is not None:
            await self._running.pass_on(self._epochs(), stopping=True)

    # Looking

    def left(self) -> Left:
        """What waits, in numbers, for the banner."""
        full = [one for one in self._holds.values() if one is None or one.files or one.messages or one.rooms]
        known = [one for one in full if one is not None]
        return Left(len(full), sum(one.files for one in known), sum(one.messages for one in known))

    async def listed(self, actor: Actor) -> Sessions:
        require(actor, Action.BRING_BACK)
        await self._examine()
        found = [
            views.session(epoch, self._left_of(epoch), self._holds.get(epoch)) for epoch in self._newest()
        ]
        now = self._waiting.now
        return Sessions(sessions=found, keeps_hours=now.hours, erases_at_boot=now.erase)

    async def items(self, actor: Actor, epoch: str, *, kind: str, q: str, after: str, limit: int) -> Page:
        """A page of what one session holds; of files and messages the newest first."""
        require(actor, Action.BRING_BACK)
        if kind not in _KINDS:
            raise rules.bad("kind", "unknown")
        if kind != "rooms" and after and not (after.isascii() and after.isdigit() and len(after) < 17):
            raise rules.bad("after", "cursor")

        def look() -> Page:
            with previous.opened(self._store, epoch, q.strip(), searchable) as past:
                return _KINDS[kind](past, after, limit)

        return await self._work(look)

    # Doing

    async def change(self, actor: Actor, wanted: WaitingChange) -> Sessions:
        """How long they wait; those that have waited longer than that go with the next tick."""
        await self._waiting.change(actor, wanted)
        return await self.listed(actor)

    async def bring_back(self, actor: Actor, epoch: str, choice: Choice) -> Outcome[BroughtBack]:
        """What is here already stays as it is. People are told as it comes."""
        require(actor, Action.BRING_BACK)
        several = (*choice.files, *choice.rooms, *choice.messages)
        if len(several) > MOST_CHOSEN or choice.all == bool(several):
            raise rules.bad("all" if choice.all or not several else "files", "count")
        async with self.alone:
            async with self._past(epoch) as past:
                picked = await self._work(lambda: bringing.pick(past, choice))
                done = await self._bringing.bring(past, picked, self._publish)
            await self._examine_one(epoch)
        detail = {"files": done.files, "messages": done.messages, "rooms": done.rooms}
        await self._record.write(actor, "previous_brought_back", epoch, detail)
        _log.info("%d files and %d messages brought back by %s", done.files, done.messages, actor.username)
        return Outcome(done, self._changed())

    async def erase(self, actor: Actor, epoch: str | None = None) -> Outcome[None]:
        """One of them, or all, for good."""
        require(actor, Action.BRING_BACK)
        async with self.alone:
            there = self._epochs()
            if epoch is not None and epoch not in there:
                raise Refusal(Code.NOT_FOUND)
            for one in there if epoch is None else [epoch]:
                await self._erase(actor, one, "previous_erased")
        return Outcome(None, self._changed())

    async def make_room(self, missing: int) -> bool:
        """So many bytes are wanted: the oldest goes, unless all would go in vain. Whether one went."""
        async with self.alone:
            newest = self._newest()
            if newest and missing > await self._work(lambda: previous.weight(self._store, newest)):
                return False
            if newest:
                _log.warning("space is short: what a power cut interrupted longest ago is erased")
                await self._erase(BOX, newest[-1], "previous_gave_way")
        self._publish(self._changed() if newest else ())
        return bool(newest)

    async def tick(self) -> None:
        """Time has passed: those that waited long enough go."""
        await self._running.pass_on(self._epochs())
        late = [epoch for epoch in self._epochs() if self._left_of(epoch) <= 0]
        for epoch in late:
            async with self.alone:
                await self._erase(BOX, epoch, "previous_expired")
        self._publish(self._changed() if late else ())

    # Inside

    async def _work_on(self) -> None:
        try:
            if self._store.tidied is not None:  # empty ones are dropped there
                await asyncio.shield(asyncio.wrap_future(self._store.tidied))
            await self._examine()
            if self.left().sessions:
                self._publish(self._changed())  # who came in at once has been told of none
        except (Refusal, OSError) as error:
            _log.error("earlier sessions could not be looked at: %s", error)
        while True:
            try:
                await self.tick()
            except (Refusal, OSError) as error:
                _log.error("an earlier session could not be erased: %s", error)
            await asyncio.sleep(TICK_SECONDS)

    async def _examine(self) -> None:
        there = self._epochs()
        for epoch in there:
            await self._examine_one(epoch)
        self._holds = {epoch: holds for epoch, holds in self._holds.items() if epoch in there}

    async def _examine_one(self, epoch: str) -> None:
        """Counts what is missing here; the first look reads all of it, once."""
        known = epoch in self._holds
        if known and self._holds[epoch] is None:
            return

        def look() -> Holds | None:
            with previous.opened(self._store, epoch) as past:
                return past.holds() if known or previous.is_whole(past) else None

        try:
            self._holds[epoch] = await self._work(look)
        except Refusal as refusal:
            if refusal.code is not Code.CONFLICT:
                return  # erased in this very moment
            self._holds[epoch] = None
        if self._holds[epoch] is None:
            _log.warning("the earlier session %s is damaged", epoch)

    async def _erase(self, actor: Actor, epoch: str, action: str) -> None:
        await self._record.write(actor, action, epoch)
        with suppress(Refusal):  # gone already
            await self._work(lambda: previous.erase(self._store, epoch))
        self._holds.pop(epoch, None)

    @asynccontextmanager
    async def _past(self, epoch: str) -> AsyncIterator[Past]:
        """As `previous.opened`, opened and closed where the event loop does not wait for the disk."""
        manager = previous.opened(self._store, epoch)
        past = await self._work(manager.__enter__)
        try:
            yield past
        except BaseException as problem:
            leave = partial(manager.__exit__, type(problem), problem, problem.__traceback__)
            await self._work(leave)
            raise
        await self._work(lambda: manager.__exit__(None, None, None))

    def _epochs(self) -> list[str]:
        return sessions.earlier(self._store.layout, but=self._store.epoch)

    def _newest(self) -> list[str]:
        """The newest first: by how long they have waited, and where that is the same by the clock."""
        began = {epoch: sessions.record(self._store.layout, epoch) for epoch in self._epochs()}

        def age(epoch: str) -> tuple[float, int]:
            found = began[epoch]
            return self._running.of(epoch), -(found.started if found else 0)

        return sorted(began, key=age)

    def _left_of(self, epoch: str) -> float:
        return self._waiting.now.hours * 3600 - self._running.of(epoch)

    def _changed(self) -> Sequence[Event]:
        left = self.left()
        params = {"sessions": left.sessions, "files": left.files, "messages": left.messages}
        return [Happened(Notice(code="previous_changed", params=params), Audience(administrators=True))]

    async def _work(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._store.work, work)


def _files(past: Past, after: str, limit: int) -> Page:
    found = past.files(int(after) if after else None, limit + 1)
    following = str(found[limit - 1].ev) if len(found) > limit else None
    return Page([views.file(row) for row in found[:limit]], following)


def _messages(past: Past, after: str, limit: int) -> Page:
    found = past.messages(int(after) if after else None, limit + 1)
    following = str(found[limit - 1].ev) if len(found) > limit else None
    return Page([views.message(row) for row in found[:limit]], following)


def _rooms(past: Past, after: str, limit: int) -> Page:
    found = past.rooms(after, limit + 1)
    following = found[limit - 1].id if len(found) > limit else None
    return Page([views.room(row) for row in found[:limit]], following)


_KINDS: dict[str, Callable[[Past, str, int], Page]] = {
    "files": _files,
    "messages": _messages,
    "rooms": _rooms,
}
