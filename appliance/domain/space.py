"""How much room is left on the disk, and telling administrators once when it runs short. Frees nothing."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Literal

from appliance.base import tasks
from appliance.base.log import logger
from appliance.base.settings import MIB, Settings
from appliance.domain.events import Audience, Event, Happened
from appliance.domain.notices import Notice

Level = Literal["ok", "low", "full"]
SECONDS = 10.0  # between two looks; every upload that begins is one too
_FULL = MIB  # with less than this above the floor hardly anything can come
_RELIEF = 1.25  # so much more than the mark, or it is told again and again
Publish = Callable[[Sequence[Event]], None]
_log = logger("files")


class Space:
    """The service. `start` before the port opens."""

    def __init__(self, measure: Callable[[], tuple[int, int]], settings: Settings) -> None:
        """`measure` answers free and all bytes."""
        self.level: Level = "ok"
        self._measure = measure
        self._floor = settings.free_floor_bytes
        self._low = settings.disk_low_bytes
        self._publish: Publish = lambda events: None
        self._watch: asyncio.Task[None] | None = None

    async def start(self, publish: Publish) -> None:
        self._publish = publish
        self._watch = asyncio.create_task(self._watch_always())

    async def close(self) -> None:
        await tasks.end(self._watch)

    def free(self) -> int:
        """Bytes, floor included. On the loop: what is crossed on the way is told."""
        free = self._measure()[0]
        self._judge(free)
        return free

    async def _watch_always(self) -> None:
        while True:
            with suppress(OSError):
                self._judge((await asyncio.to_thread(self._measure))[0])
            await asyncio.sleep(SECONDS)

    def _judge(self, free: int) -> None:
        room = max(0, free - self._floor)
        level: Level = "ok"
        if room < self._mark(_FULL, self.level == "full"):
            level = "full"
        elif room < self._mark(self._low, self.level != "ok"):
            level = "low"
        if level == self.level:
            return
        self.level = level
        _log.info("room on the disk: %s (%d MB for files)", level, room // MIB)
        notice = Notice(code=f"disk_{level}", params={"room": room})
        self._publish([Happened(notice, Audience(administrators=True))])

    @staticmethod
    def _mark(size: int, below: bool) -> int:
        return int(size * _RELIEF) if below else size
