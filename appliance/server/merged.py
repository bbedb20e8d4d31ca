"""Told at most once a second for each room: the first at once, then what came meanwhile. Decides nothing."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

SECONDS = 1.0


class Merged:
    """`tell(room, items)` is run aside by `spawn`; an item that comes twice in between is told once."""

    def __init__(
        self,
        tell: Callable[[str, set[str]], Coroutine[Any, Any, None]],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._tell = tell
        self._spawn = spawn
        self._waiting: dict[str, set[str]] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def add(self, room: str, item: str) -> None:
        self._waiting.setdefault(room, set()).add(item)
        if room not in self._timers:
            self._go(room)

    def close(self) -> None:
        """What was not told yet is in the next snapshot."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._waiting.clear()

    def _go(self, room: str) -> None:
        self._timers[room] = asyncio.get_running_loop().call_later(SECONDS, self._over, room)
        self._spawn(self._tell(room, self._waiting.pop(room)))

    def _over(self, room: str) -> None:
        del self._timers[room]
        if room in self._waiting:
            self._go(room)
