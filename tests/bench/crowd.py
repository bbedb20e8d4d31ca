"""The load: a crowd of WebSocket clients in one process, with as little Python a message as can be.

Frames are masked with zeros (which is legal and costs nothing), read in large pieces, and counted by the
marker that every message carries.
"""

import base64
import json
import os
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

MARK = b"<@"
GENERAL = "r_general"


@dataclass
class Client:
    """One connection. `due`: messages of its own that it has not heard yet."""

    sock: socket.socket
    frame: bytes = b""
    tail: bytes = b""
    heard: int = 0


@dataclass
class Result:
    deliveries: int
    messages: int
    seconds: float
    latencies: list[float] = field(default_factory=list)

    def percentile(self, part: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def text_frame(payload: bytes) -> bytes:
    size = len(payload)
    head = bytes((0x81, 0x80 | size)) if size < 126 else b"\x81\xfe" + size.to_bytes(2, "big")
    return head + b"\0\0\0\0" + payload


class Crowd:
    """`count` listeners of one server.

    `token` makes them say hello first, as our box wants it; `protocol` "socket.io" speaks that instead
    (Engine.IO 4 over WebSocket alone: github.com/socketio/engine.io-protocol).
    """

    def __init__(self, port: int, count: int, token: str = "", protocol: str = "") -> None:
        self.token = token
        self.socket_io = protocol == "socket.io"
        self.number = 0
        self.name = os.urandom(4).hex()  # what one crowd has said is not said again by the next
        self.clients = [Client(self._open(port, number)) for number in range(count)]
        self.poll = select.epoll()
        self.of = {client.sock.fileno(): client for client in self.clients}
        for client in self.clients:
            client.sock.setblocking(False)
            self.poll.register(client.sock.fileno(), select.EPOLLIN)
        self.drain(0.5)

    def _open(self, port: int, number: int) -> socket.socket:
        sock = socket.create_connection(("127.0.0.1", port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        path = "/socket.io/?EIO=4&transport=websocket" if self.socket_io else "/ws"
        sock.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        head = b""
        while b"\r\n\r\n" not in head:
            head += sock.recv(4096)
        assert b" 101 " in head, head
        if self.token:
            hello = {"type": "hello", "v": 1, "token": self.token, "client": f"bench-{number}"}
            sock.sendall(text_frame(json.dumps(hello).encode()))
        if self.socket_io:
            sock.sendall(text_frame(b"40"))
        return sock

    def message(self) -> bytes:
        """About a hundred bytes of JSON, with its time in the text."""
        self.number += 1
        body = f"<@{time.monotonic_ns():020d}> hola, un mensaje como cualquier otro"
        cid = f"{self.name}.{self.number}"
        frame = f'{{"type":"send","room":"{GENERAL}","cid":"{cid}","body":"{body}"}}'
        return text_frame((f'42["send",{frame}]' if self.socket_io else frame).encode())

    def drain(self, quiet: float) -> None:
        """Reads until nothing has come for a while."""
        while events := self.poll.poll(quiet):
            for number, _ in events:
                self.of[number].sock.recv(1 << 18)
        for client in self.clients:
            client.tail = b""

    def saturate(self, senders: int, window: int, seconds: float) -> Result:
        """Each sender keeps `window` messages under way: a message for each of its own that comes back."""
        speakers = self.clients[:senders]
        ours = {client.sock.fileno() for client in speakers}
        begin = time.monotonic()
        deadline = begin + seconds
        sent = heard = 0
        due = dict.fromkeys(ours, 0.0)
        for client in speakers:
            for _ in range(window):
                client.sock.send(self.message())
                sent += 1
        while time.monotonic() < deadline:
            for number, _ in self.poll.poll(0.2):
                got = self._read(self.of[number])
                heard += got
                if number in ours:
                    # What one hears is everybody's; one's own share of it is one in `senders`.
                    due[number] += got / senders
                    while due[number] >= 1:
                        due[number] -= 1
                        self.of[number].sock.send(self.message())
                        sent += 1
        took = time.monotonic() - begin
        return Result(heard, sent, took)

    def steady(self, rate: float, seconds: float) -> Result:
        """So many messages a second in all, whatever comes back; the latency of every delivery."""
        begin = time.monotonic()
        end = begin + seconds
        result = Result(0, 0, seconds)
        following = begin
        while (now := time.monotonic()) < end + 0.3:
            while following <= now and now < end:
                self.clients[result.messages % len(self.clients)].sock.send(self.message())
                result.messages += 1
                following += 1 / rate
            for number, _ in self.poll.poll(max(0.0, min(following - time.monotonic(), 0.05))):
                client = self.of[number]
                result.deliveries += self._read(client, result.latencies)
        return result

    def close(self) -> None:
        for client in self.clients:
            client.sock.close()
        self.poll.close()

    @staticmethod
    def _read(client: Client, latencies: list[float] | None = None) -> int:
        try:
            data = client.tail + client.sock.recv(1 << 18)
        except BlockingIOError:
            return 0
        count = data.count(MARK)
        cut = max(data.rfind(MARK) + 2, len(data) - 1) if count else len(data) - 1
        if latencies is not None:
            now = time.monotonic_ns()
            at = data.find(MARK)
            while at >= 0:
                stamp = data[at + 2 : at + 22]
                if len(stamp) < 20:
                    cut, count = at, count - 1
                    break
                latencies.append((now - int(stamp)) / 1e9)
                at = data.find(MARK, at + 2)
        client.tail = data[max(cut, 0) :]
        return count


def median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0.0
