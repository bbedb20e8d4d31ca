"""One event, encoded once, written to many: RFC 6455 frames, queues with a bound, one write per loop turn.

Tornado keeps the upgrade, the reading, the pings and the closes. Only data frames leave here, past its
`write_message`, which encodes and buffers anew for every client. Knows no room, no person and no event.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tornado.iostream import IOStream, SSLIOStream, StreamClosedError
from tornado.websocket import WebSocketHandler

CHUNK = 64 * 1024  # what a slow listener is handed at a time; what waits behind it is shared with others


class Finished(NamedTuple):
    """A frame as it goes out, header and all. A volatile one may be dropped for a slow listener."""

    data: bytes
    volatile: bool = False


class Bound(NamedTuple):
    """What may wait for one listener."""

    frames: int
    size: int


def finished(payload: bytes, volatile: bool = False) -> Finished:
    """A text frame of a server: FIN, not masked, with the shortest length that fits (section 5.2)."""
    size = len(payload)
    if size < 126:
        head = bytes((0x81, size))
    elif size < 0x10000:
        head = b"\x81\x7e" + size.to_bytes(2, "big")
    else:
        head = b"\x81\x7f" + size.to_bytes(8, "big")
    return Finished(head + payload, volatile)


def payload_of(frame: Finished) -> bytes:
    """What is in a frame of ours."""
    return frame.data[{126: 4, 127: 10}.get(frame.data[1], 2) :]


def stream_of(handler: WebSocketHandler) -> IOStream:
    """The one thing of Tornado's that is not in its documentation; a test fails when it moves."""
    connection = handler.ws_connection
    assert connection is not None and connection.stream is not None
    return connection.stream


class Listener:
    """One connection, seen from the side of what goes out."""

    __slots__ = ("_bound", "_direct", "_eased", "_full", "_held", "_own", "_size", "_stream", "_waiting")

    def __init__(self, stream: IOStream, bound: Bound, full: Callable[[], None]) -> None:
        """`full` is called when what waits is beyond the bound; nothing is written after that."""
        self._stream = stream
        # An encrypted stream has a buffer of its own that must not be passed by.
        self._direct = None if isinstance(stream, SSLIOStream) else stream.socket
        self._bound = bound
        self._full: Callable[[], None] | None = full
        self._own: list[Finished] = []
        self._held: deque[Finished] = deque()
        self._size = 0
        self._waiting = False
        self._eased: asyncio.Future[None] | None = None

    @property
    def waiting(self) -> int:
        """Frames that could not be written yet."""
        return len(self._held)

    @property
    def busy(self) -> bool:
        """So much waits that the client's own frames should wait too."""
        return len(self._held) > 32 or self._size > self._bound.size // 2

    async def eased(self) -> None:
        """Returns when the queue is no longer busy, or the connection is gone."""
        while self.busy and self._full:
            self._eased = self._eased or asyncio.get_running_loop().create_future()
            await asyncio.shield(self._eased)

    def add(self, frame: Finished) -> bool:
        """A frame for this listener alone: goes out with the next write. Whether it is the first such."""
        self._own.append(frame)
        return len(self._own) == 1

    def write(self, joined: bytes, frames: Sequence[Finished]) -> None:
        """`frames`, and the same joined: what this turn brought for everybody of an audience."""
        if self._own:
            frames = [*self._own, *frames]
            joined = b"".join(frame.data for frame in frames)
            self._own.clear()
        if self._waiting or self._stream.writing():
            self._hold(frames)
        else:
            self._put(joined)

    def write_own(self) -> None:
        """What is left of the frames for this listener alone."""
        if self._own:
            self.write(b"", ())

    def shut(self) -> None:
        """Nothing more goes out: the connection is closed, or is about to be."""
        self._full = None
        self._own.clear()
        self._drop()

    def _put(self, data: bytes) -> None:
        if self._full is None:
            return
        rest: bytes | memoryview = data
        if self._direct is not None:
            try:
                sent = self._direct.send(data)
            except BlockingIOError:
                sent = 0
            except OSError:
                return  # the reading side learns of it and says goodbye
            if sent == len(data):
                return
            rest = memoryview(data)[sent:]
        self._pass_on(rest)

    def _pass_on(self, rest: bytes | memoryview) -> None:
        """What the socket does not take now, Tornado writes when it does."""
        try:
            future = self._stream.write(rest)
        except StreamClosedError:
            return
        if not future.done():
            self._waiting = True
            future.add_done_callback(self._drained)

    def _hold(self, frames: Sequence[Finished]) -> None:
        if self._full is None:
            return
        for frame in frames:
            if frame.volatile and self._above(0.5):
                continue
            self._held.append(frame)
            self._size += len(frame.data)
        if self._above(1):
            full, self._full = self._full, None
            self._drop()
            full()
        elif not self._waiting:
            self._pass_on(b"")  # Tornado is writing a ping: be told when that is out
            self._put_held()

    def _above(self, part: float) -> bool:
        return len(self._held) > self._bound.frames * part or self._size > self._bound.size * part

    def _drained(self, written: "asyncio.Future[None]") -> None:
        self._waiting = False
        if written.cancelled() or written.exception() is not None:
            self.shut()
            return
        self._put_held()
        if not self.busy:
            self._wake()

    def _put_held(self) -> None:
        while self._held and not self._waiting:
            self._put(self._next_chunk())

    def _next_chunk(self) -> bytes:
        parts: list[bytes] = []
        size = 0
        while self._held and size < CHUNK:
            data = self._held.popleft().data
            parts.append(data)
            size += len(data)
        self._size -= size
        return b"".join(parts)

    def _drop(self) -> None:
        self._held.clear()
        self._size = 0
        self._wake()

    def _wake(self) -> None:
        if self._eased is not None and not self._eased.done():
            self._eased.set_result(None)
        self._eased = None


