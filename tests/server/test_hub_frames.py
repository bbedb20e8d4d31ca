"""What goes out: frames as RFC 6455 has them, one write per turn, a bound for who does not read."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tornado.iostream import IOStream, SSLIOStream
from tornado.websocket import WebSocketHandler
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode
from websockets.streams import StreamReader

from appliance.server import fanout
from appliance.server.fanout import Bound, Channel, Fanout, Listener, finished, payload_of
from tests.people import People

BOUND = Bound(256, 1 << 20)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 200_000])
def test_a_finished_frame_is_what_another_implementation_reads(size: int) -> None:
    payload = b"x" * size
    frame = finished(payload)
    assert _parsed(frame.data) == [payload]
    assert payload_of(frame) == payload
    expected = WireFrame(Opcode.TEXT, payload).serialize(mask=False)
    assert frame.data == expected


async def test_the_one_private_thing_of_tornado_is_where_we_look(people: People) -> None:
    """`WebSocketHandler.ws_connection.stream`, an IOStream with a plain socket and `writing()`."""
    seen: list[Any] = []
    original = fanout.stream_of

    def spy(handler: WebSocketHandler) -> IOStream:
        stream = original(handler)
        seen.append(stream)
        return stream

    from appliance.server import socket as module

    module.stream_of = spy
    try:
        await people.ana.connect()
    finally:
        module.stream_of = original
    stream = seen[0]
    assert isinstance(stream, IOStream) and not isinstance(stream, SSLIOStream)
    assert isinstance(stream.socket, socket.socket)
    assert stream.socket.getblocking() is False
    assert stream.writing() is False
    assert Listener(stream, BOUND, lambda: None)._direct is stream.socket
    assert stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


class Line:
    """A listener of ours at one end of a socket pair, and whoever may read at the other."""

    def __init__(self, bound: Bound = BOUND, buffer: int = 0) -> None:
        ours, self.theirs = socket.socketpair()
        if buffer:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
            self.theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.theirs.setblocking(False)
        self.stream = IOStream(ours)
        self.full = 0
        self.listener = Listener(self.stream, bound, self._on_full)

    def _on_full(self) -> None:
        self.full += 1

    async def read(self, least: int) -> bytes:
        loop = asyncio.get_running_loop()
        got = b""
        async with asyncio.timeout(10):
            while len(got) < least:
                got += await loop.sock_recv(self.theirs, 1 << 16)
        return got

    def close(self) -> None:
        self.listener.shut()
        self.stream.close()
        self.theirs.close()


@asynccontextmanager
async def lines(count: int, bound: Bound = BOUND, buffer: int = 0) -> AsyncIterator[list[Line]]:
    made = [Line(bound, buffer) for _ in range(count)]
    try:
        yield made
    finally:
        for line in made:
            line.close()
        await asyncio.sleep(0)


def _parsed(data: bytes) -> list[bytes]:
    """Our bytes, read by the frame reader of `websockets`."""
    reader = StreamReader()
    reader.feed_data(data)
    found = []
    while reader.buffer:
        parser = WireFrame.parse(reader.read_exact, mask=False, max_size=1 << 24)
        try:
            while True:
                next(parser)
        except StopIteration as done:
            found.append(bytes(done.value.data))
    return found


def _channel(*several: Line) -> Channel:
    return Channel({line.listener: None for line in several})


async def test_what_one_turn_brings_goes_out_in_one_write() -> None:
    async with lines(2) as (one, two):
        out = Fanout()
        room = _channel(one, two)
        sends: list[bytes] = []
        _count_sends(one, sends)
        for number in range(5):
            out.tell(room, finished(b"%d" % number))
        assert sends == []
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert len(sends) == 1
        assert _parsed(await two.read(15)) == [b"0", b"1", b"2", b"3", b"4"]


async def test_equal_audiences_share_the_same_bytes_and_others_keep_their_order() -> None:
    async with lines(4) as (ana, beto, carla, dora):
        out = Fanout()
        red, blue = _channel(ana, beto, carla), _channel(ana, beto, dora)
        sent: list[list[bytes]] = []
        for line in (ana, beto, carla, dora):
            sent.append([])
            _count_sends(line, sent[-1])
        for number in range(6):
            out.tell(red if number % 2 else blue, finished(b"%d" % number))
        out.flush()
        assert [_parsed(b"".join(one)) for one in sent] == [
            [b"0", b"1", b"2", b"3", b"4", b"5"],
            [b"0", b"1", b"2", b"3", b"4", b"5"],
            [b"1", b"3", b"5"],
            [b"0", b"2", b"4"],
        ]
        assert sent[0][0] is sent[1][0]


async def test_an_answer_goes_before_what_the_same_turn_tells_everybody() -> None:
    async with lines(2) as (ana, beto):
        out = Fanout()
        sends: list[bytes] = []
        _count_sends(ana, sends)
        out.reply(ana.listener, finished(b"ack"))
        out.tell(_channel(ana, beto), finished(b"message"))
        out.reply(ana.listener, finished(b"second ack"))
        out.flush()
        assert len(sends) == 1
        assert _parsed(sends[0]) == [b"ack", b"second ack", b"message"]


async def test_what_was_said_before_an_audience_changed_is_for_those_before() -> None:
    async with lines(2) as (ana, beto):
        out = Fanout()
        room = _channel(ana)
        out.tell(room, finished(b"early"))
        out.flush()
        room.listeners[beto.listener] = None
        out.tell(room, finished(b"late"))
        out.flush()
        assert _parsed(await ana.read(13)) == [b"early", b"late"]
        assert _parsed(await beto.read(6)) == [b"late"]


async def test_a_slow_reader_gets_everything_in_order_when_it_reads_again() -> None:
    async with lines(1, Bound(5000, 1 << 24), buffer=4096) as (slow,):
        out = Fanout()
        room = _channel(slow)
        bodies = [b"%04d" % number * 100 for number in range(600)]
        for body in bodies:
            out.tell(room, finished(body))
            out.flush()
        assert slow.listener.waiting > 100
        assert slow.listener.busy
        eased = asyncio.create_task(slow.listener.eased())
        data = await slow.read(sum(len(finished(body).data) for body in bodies))
        assert _parsed(data) == bodies
        await eased
        assert slow.listener.waiting == 0


async def test_ping_of_tornado_in_between_breaks_no_frame() -> None:
    async with lines(1, Bound(5000, 1 << 24), buffer=4096) as (slow,):
        out = Fanout()
        room = _channel(slow)
        ping = bytes((0x89, 0))
        whole = b""
        for number in range(100):
            out.tell(room, finished(b"%04d" % number * 100))
            out.flush()
            if number % 10 == 0:
                slow.stream.write(ping)
            whole += finished(b"%04d" % number * 100).data
        data = await slow.read(len(whole) + 10 * len(ping))
        assert [body for body in _parsed(data) if body] == [b"%04d" % n * 100 for n in range(100)]


async def test_a_write_of_tornado_that_is_stuck_holds_ours_until_it_is_out() -> None:
    async with lines(1, buffer=4096) as (slow,):
        future = slow.stream.write(b"p" * 500_000)
        out = Fanout()
        out.tell(_channel(slow), finished(b"after"))
        out.flush()
        assert slow.listener.waiting == 1
        data = await slow.read(500_000 + 7)
        assert data.endswith(finished(b"after").data)
        await future


async def test_above_half_volatile_frames_are_dropped_and_full_is_the_end() -> None:
    async with lines(1, Bound(16, 1 << 20), buffer=4096) as (stuck,):
        out = Fanout()
        room = _channel(stuck)
        out.tell(room, finished(b"x" * 400_000))
        out.flush()
        for _ in range(8):
            out.tell(room, finished(b"typing", volatile=True))
            out.flush()
        assert stuck.listener.waiting == 8
        out.tell(room, finished(b"message"))
        out.flush()
        out.tell(room, finished(b"typing", volatile=True))
        out.flush()
        assert stuck.listener.waiting == 9, "a volatile frame above half was kept"
        for _ in range(7):
            out.tell(room, finished(b"message"))
            out.flush()
        assert (stuck.listener.waiting, stuck.full) == (16, 0)
        out.tell(room, finished(b"one too many"))
        out.flush()
        assert (stuck.listener.waiting, stuck.full) == (0, 1)
        out.tell(room, finished(b"nobody hears this"))
        out.flush()
        assert (stuck.listener.waiting, stuck.full) == (0, 1)


async def test_bytes_are_bounded_too() -> None:
    async with lines(1, Bound(256, 100_000), buffer=4096) as (stuck,):
        out = Fanout()
        room = _channel(stuck)
        out.tell(room, finished(b"x" * 400_000))
        out.flush()
        for _ in range(9):
            out.tell(room, finished(b"y" * 10_000))
            out.flush()
        assert (stuck.listener.waiting, stuck.full) == (9, 0)
        out.tell(room, finished(b"y" * 10_000))
        out.flush()
        assert stuck.full == 1


async def test_stuck_readers_hold_references_and_no_copies() -> None:
    """A hundred of them wait for the very same bytes objects."""
    async with lines(100, buffer=4096) as stuck:
        out = Fanout()
        room = _channel(*stuck)
        out.tell(room, finished(b"x" * 400_000))
        out.flush()
        for number in range(200):
            out.tell(room, finished(b"%d" % number * 500))
        out.flush()
        held = [list(line.listener._held) for line in stuck]
        assert all(len(one) == 200 for one in held)
        assert len({id(frame.data) for one in held for frame in one}) == 200


async def test_a_reader_that_is_gone_is_no_error() -> None:
    async with lines(2) as (gone, there):
        gone.theirs.close()
        out = Fanout()
        room = _channel(gone, there)
        for number in range(10):
            out.tell(room, finished(b"%d" % number))
            out.flush()
        gone.stream.close()
        out.tell(room, finished(b"more"))
        out.flush()
        assert len(_parsed(await there.read(36))) == 11


def _count_sends(line: Line, sends: list[bytes]) -> None:
    real = line.listener._direct
    assert real is not None

    class Counting:
        def send(self, data: bytes) -> int:
            sends.append(data)
            return real.send(data)

    line.listener._direct = Counting()  # type: ignore[assignment]
