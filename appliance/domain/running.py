"""How long the box has run since each earlier session ended. No wall clock: a Pi's may be anywhere.

Written down now and then and at the stop: a crash forgets some minutes, which keeps a session the longer.
"""

import json
from collections.abc import Iterable

from appliance.base.clock import Clock
from appliance.store import meta
from appliance.store.database import Connection, Database

WRITTEN_EVERY = 600.0  # seconds: a card wears out by writing
_KEY = "previous"  # in box.db's meta: seconds by epoch


class RunningTime:
    """Seconds by epoch."""

    def __init__(self, box: Database, clock: Clock) -> None:
        self._box = box
        self._clock = clock
        self._seconds: dict[str, float] = {}
        self._seen = self._written = clock.monotonic()

    async def start(self) -> None:
        found = await self._box.read(lambda db: meta.get(db, _KEY))
        self._seconds = {str(epoch): float(seconds) for epoch, seconds in json.loads(found or "{}").items()}
        self._seen = self._written = self._clock.monotonic()

    async def pass_on(self, epochs: Iterable[str], *, stopping: bool = False) -> None:
        """Adds what has gone by to those that are there, and forgets those that are not."""
        now = self._clock.monotonic()
        before = self._seconds
        self._seconds = {epoch: before.get(epoch, 0.0) + now - self._seen for epoch in epochs}
        self._seen = now
        due = stopping or now - self._written >= WRITTEN_EVERY or before.keys() != self._seconds.keys()
        if due and (before or self._seconds):
            self._written = now
            text = json.dumps({epoch: round(seconds) for epoch, seconds in self._seconds.items()})
            await self._box.write(lambda db: _put(db, text))

    def of(self, epoch: str) -> float:
        """Seconds."""
        return self._seconds.get(epoch, 0.0)


def _put(db: Connection, text: str) -> None:
    meta.put(db, _KEY, text)
