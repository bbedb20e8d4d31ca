"""What strangers can send and how long they may take: sizes, times, connections, broken framing."""

import asyncio
import errno
import socket
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from appliance.base.errors import StartError
from appliance.server import connections
from tests.people import People
from tests.server.raw import Wire, another_server, certificate, exchange, wire

LOGIN = "POST /api/users/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


async def test_a_head_that_drips_in_is_cut_off(box: Any) -> None:
    async with another_server(box, idle_seconds=1) as port, wire(port) as slow:
        await slow.send("GET /health HTTP/1.1\r\nHost: localhost\r\n")
        dripping = asyncio.create_task(drip(slow))
        assert await slow.rest() == b""
        dripping.cancel()
        async with wire(port) as quick:
            assert (await quick.get("/health")).status == 200


async def drip(slow: Wire) -> None:
    while True:
        await slow.send("X-Slow: 1\r\n")
        await asyncio.sleep(0.1)


async def test_a_connection_without_a_request_is_closed(box: Any) -> None:
    async with another_server(box, idle_seconds=1) as port, wire(port) as idle:
        assert (await idle.get("/health")).status == 200
        assert (await idle.get("/health")).status == 200
        assert await idle.rest() == b""


async def test_a_body_that_drips_in_is_cut_off(box: Any) -> None:
    async with another_server(box, body_seconds=1) as port, wire(port) as slow:
        await slow.send(LOGIN + 'Content-Length: 500\r\n\r\n{"username":')
        dripping = asyncio.create_task(drip(slow))
        assert await slow.rest() == b""
        dripping.cancel()


async def test_a_head_that_is_too_large_is_not_read(box: Any) -> None:
    for lines in (f"X: {'x' * 20_000}\r\n", "X: x\r\n" * 4000):
        assert await exchange(box.port, f"GET /health HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n") == b""
    async with wire(box.port) as after:
        assert (await after.get("/health")).status == 200


async def test_a_body_that_is_too_large_is_refused_and_the_refusal_is_seen(box: Any) -> None:
    async with wire(box.port) as one:
        await one.send(LOGIN + "Content-Length: 5000000\r\n\r\n")
        await one.send(b" " * 5_000_000)
        reply = await one.reply()
        assert (reply.status, reply.code) == (413, "too_large")
        assert reply.json["error"]["params"] == {"maximum": box.settings.max_body_bytes}
        assert (await one.get("/health")).status == 200


