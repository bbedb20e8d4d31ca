"""The time that people are given before a reset. Writes nothing down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal


class Countdown:
    """At its end `over` is set, and stays so. Begun again, the new time counts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._timer: asyncio.TimerHandle | None = None
        self._ends = 0.0
        self.over = asyncio.Event()

    def begin(self, seconds: float) -> None:
        self.stop()
        self._ends = self._clock.monotonic() + seconds
        self._timer = asyncio.get_running_loop().call_later(seconds, self.over.set)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def left(self) -> int | None:
        """Seconds; None when nothing counts down."""
        return None if self._timer is None else max(0, round(self._ends - self._clock.monotonic()))

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Ends it, unless what happens inside fails: then it goes on where it was.

        Refusal(conflict, not_counting) when there is nothing to end, or no more.
        """
        if self._timer is None or self.over.is_set():
            raise Refusal(Code.CONFLICT, reason="not_counting")
        self.stop()
        try:
            yield
        except BaseException:
            self.begin(max(0.0, self._ends - self._clock.monotonic()))
            raise
