"""The way of bytes from a connection to a body: gathered, written and hashed off the loop, counted, reserved.

Every door (PUT, forms, tus) leads through here. Must not decide who may upload what.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from enum import Enum, auto
from typing import TypeVar

from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.domain.actor import Actor
from appliance.domain.file_list import searchable
from appliance.domain.file_types import type_of
from appliance.domain.permits import HERE, Destination
from appliance.store.files import FileRow
from appliance.store.writer import Body, Writer

BUFFER = 1024 * 1024
IN_FLIGHT = 2
T = TypeVar("T")
_log = logger("uploads")


class Pump:
    """Feeds one sink in order from a thread pool. Whoever puts waits while two buffers are under way.

    After each buffer the next one queues up again in the pool, so that a fast upload does not starve a
    slow one. Buffers are used again: memory that is asked for a thousand times a second costs as much as
    hashing. A sink keeps nothing of what it is shown.
    """

    def __init__(self, pool: Executor, sink: Callable[[memoryview], object]) -> None:
        self.sunk = 0
        self.failure: Refusal | None = None
        self._pool = pool
        self._sink = sink
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._buffers: deque[tuple[bytearray, int]] = deque()
        self._running = False
        self._gathered = bytearray()
        self._spare = bytearray()
        self._size = 0
        self._under_way = 0
        self._moved = asyncio.Event()

    async def put(self, chunk: bytes) -> None:
        """Takes a piece; raises what the sink raised for an earlier one."""
        end = self._size + len(chunk)
        self._gathered[self._size : end] = chunk  # over what it held, and longer if need be
        self._size = end
        if self._size >= BUFFER:
            await self._room_for(IN_FLIGHT)
            if self._size:  # `stop` may have come meanwhile
                self._hand_over()
        if self.failure is not None:
            raise self.failure

    async def flush(self) -> None:
        """Returns when everything is with the sink."""
        if self._size:
            self._hand_over()
        await self._room_for(1)
        self._spare = bytearray()  # it may be long until more comes
        if self.failure is not None:
            raise self.failure

    async def last(self) -> memoryview:
        """No more comes. All there is, if that fitted into one buffer and nothing of it is with the sink:
        for whoever sinks it together with what follows. Else nothing is left to be sunk.
        """
        if self.sunk or self._under_way or self.failure is not None:
            await self.flush()
        gathered, size = self._gathered, self._size
        self._gathered, self._size = bytearray(), 0
        return memoryview(gathered)[:size]

    async def stop(self) -> None:
        """Forgets what has not begun and waits for what has."""
        self._gathered, self._size = bytearray(), 0
        with self._lock:
            forgotten = len(self._buffers)
            self._buffers.clear()
        self._under_way -= forgotten
        await self._room_for(1)

    async def _room_for(self, most: int) -> None:
        while self._under_way >= most:
            self._moved.clear()
            await self._moved.wait()

    def _hand_over(self) -> None:
        full = self._gathered, self._size
        self._gathered, self._spare, self._size = self._spare, bytearray(), 0
        self._under_way += 1
        with self._lock:
            self._buffers.append(full)
            if self._running:
                return
            self._running = True
        self._pool.submit(self._step)

    def _step(self) -> None:
        """In the pool: one buffer, then again if there is more."""
        with self._lock:
            if not self._buffers:
                self._running = False
                return
            buffer, size = self._buffers.popleft()
        with memoryview(buffer) as whole, whole[:size] as data:
            failure = self._sink_one(data)
        with self._lock:
            more = self._running = bool(self._buffers)
        self._loop.call_soon_threadsafe(self._done, buffer, size, failure)
        if more:
            self._pool.submit(self._step)

    def _sink_one(self, data: memoryview) -> Refusal | None:
        if self.failure is not None:  # what comes after a hole is of no use
            return None
        try:
            self._sink(data)
        except Exception as error:
            return refused(error)
        return None

    def _done(self, buffer: bytearray, size: int, failure: Refusal | None) -> None:
        if failure is None:  # what failed may still be looked at by whoever tells of it
            self._spare = buffer
        self._under_way -= 1
        self.failure = self.failure or failure
        self.sunk += size
        self._moved.set()


class Stage(Enum):
    """Where an upload is. It goes down this list and never back."""

    RECEIVING = auto()
    ENDING = auto()
    OVER = auto()


class Upload:
    """One body on its way in. A door writes to it; `Files` begins and ends it."""

    def __init__(
        self,
        id: str,
        name: str,
        owner: Actor,
        *,
        size: int | None,
        limit: int,
        writer: Writer,
        pool: Executor,
        beside: Callable[[memoryview], object] | None = None,
        to: Destination = HERE,
    ) -> None:
        """`beside` is shown what is written, when it is (a checksum of a part of it)."""
        self.id = id
        self.name = name
        self.to = to
        self.owner = owner
        self.size = size
        self.limit = limit
        self.received = writer.size
        self.stage = Stage.RECEIVING
        self.body: Body | None = None  # once it is in its place
        self._writer = writer
        self._pool = pool
        self._beside = beside
        self._pump = Pump(pool, self._sink)

    @property
    def written(self) -> int:
        """Bytes on the disk."""
        return self._pump.sunk

    async def write(self, chunk: bytes) -> None:
        """Takes a piece; returns when there is room for more. Refuses what is too long or does not fit."""
        if self.stage is not Stage.RECEIVING:
            raise Refusal(Code.GONE)
        self.received += len(chunk)
        if self.received > self.limit:
            raise Refusal(Code.TOO_LARGE, name=self.name, maximum=self.limit)
        await self._pump.put(chunk)

    async def flush(self) -> None:
        """Everything that came so far is on the disk."""
        await self._pump.flush()

    async def rest(self) -> None:
        """Ends this part of an upload that goes on another time: all that came and fitted stays."""
        self.stage = Stage.OVER
        try:
            await self._pump.flush()
        finally:
            await self._in_pool(self._writer.pause)

    async def complete(self) -> Callable[[], Body]:
        """No more comes. What is left to be done blocks: the last of it written, the body in its place."""
        if self.stage is not Stage.RECEIVING:
            raise Refusal(Code.GONE)
        self.stage = Stage.ENDING
        last = await self._pump.last()
        if self.size is not None and self.received != self.size:
            raise Refusal(Code.BAD_REQUEST, reason="length", size=self.size, received=self.received)

        def end() -> Body:
            if last:
                self._sink(last)
            self.body = self._writer.finish()
            return self.body

        return end

    def row(self, body: Body, *, ev: int, at: int, sides: tuple[int, int] | None) -> FileRow:
        """The file that it becomes, before anybody said how it stands. `sides` are those of a picture."""
        return FileRow(
            id=self.id,
            ev=ev,
            name=self.name,
            name_key=searchable(self.name),
            size=body.size,
            type=type_of(self.name),
            sha256=body.sha256,
            state="quarantined",
            scan="pending",
            owner=self.owner.id,
            owner_name=self.owner.name,
            created=at,
            width=sides[0] if sides else None,
            height=sides[1] if sides else None,
            folder=self.to.folder,
            room=self.to.room,
        )

    def settle(self) -> None:
        """The row is committed."""
        self.stage = Stage.OVER
        self._writer.settled()

    async def drop(self) -> None:
        """Ends it without a trace."""
        self.stage = Stage.OVER
        await self._pump.stop()
        await self._in_pool(self._writer.abort)

    def _sink(self, data: memoryview) -> None:
        self._writer.write(data)
        if self._beside is not None:
            self._beside(data)

    async def _in_pool(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


def refused(error: BaseException) -> Refusal:
    """What went wrong, as a refusal. Anything but a refusal of ours is told to the console."""
    if isinstance(error, Refusal):
        return error
    _log.error("an upload could not be kept: %s: %s", type(error).__name__, error)
    return Refusal(Code.INTERNAL)