@dataclass(slots=True, eq=False)
class Channel:
    """An audience: whoever is in it when the turn of the loop ends hears what was queued for it."""

    listeners: dict[Listener, None]


class Fanout:
    """Gathers what is said in one turn of the loop, and writes it to each listener in one piece."""

    def __init__(self) -> None:
        self._log: list[tuple[Channel, Finished]] = []
        self._replying: list[Listener] = []
        self._scheduled = False

    def tell(self, channel: Channel, frame: Finished) -> None:
        if channel.listeners:
            self._log.append((channel, frame))
            self._schedule()

    def reply(self, listener: Listener, frame: Finished) -> None:
        """For one listener alone. It goes before what the same turn brings for everybody."""
        if listener.add(frame):
            self._replying.append(listener)
            self._schedule()

    def flush(self) -> None:
        """Writes now. To be called before an audience changes: what was said is for those who were in it."""
        log, self._log = self._log, []
        replying, self._replying = self._replying, []
        if log:
            _spread(log)
        for listener in replying:
            listener.write_own()

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        self._scheduled = False
        self.flush()


def _spread(log: list[tuple[Channel, Finished]]) -> None:
    """Listeners that are in the same channels share the joined bytes."""
    first = log[0][0]
    if all(channel is first for channel, _ in log):
        frames = [frame for _, frame in log]
        joined = _joined(frames)
        for listener in list(first.listeners):
            listener.write(joined, frames)
        return
    bits: dict[Channel, int] = {}
    masks: dict[Listener, int] = {}
    for channel, _ in log:
        if channel not in bits:
            bit = bits[channel] = 1 << len(bits)
            for listener in channel.listeners:
                masks[listener] = masks.get(listener, 0) | bit
    made: dict[int, tuple[bytes, list[Finished]]] = {}
    for listener, mask in masks.items():
        if mask not in made:
            frames = [frame for channel, frame in log if bits[channel] & mask]
            made[mask] = (_joined(frames), frames)
        listener.write(*made[mask])


def _joined(frames: list[Finished]) -> bytes:
    return frames[0].data if len(frames) == 1 else b"".join([frame.data for frame in frames])