async def test_so_is_one_that_does_not_say_how_large_it_is(box: Any) -> None:
    async with wire(box.port) as one:
        await one.send(LOGIN + "Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(5):
            await one.send(b"80000\r\n" + b" " * 0x80000 + b"\r\n")
        await one.send(b"0\r\n\r\n")
        reply = await one.reply()
        assert (reply.status, reply.code) == (413, "too_large")
        assert (await one.get("/health")).status == 200


async def test_whoever_asks_first_need_not_send_at_all(box: Any) -> None:
    async with wire(box.port) as one:
        await one.send(LOGIN + "Content-Length: 5000000\r\nExpect: 100-continue\r\n\r\n")
        assert (await one.reply()).status == 413
        assert await one.rest() == b""
    async with wire(box.port) as one:
        await one.send(LOGIN + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert (await one.reply()).status == 100
        await one.send("{}")
        assert (await one.reply()).status == 400


async def test_a_body_that_would_never_end_is_not_waited_for(box: Any) -> None:
    async with another_server(box, drain_bytes=1 << 20) as port:
        async with wire(port) as one:
            await one.send(LOGIN + f"Content-Length: {1 << 40}\r\n\r\n")
            assert (await one.reply()).status == 413
            assert await one.rest() == b""
        async with wire(port) as one:
            await one.send(LOGIN + "Transfer-Encoding: chunked\r\n\r\n")
            for _ in range(5):
                await one.send(b"80000\r\n" + b" " * 0x80000 + b"\r\n")
            assert (await one.reply()).status == 413


async def test_a_refused_body_that_comes_too_slowly_is_answered_all_the_same(box: Any) -> None:
    async with another_server(box, body_seconds=1) as port:
        for path in ("/api/uploads/a.txt", "/api/uploads/tus"):
            method = "PUT" if path.endswith("txt") else "POST"
            async with wire(port) as one:
                await one.send(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n")
                await one.send("slow")
                assert (await one.reply()).status == 401
                assert await one.rest() == b""


async def test_three_hundred_connections_from_one_address(box: Any) -> None:
    async with another_server(box, max_connections_per_address=64) as port, AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(wire(port)) for _ in range(300)]
        replies = [await one.get("/health") for one in wires[:64]]
        assert {reply.status for reply in replies} == {200}
        for one in wires[64:]:
            reply = await one.reply()
            assert (reply.status, reply.code) == (503, "busy")
            assert reply.headers["retry-after"] == "5"
            assert await one.rest() == b""
        for one in wires[:10]:
            await one.close()
        assert await answered_again(port) == 200


async def answered_again(port: int) -> int:
    """The box hears of the closed ones within a turn or two of its loop."""
    for _ in range(200):
        async with wire(port) as late:
            status = (await late.get("/health")).status
        if status == 200:
            return status
        await asyncio.sleep(0.01)
    return 503


async def test_a_proxy_of_ours_stands_for_many_people(box: Any) -> None:
    more = {"max_connections_per_address": 2, "max_connections": 5, "trusted_proxies": ("127.0.0.1",)}
    async with another_server(box, **more) as port, AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(wire(port)) for _ in range(6)]
        statuses = [(await one.get("/health")).status for one in wires[:5]]
        assert statuses == [200] * 5
        assert (await wires[5].reply()).status == 503


async def test_http_1_0_is_answered_and_closed(box: Any) -> None:
    reply = await exchange(box.port, "GET /health HTTP/1.0\r\n\r\n")
    assert reply.startswith(b"HTTP/1.1 200")
    assert reply.endswith(b'{"status":"ok"}')
    reply = await exchange(box.port, "GET /health HTTP/1.0\r\nHost: evil.example\r\n\r\n")
    assert reply.startswith(b"HTTP/1.1 421")


async def test_requests_in_a_row_are_answered_in_order(box: Any) -> None:
    async with wire(box.port) as one:
        paths = ("/health", "/api/client-ip", "/nothing", "/health")
        await one.send("".join(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n" for path in paths))
        assert [(await one.reply()).status for _ in paths] == [200, 200, 404, 200]


HIDDEN = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
AMBIGUOUS = {
    "two lengths": ["Content-Length: 2", "Content-Length: 60"],
    "two lengths in one": ["Content-Length: 2, 60"],
    "length and chunks": ["Content-Length: 6", "Transfer-Encoding: chunked"],
    "chunks and length": ["Transfer-Encoding: chunked", "Content-Length: 6"],
    "an encoding of its own": ["Transfer-Encoding: xchunked"],
    "a list of encodings": ["Transfer-Encoding: gzip, chunked"],
    "chunked twice": ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
    "a tab before": ["Transfer-Encoding:\tchunked", "Content-Length: 6"],
    "a space before the colon": ["Transfer-Encoding : chunked"],
    "a signed length": ["Content-Length: +6"],
    "a negative length": ["Content-Length: -6"],
    "a length in hex": ["Content-Length: 0x6"],
    "a length with an underscore": ["Content-Length: 1_0"],
    "a folded line": ["X: a", " Transfer-Encoding: chunked"],
    "two hosts": ["Host: localhost"],
    "no colon": ["Nonsense"],
    "NUL": ["X: a\0b"],
    "a bare return": ["X: a\rContent-Length: 6"],
}


async def test_framing_that_two_could_read_in_two_ways_is_refused(box: Any) -> None:
    for name, ambiguous in AMBIGUOUS.items():
        lines = "\r\n".join(["POST /api/users/login HTTP/1.1", "Host: localhost", *ambiguous])
        reply = await exchange(box.port, f"{lines}\r\n\r\n0\r\n\r\n{HIDDEN}")
        assert reply.startswith(b"HTTP/1.1 400") or reply == b"", name
        assert b"200 OK" not in reply, name


async def test_a_broken_chunk_ends_the_connection(box: Any) -> None:
    head = f"{LOGIN}Transfer-Encoding: chunked\r\n\r\n"
    for chunk in ("-1\r\n", "0x2\r\n{}", "2;x=\n{}", "zz\r\n", "2\r\n{}XX", "2 \r\n{}"):
        assert b"200 OK" not in await exchange(box.port, f"{head}{chunk}\r\n0\r\n\r\n{HIDDEN}"), chunk


async def test_what_is_no_request_gets_no_page(box: Any) -> None:
    lines = [
        "",
        "GET",
        "GET /health",
        "GET /health HTTP/9.9",
        "GET  /health HTTP/1.1",
        "\0\1",
        "\x16\x03\x01",
    ]
    for line in lines:
        reply = await exchange(box.port, f"{line}\r\nHost: localhost\r\n\r\n")
        assert reply.startswith(b"HTTP/1.1 400") or reply == b"", line


async def test_a_client_that_goes_away_leaves_no_line_in_the_log(people: People) -> None:
    whole = f"{LOGIN}Content-Length: 2\r\n\r\n{{}}"
    for cut in ("GET / HT", LOGIN, whole[:-1], whole):
        async with wire(people.box.port) as one:
            await one.send(cut)
    assert (await people.admin.get("/health")).status == 200


def test_a_port_in_use_stops_the_start_with_one_line() -> None:
    first = connections.listen("127.0.0.1", 0)
    port = first[0].getsockname()[1]
    for host in ("127.0.0.1", ""):
        with pytest.raises(StartError, match=f"port {port} is in use") as caught:
            connections.listen(host, port)
        assert "\n" not in str(caught.value)
    connections.close_all(first)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "203.0.113.7"])
def test_other_reasons_not_to_listen_are_clear_too(host: str) -> None:
    with pytest.raises(StartError, match="no address of this machine"):
        connections.listen(host, 0)


async def test_without_a_host_both_families_listen_on_one_port(box: Any) -> None:
    sockets = connections.listen("", 0)
    try:
        assert {one.getsockname()[0] for one in sockets} == {"0.0.0.0", "::"}
        assert len({one.getsockname()[1] for one in sockets}) == 1
    finally:
        connections.close_all(sockets)
    async with another_server(box, host="") as port:
        for host in ("127.0.0.1", "::1"):
            async with wire(port, host) as one:
                reply = await one.get("/api/client-ip", host=f"[{host}]" if ":" in host else host)
                assert reply.json == {"ip": host, "version": 6 if ":" in host else 4, "proxied": False}


@pytest.mark.parametrize(
    ("lacking", "left"), [((socket.AF_INET6,), {"0.0.0.0"}), ((socket.AF_INET,), {"::"})]
)
def test_a_family_that_the_machine_lacks_is_left_out(
    monkeypatch: pytest.MonkeyPatch, lacking: tuple[int, ...], left: set[str]
) -> None:
    """As a kernel without that protocol answers."""
    forget(monkeypatch, lacking)
    sockets = connections.listen("", 0)
    assert {one.getsockname()[0] for one in sockets} == left
    connections.close_all(sockets)


def test_a_machine_that_lacks_both_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    forget(monkeypatch, (socket.AF_INET, socket.AF_INET6))
    with pytest.raises(StartError, match="no address of this machine"):
        connections.listen("", 0)


def forget(monkeypatch: pytest.MonkeyPatch, lacking: tuple[int, ...]) -> None:
    real = socket.socket

    def lame(family: int, *more: Any) -> socket.socket:
        if family in lacking:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        return real(family, *more)

    monkeypatch.setattr(socket, "socket", lame)


async def test_a_tls_handshake_that_never_comes_is_cut_off(box: Any, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    given = {"tls_cert": cert, "tls_key": key, "tls_handshake_seconds": 1}
    async with another_server(box, **given) as port, wire(port) as mute:
        assert await mute.rest() == b""
