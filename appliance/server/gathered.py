"""People who come and go in a room: a few are told at once, a crowd once a second. Decides nothing."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from appliance.domain.events import Who

SECONDS = 1.0
ALONE = 5  # in one room within that time; from then on until a quiet second they are gathered


@dataclass(slots=True)
class _Room:
    alone: int = 0
    waiting: dict[str, Who] = field(default_factory=dict)


class Gathered:
    """`tell` is given what has gathered, by room; who moved several times is there once."""

    def __init__(self, tell: Callable[[Mapping[str, Sequence[Who]]], None]) -> None:
        self._tell = tell
        self._rooms: dict[str, _Room] = {}
        self._timer: asyncio.TimerHandle | None = None

    def takes(self, room: str, who: Who) -> bool:
        """Whether it will be told together with others; otherwise the caller tells it now."""
        one = self._rooms.setdefault(room, _Room())
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SECONDS, self._over)
        if one.alone < ALONE:
            one.alone += 1
            return False
        one.waiting[who.id] = who
        return True

    def close(self) -> None:
        """What was not told yet is in the next list of who is here."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._rooms.clear()

    def _over(self) -> None:
        """Rooms where nothing gathered are quiet again."""
        self._timer = None
        moved = {room: list(one.waiting.values()) for room, one in self._rooms.items() if one.waiting}
        self._rooms = {room: _Room(alone=ALONE) for room in moved}
        if moved:
            self._timer = asyncio.get_running_loop().call_later(SECONDS, self._over)
            self._tell(moved)
