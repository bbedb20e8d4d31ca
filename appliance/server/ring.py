"""The last state events of the box, for connections that come back. One ring, not a queue for each."""

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from itertools import islice

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
        self._doubtful: list[tuple[int, int]] = []

    @property
    def last(self) -> int:
        """The newest number that was told."""
        return self._last

    def add(self, kept: Kept) -> bool:
        """Whether the event came in its order.

        One that comes late takes its place, but who left in between has not heard it and cannot tell: the
        cursors from its number up to now are answered with None. That costs a resync; nothing is lost.
        """
        late = kept.ev <= self._last
        if late:
            self._doubtful.append((kept.ev, self._last))
        if kept.ev > self._floor:
            at = bisect_right(self._kept, kept.ev, key=_ev) if late else len(self._kept)
            self._kept.insert(at, kept)
            self._size += len(kept.frame.data)
        self._last = max(self._last, kept.ev)
        while len(self._kept) > self._most or self._size > self._size_most:
            self._drop_oldest()
        return not late

    def _drop_oldest(self) -> None:
        gone = self._kept.popleft()
        self._size -= len(gone.frame.data)
        self._floor = gone.ev
        self._doubtful = [(first, last) for first, last in self._doubtful if last >= self._floor]

    def since(self, cursor: int, newest: int) -> list[Kept] | None:
        """What happened after `cursor`, or None when that is not known.

        `newest`: the last number in the store; not every number is told.
        """
        if not self._floor <= cursor <= max(self._last, newest):
            return None
        if any(first <= cursor <= last for first, last in self._doubtful):
            return None
        return list(islice(self._kept, bisect_right(self._kept, cursor, key=_ev), None))


def _ev(kept: Kept) -> int:
    return kept.ev
