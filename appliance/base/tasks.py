"""Work that runs beside the rest until it is told to end. Must not know what it does."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from logging import Logger

from appliance.base.errors import Refusal


async def end(task: "asyncio.Task[None] | None") -> None:
    """Cancels it and waits until it is gone; one that never began is none. What it died of is raised."""
    if task is None:
        return
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


class Rounds:
    """The same work at once, and again so many seconds after each end.

    What was refused, or what the disk did not do, is logged as `trouble` and tried again in the next round;
    the same one is not logged again until a round went well.
    """

    def __init__(self, seconds: float, log: Logger, trouble: str) -> None:
        self._seconds = seconds
        self._log = log
        self._trouble = trouble
        self._task: asyncio.Task[None] | None = None

    def start(self, work: Callable[[], Awaitable[object]]) -> None:
        self._task = asyncio.create_task(self._always(work))

    async def close(self) -> None:
        await end(self._task)

    async def _always(self, work: Callable[[], Awaitable[object]]) -> None:
        told = ""
        while True:
            try:
                await work()
                told = ""
            except (Refusal, OSError) as error:
                if str(error) != told:
                    self._log.error("%s: %s", self._trouble, error)
                told = str(error)
            await asyncio.sleep(self._seconds)
