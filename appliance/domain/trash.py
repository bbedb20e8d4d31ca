"""Deleted files for as long as a deletion can be undone. In memory: a stop of the program empties it.

What a killed one left without a row goes at the next start (`Store.tidy`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.domain.actor import Actor
from appliance.store.blobs import Blobs
from appliance.store.files import FileRow

_log = logger("files")


@dataclass(frozen=True, slots=True)
class _Kept:
    row: FileRow
    by: str
    timer: asyncio.TimerHandle


class Trash:
    """Holds the bodies too. Who deleted a file may have it back, nobody else knows of it."""

    def __init__(self, blobs: Blobs, discard: Callable[[str], Awaitable[None]], seconds: int) -> None:
        self._blobs = blobs
        self._discard = discard
        self._seconds = seconds
        self._kept: dict[str, _Kept] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._kept)

    def put(self, row: FileRow, by: str) -> None:
        for body in row.bodies:
            self._blobs.pin(body)
        timer = asyncio.get_running_loop().call_later(self._seconds, self._over, row.id)
        self._kept[row.id] = _Kept(row, by, timer)

    def take(self, actor: Actor, file_id: str) -> FileRow:
        """The row, whose bodies are held until `let_go` or `settled`."""
        kept = self._kept.get(file_id)
        if kept is None or kept.by != actor.id:
            raise Refusal(Code.NOT_FOUND)
        kept.timer.cancel()
        del self._kept[file_id]
        return kept.row

    def settled(self, row: FileRow) -> None:
        """It has its row again."""
        for body in row.bodies:
            self._blobs.unpin(body)

    async def let_go(self, row: FileRow) -> None:
        """The bodies go, unless a row names them."""
        self.settled(row)
        for body in row.bodies:
            await self._discard(body)

    async def empty(self) -> bool:
        """At once: the space is needed. Whether anything was in it."""
        kept, self._kept = list(self._kept.values()), {}
        for one in kept:
            one.timer.cancel()
            await self.let_go(one.row)
        if self._tasks:
            await asyncio.wait(self._tasks)
        return bool(kept)

    def _over(self, file_id: str) -> None:
        task = asyncio.get_running_loop().create_task(self._end(self._kept.pop(file_id).row))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end(self, row: FileRow) -> None:
        try:
            await self.let_go(row)
        except (OSError, Refusal) as error:
            _log.error("a deleted body could not be removed: %s", error)
