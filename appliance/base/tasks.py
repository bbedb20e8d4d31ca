"""Work that runs beside the rest until it is told to end. Must not know what it does."""

import asyncio
from contextlib import suppress


async def end(task: "asyncio.Task[None] | None") -> None:
    """Cancels it and waits until it is gone; one that never began is none. What it died of is raised."""
    if task is None:
        return
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
