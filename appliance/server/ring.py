"""The last state events of the box, for connections that come back. One ring, not a queue for each."""

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass

from appliance.domain.events import Audience
from appliance.server.fanout import Finished


@dataclass(frozen=True, slots=True)
class Kept:
    """An event that may be told again, and to whom."""

    ev: int
    audience: Audience
    frame: Finished


class Ring:
    """Bounded in number and in bytes. A cursor older than what it still has is answered with None."""

    def __init__(self, ev: int, most: int, size: int) -> None:
        """`ev`: the newest number when the program started; what was before is not here."""
        self._kept: deque[Kept] = deque()
        self._most = most
        self._size_most = size
        self._size = 0
        self._floor = ev
        self._last = ev

    @property
    def last(self) -> int:
        """The newest number that was told."""
        return self._last

    def add(self, kept: Kept) -> bool:
        """Whether the event came in its order.

        One that comes late may be missed by who left in between, and nobody could tell: so all cursors up
        to now are too old. That costs a resync; it does not lose anything.
        """
        if kept.ev <= self._last:
            self._kept.clear()
            self._size = 0
            self._floor = self._last + 1
            return False
        self._last = kept.ev
        self._kept.append(kept)
        self._size += len(kept.frame.data)
        while len(self._kept) > self._most or self._size > self._size_most:
            gone = self._kept.popleft()
            self._size -= len(gone.frame.data)
            self._floor = gone.ev
        return True

    def since(self, cursor: int, newest: int) -> list[Kept] | None:
        """What happened after `cursor`, or None when that is not known.

        `newest`: the last number in the store; not every number is told.
        """
        if not self._floor <= cursor <= max(self._last, newest):
            return None
        kept = list(self._kept)
        return kept[bisect_right(kept, cursor, key=lambda one: one.ev) :]
