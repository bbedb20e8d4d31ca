"""What deleted messages leave behind: files that came with them, and their words in the index of the search.

Told by whoever ends a message or a room, inside that write: rows go at once, bytes and words a little later.
What was brought and never sent is found by how long the machine has run since: clocks are put right, and
what an earlier session or an archive gives back is old by the clock and waits for its message still.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable

from appliance.base.clock import Clock
from appliance.base.log import logger
from appliance.base.tasks import Rounds
from appliance.store import events, files, search
from appliance.store.database import Connection, Database

SWEEP_SECONDS = 60.0
_HOUR = 3600
_log = logger("files")


class Leftovers:
    """`start` when bodies can be dropped, `close` before the store."""

    def __init__(self, content: Database, clock: Clock, unsent_hours: int) -> None:
        self._content = content
        self._clock = clock
        self._unsent_seconds = unsent_hours * _HOUR
        self._marks: deque[tuple[float, int]] = deque()  # how far the counter was, and when
        self._bodies: deque[str] = deque()  # filled on the thread that writes
        self._words = False
        self._rounds = Rounds(SWEEP_SECONDS, _log, "files without a message could not be dropped")

    def start(self, discard: Callable[[str], Awaitable[None]]) -> None:
        """`discard` drops a body, unless a row names it."""
        self._rounds.start(lambda: self.sweep(discard))

    async def close(self) -> None:
        await self._rounds.close()

    def drop(self, db: Connection, file_ids: Iterable[str]) -> None:
        """These, where they came for a room and no message has them; and words were erased."""
        self._words = True
        self._bodies += files.drop_unneeded(db, file_ids)

    async def sweep(self, discard: Callable[[str], Awaitable[None]]) -> None:
        last = await self._oldest_mark()
        if last is not None:
            unsent = await self._content.write(lambda db: files.drop_unneeded(db, files.unsent(db, last)))
            self._bodies += unsent
        while self._bodies:
            await discard(self._bodies.popleft())
        await self._forget_words()

    async def _oldest_mark(self) -> int | None:
        """How far the counter of events was so many hours ago; None while nobody can tell."""
        now, ev = self._clock.monotonic(), await self._content.read(events.last_ev)
        if not self._marks or self._marks[-1][1] != ev:
            self._marks.append((now, ev))
        while len(self._marks) > 1 and self._marks[1][0] <= now - self._unsent_seconds:
            self._marks.popleft()
        at, last = self._marks[0]
        return last if at <= now - self._unsent_seconds else None

    async def _forget_words(self) -> None:
        """In steps, for those who write meanwhile."""
        first, done = self._words, not self._words
        self._words = False
        while not done:
            begins, first = first, False
            done = await self._content.write(lambda db, begins=begins: search.forget(db, begins))  # type: ignore[misc]
