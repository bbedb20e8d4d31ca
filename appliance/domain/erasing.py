"""Erase for good: the decision first, durable; then the thing itself, wherever it is, and its traces.

Administrators alone. A reset undoes plain deletions; this it does not: see `store/snapshot/apply`.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from msgspec import Struct

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.domain import rules
from appliance.domain.actor import Actor
from appliance.domain.bringing import Publish
from appliance.domain.changes import MessageDeleted
from appliance.domain.departures import Departures
from appliance.domain.events import Event, Happened, Outcome, in_room
from appliance.domain.file_views import changed
from appliance.domain.keeping import Keeping
from appliance.domain.policy import Action, require
from appliance.domain.record import Record
from appliance.domain.room_access import seen
from appliance.domain.stable import Stable
from appliance.store import changes, decisions, erasing, events, files, messages, reports, rooms, traces
from appliance.store.database import Connection
from appliance.store.decisions import Decision, Kind
from appliance.store.erasing import Found
from appliance.store.homes import is_ephemeral
from appliance.store.messages import MessageRow
from appliance.store.opened import Store
from appliance.store.snapshot.rewrite import rewrite

MOST = 100  # things in one go
T = TypeVar("T")
_log = logger("erasing")


class Erased(Struct, frozen=True, kw_only=True):
    """What went. `generations`: saved ones that still hold its bytes; nobody is shown them again, and they
    go with the generation. `damaged`: earlier sessions that could not be looked through; erase those whole.
    """

    messages: int
    files: int
    rooms: int
    generations: list[int]
    damaged: list[str]


class Erasing:
    """The service. `alone` is the lock of whatever else puts old content among the new."""

    def __init__(
        self,
        *,
        store: Store,
        departures: Departures,
        keeping: Keeping,
        stable: Stable,
        record: Record,
        clock: Clock,
        alone: asyncio.Lock,
    ) -> None:
        self._store = store
        self._content = store.content
        self._departures = departures
        self._keeping = keeping
        self._stable = stable
        self._record = record
        self._clock = clock
        self._alone = alone
        self._publish: Publish = lambda events: None
        self._cleaning: asyncio.Task[None] | None = None

    async def start(self, publish: Publish) -> None:
        """A crash between a decision and what it is about must not undo it."""
        self._publish = publish
        standing = await self._store.box.read(lambda db: decisions.every(db, Kind.ERASED))
        ids = [one.subject for one in standing]
        if await self._content.read(lambda db: _is_any_here(db, ids)):
            bodies, _ = await self._content.write(lambda db: self._take_away(db, ids))
            await self._discard(bodies)
        if await self._content.read(traces.are_left):
            self._cleaning = asyncio.create_task(self._clear_traces())

    async def close(self) -> None:
        if self._cleaning is not None:
            await self._cleaning

    async def message(
        self, actor: Actor, room: str, seq: int, *, with_files: bool = False, saved: bool = False
    ) -> Outcome[Erased]:
        """One message that the actor may know of; with its files, if that is wanted."""
        require(actor, Action.ERASE)
        if is_ephemeral(room):
            raise Refusal(Code.CONFLICT, reason="ephemeral")

        def look(db: Connection) -> list[str]:
            seen(db, actor, room)
            row = messages.find(db, room, seq)
            if row is None:
                raise Refusal(Code.NOT_FOUND, seq=seq)
            attached = messages.files_of(db, room, seq, seq).get(row.id, []) if with_files else []
            return [row.id, *(one.id for one in attached)]

        return await self.erase(actor, await self._content.read(look), saved=saved)

    async def erase(self, actor: Actor, ids: Sequence[str], *, saved: bool = False) -> Outcome[Erased]:
        """Messages, files and rooms by their ids, wherever they are. Of a file all of the same bytes.

        `saved`: also out of the generations that hold it, which are made anew and get other numbers.
        """
        require(actor, Action.ERASE)
        if not 1 <= len(ids) <= MOST:
            raise rules.bad("ids", "count")
        async with self._alone:
            found = await self._work(lambda: erasing.find(self._store, ids))
            if not found.ids:
                raise Refusal(Code.NOT_FOUND)
            await self._decide(actor, found)
            await self._keeping.forget_deleted()
            bodies, told = await self._content.write(lambda db: self._take_away(db, found.ids))
            self._publish(told)
            await self._discard(bodies)
            damaged = await self._work(lambda: erasing.clear_sessions(self._store, found.ids))
            await self._clear_traces()
            if saved:
                await self._rewrite(found)
            holding = await self._work(lambda: erasing.holding(self._store, found.ids))
        _log.info("%d things erased for good by %s", len(found.ids), actor.username)
        counts = len(found.messages), len(found.files), len(found.rooms)
        return Outcome(_told(counts, holding, damaged))

    # Inside

    async def _decide(self, actor: Actor, found: Found) -> None:
        at = self._clock.now()
        standing = [Decision(Kind.ERASED, one, actor.id, at) for one in found.ids]
        detail = {"messages": len(found.messages), "files": len(found.files), "rooms": len(found.rooms)}
        after = [partial(_decided, decision=one) for one in standing]
        subject = found.ids[0] if len(found.ids) == 1 else ""
        await self._record.write(actor, "erased", subject, detail, after)

    def _take_away(self, db: Connection, ids: Sequence[str]) -> tuple[set[str], list[Event]]:
        """Out of the live content. The place of a message stays: `seq` has no holes."""
        traces.mark(db)
        told: list[Event] = []
        at = self._clock.now()
        for row in [row for one in ids for row in _messages(db, one)]:
            ev = events.next_ev(db)
            changes.empty(db, row.room, row.seq, ev=ev, at=at)
            reports.forget_words(db, row.room, row.seq)
            told.append(
                Happened(MessageDeleted(ev=ev, room=row.room, seq=row.seq, deleted=at), in_room(row.room))
            )
        for room in [room for one in ids if (room := rooms.find(db, one))]:
            told += self._departures.close(db, room)
        there = files.find_many(db, ids)
        told += [changed(events.next_ev(db), one, gone=True) for one in there]
        bodies = erasing.take_away(db, [one.id for one in there])
        return bodies, told

    async def _rewrite(self, found: Found) -> None:
        """What fails here is told by the generations that the answer names."""
        try:
            await self._stable.under_lock(lambda: rewrite(self._store, found.ids))
        except Refusal as refusal:
            _log.warning("saved generations could not be made anew: %s", refusal)

    async def _discard(self, bodies: set[str]) -> None:
        for sha256 in bodies:
            await self._work(partial(self._store.discard, sha256))

    async def _clear_traces(self) -> None:
        try:
            await self._work(lambda: traces.clear(self._content.path))
        except (OSError, Refusal) as error:
            _log.error("traces of what was erased stay until the next start: %s", error)

    async def _work(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._store.work, work)


def _decided(db: Connection, decision: Decision) -> None:
    decisions.record(db, decision)


def _messages(db: Connection, one: str) -> list[MessageRow]:
    return messages.rows_of(db, "WHERE id = ? AND deleted IS NULL", (one,))


def _is_any_here(db: Connection, ids: Sequence[str]) -> bool:
    return any(_messages(db, one) or files.find(db, one) or rooms.find(db, one) for one in ids)


def _told(counts: tuple[int, int, int], holding: list[int], damaged: list[str]) -> Erased:
    said, brought, closed = counts
    return Erased(messages=said, files=brought, rooms=closed, generations=holding, damaged=damaged)
