"""Rooms that forget: messages go at an age, slowly, where nobody has to wait for it.

A plain deletion, so a reset brings back what was saved; the same rule then takes it again.
"""

import asyncio
from collections.abc import Awaitable, Callable

from appliance.base.clock import Clock
from appliance.base.log import logger
from appliance.base.settings import Settings
from appliance.base.tasks import Rounds
from appliance.domain.bringing import Publish
from appliance.domain.changes import MessageDeleted
from appliance.domain.events import Event, Happened, in_room
from appliance.domain.file_views import changed
from appliance.domain.resync import resync
from appliance.store import retention, rooms
from appliance.store.database import Connection
from appliance.store.opened import Store
from appliance.store.retention import Gone, Limit
from appliance.store.rooms import RoomRow
from appliance.store.snapshot import sessions

ROUND_SECONDS = 600.0
PAUSE_SECONDS = 0.05  # between two steps, for those who write
STEP = 100  # messages in one commit
_DAY = 24 * 3600
_log = logger("retention")


class Retention:
    """The service: a round over all rooms at the start, and again and again."""

    def __init__(
        self,
        store: Store,
        discard: Callable[[str], Awaitable[None]],
        clock: Clock,
        settings: Settings,
    ) -> None:
        """`discard` takes a body away that no row names."""
        self._store = store
        self._content = store.content
        self._discard = discard
        self._clock = clock
        self._otherwise = settings.retention_days
        self._publish: Publish = lambda events: None
        self._rounds = Rounds(ROUND_SECONDS, _log, "old messages stay for now")

    def start(self, publish: Publish) -> None:
        self._publish = publish
        self._rounds.start(self.round)

    async def close(self) -> None:
        await self._rounds.close()

    async def round(self) -> int:
        """Every room once; answers how many messages went."""
        there = await self._content.read(rooms.every)
        return sum([await self._room(room) for room in there])

    # Inside

    async def _room(self, room: RoomRow) -> int:
        days = self._otherwise if room.retention_days is None else room.retention_days
        if not days:
            return 0
        limit = self._limit(days)
        if not await self._content.read(lambda db: retention.is_due(db, room.id, limit)):
            return 0
        count, trimmed = 0, 0
        while gone := await self._step(room.id, limit):
            count += gone.trimmed + len(gone.emptied)
            trimmed += gone.trimmed
            for body in gone.bodies:
                await self._discard(body)
            await asyncio.sleep(PAUSE_SECONDS)
        if trimmed:
            self._publish(await self._content.write(lambda db: resync(db, room.id)))
        _log.info("room %s: %d messages older than %d days are gone", room.id, count, days)
        return count

    async def _step(self, room: str, limit: Limit) -> Gone | None:
        at = self._clock.now()

        def write(db: Connection) -> Gone:
            return retention.step(db, room, limit, STEP, at)

        gone = await self._content.write(write)
        told: list[Event] = [
            Happened(MessageDeleted(ev=ev, room=room, seq=seq, deleted=at), in_room(room))
            for ev, seq in gone.emptied
        ]
        self._publish(told + [changed(ev, file, gone=True) for ev, file in gone.files])
        return gone if gone.trimmed or gone.emptied else None

    def _limit(self, days: int) -> Limit:
        began = sessions.record(self._store.layout, self._store.epoch)
        return Limit(
            before=self._clock.now() - days * _DAY * 1000,
            began=began.ev if began else 0,
            ran=self._clock.monotonic() >= days * _DAY,
        )
