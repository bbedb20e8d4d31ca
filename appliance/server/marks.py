"""The marks "read up to here" of one connection, merged: a page that follows a lively room sends many.

The first goes on at once, those of the next moment together, and the last one always. Decides nothing.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

SECONDS = 0.25
ROOMS = 64  # beyond this, marks are written without waiting for more of them


class Marks:
    """`write(room, read, delivered)` is awaited for a room at most once in a while; `spawn` runs it aside."""

    def __init__(
        self,
        write: Callable[[str, int, int], Coroutine[Any, Any, None]],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._write = write
        self._spawn = spawn
        self._waiting: dict[str, tuple[int, int]] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def add(self, room: str, *, read: int = 0, delivered: int = 0) -> None:
        """Returns when it is written, or is sure to be."""
        before = self._waiting.get(room, (0, 0))
        self._waiting[room] = (max(before[0], read), max(before[1], delivered))
        if self._timer is None or len(self._waiting) > ROOMS:
            self._pause()
            await self._write_all()

    def close(self) -> None:
        """The connection is gone; what it still said is written."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            self._spawn(self._write_all())

    def _pause(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(SECONDS, self._over)

    def _over(self) -> None:
        self._timer = None
        if self._waiting:
            self._pause()
            self._spawn(self._write_all())

    async def _write_all(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for room, (read, delivered) in waiting.items():
            await self._write(room, read, delivered)
