"""Time, asked for in one place so that a test can hold it still. Must not sleep."""

import time
from typing import Protocol


class Clock(Protocol):
    """Wall time is for display only; whatever measures a duration uses `monotonic`."""

    def now(self) -> int:
        """Milliseconds since 1970. A Pi without a battery may be wrong by months."""
        ...

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; never falls."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()
