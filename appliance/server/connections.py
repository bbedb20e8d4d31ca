"""The listening sockets and the connections on them: how many, from whom, how long. Reads no request."""

import asyncio
import contextlib
import errno
import os
import socket
import ssl
from collections.abc import Sequence
from typing import Any
from weakref import WeakSet

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerConnectionDelegate
from tornado.iostream import IOStream, SSLIOStream, StreamClosedError

from appliance.base.errors import StartError
from appliance.base.log import logger
from appliance.base.settings import Settings
from appliance.server.doors import Address, Doors, address_of
from appliance.server.streams import Secure, Stream

_log = logger("server")
_QUIET_SECONDS = 60
_WAITING = 128  # connections that the kernel keeps for us while we are busy
_PIECE = 256 * 1024  # of a body; Tornado gives the loop its turn after as much
_ABSENT = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
_BUSY = b'{"error":{"code":"busy","params":{"retry_ms":5000},"request_id":""}}'
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json; charset=utf-8\r\n"
    b"Retry-After: 5\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(_BUSY), _BUSY)
)


class Caps:
    """Counts open connections, in all and by address; a closed one stops counting by itself."""

    def __init__(self, total: int, each: int, doors: Doors) -> None:
        self._total = total
        self._each = each
        self.doors = doors
        self._open: WeakSet[IOStream] = WeakSet()
        self._by_key: dict[str, WeakSet[IOStream]] = {}

    def admit(self, stream: IOStream, ip: str) -> bool:
        """Whether this is not one too many. A proxy of ours stands for many people: it has no cap."""
        if self._full(self._open, self._total):
            return False
        address = address_of(ip)
        if address is not None and not self.doors.is_proxy(address):
            mine = self._by_key.setdefault(_key(address), WeakSet())
            if self._full(mine, self._each):
                return False
            mine.add(stream)
            self._forget_the_gone()
        self._open.add(stream)
        return True

    @staticmethod
    def _full(streams: "WeakSet[IOStream]", most: int) -> bool:
        if len(streams) < most:
            return False
        for stream in list(streams):
            if stream.closed():
                streams.discard(stream)
        return len(streams) >= most

    def _forget_the_gone(self) -> None:
        if len(self._by_key) > self._total:
            self._by_key = {key: streams for key, streams in self._by_key.items() if streams}


def _key(address: Address) -> str:
    """One household of IPv6 has a whole /64 to choose from."""
    if address.version == 4:
        return str(address)
    return address.exploded[:19]


class Server(HTTPServer):
    """Tornado's server with our limits. It listens on copies of the sockets, so that a box that is built
    anew can go on with the originals."""

    def initialize(  # type: ignore[override]
        self,
        app: HTTPServerConnectionDelegate,
        settings: Settings,
        caps: Caps,
        context: ssl.SSLContext | None = None,
    ) -> None:
        super().initialize(
            app,
            ssl_options=context,
            xheaders=False,
            decompress_request=False,
            max_header_size=settings.max_header_bytes,
            max_body_size=settings.max_body_bytes,
            idle_connection_timeout=settings.idle_seconds,
            body_timeout=settings.body_seconds,
            chunk_size=_PIECE,
        )
        self.caps = caps
        self._context = context
        self._handshake_seconds = settings.tls_handshake_seconds

    def _handle_connection(self, connection: socket.socket, address: Any) -> None:
        """As Tornado's, with streams of ours. Who came and went before we came to it is no error."""
        try:
            stream = self._stream(connection)
        except OSError:
            connection.close()
        else:
            self.handle_stream(stream, address)

    def _stream(self, connection: socket.socket) -> IOStream:
        if self._context is None:
            return Stream(connection, max_buffer_size=self.max_buffer_size)
        wrapped = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return Secure(wrapped, self.caps.doors.host_is_ours, self.max_buffer_size, self.read_chunk_size)

    def handle_stream(self, stream: IOStream, address: Any) -> None:
        if isinstance(stream, SSLIOStream):
            close_unless_agreed(stream, self._handshake_seconds)
        ip = address[0] if isinstance(address, tuple) else ""
        if self.caps.admit(stream, ip):
            super().handle_stream(stream, address)
        else:
            turn_away(stream)


def turn_away(stream: IOStream) -> None:
    """One line for whoever can read it. A TLS handshake would cost more than the answer is worth."""
    if isinstance(stream, SSLIOStream):
        stream.close()
        return
    with contextlib.suppress(StreamClosedError):
        stream.write(_FULL).add_done_callback(lambda _: stream.close())


def close_unless_agreed(stream: SSLIOStream, seconds: int) -> None:
    """Whoever begins a TLS handshake and leaves it there holds nothing for long."""
    late = asyncio.get_running_loop().call_later(seconds, stream.close)
    stream.wait_for_handshake().add_done_callback(lambda _: late.cancel())


def listen(host: str, port: int, name: str = "port") -> list[socket.socket]:
    """The listening sockets: of one address, or of every IPv4 and IPv6 interface that there is. `name` is the
    setting that chose the port. Raises StartError.
    """
    try:
        return _bound(host or None, port)
    except socket.gaierror:
        raise StartError(f"host {host!r} is no address of this machine") from None
    except OSError as error:
        raise StartError(_why(error, host, port, name)) from None


def _bound(host: str | None, port: int, tries: int = 5) -> list[socket.socket]:
    """One socket for each family, all on one port. A family that is switched off is left out."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    missing: OSError | None = None
    for family, _, _, _, address in sorted(set(found)):
        chosen = sockets[0].getsockname()[1] if sockets else port
        try:
            sockets.append(_listening(family, (address[0], chosen, *address[2:])))
        except OSError as error:
            missing = error
            if error.errno in _ABSENT:
                continue
            close_all(sockets)
            if port == 0 and sockets and tries:  # the free port of IPv4 is taken on IPv6
                return _bound(host, port, tries - 1)
            raise
    if not sockets and missing:
        raise missing
    return sockets


def _listening(family: int, address: tuple[Any, ...]) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM)
    try:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.setblocking(False)
        one.bind(address)
        one.listen(_WAITING)
    except BaseException:
        one.close()
        raise
    return one


def _why(error: OSError, host: str, port: int, name: str) -> str:
    if error.errno == errno.EADDRINUSE:
        chosen = "--port" if name == "port" else name
        return f"port {port} is in use by another program; choose another with {chosen}"
    if error.errno == errno.EACCES:
        return f"port {port} is reserved; choose one above 1023 or run with the right to bind it"
    if error.errno in _ABSENT:
        return f"host {host!r} is no address of this machine"
    return f"cannot listen on port {port}: {error.strerror}"


def copies(sockets: Sequence[socket.socket]) -> list[socket.socket]:
    """Closing a copy leaves the original listening; connections meanwhile wait in its queue."""
    return [Door.copy(one) for one in sockets]


class Door(socket.socket):
    """A listening socket that lives with an exhausted process: what cannot be let in is closed at once.

    Tornado would write a traceback for each try, thousands a second, and try again for ever.
    """

    _spare = -1
    _told = 0.0

    @classmethod
    def copy(cls, one: socket.socket) -> "Door":
        door = cls(one.family, one.type, one.proto, fileno=socket.dup(one.fileno()))
        door.settimeout(one.gettimeout())
        door._spare = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        return door

    def accept(self) -> tuple[socket.socket, Any]:
        try:
            return super().accept()
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE):
                raise
        self._turn_one_away()
        raise BlockingIOError

    def close(self) -> None:
        super().close()
        self._give_spare()

    def _turn_one_away(self) -> None:
        """With the place of a file that is open for nothing else."""
        if (now := asyncio.get_running_loop().time()) >= self._told:
            _log.error("no more connections can be opened: the limit of open files is reached")
            self._told = now + _QUIET_SECONDS
        self._give_spare()
        with contextlib.suppress(OSError):
            super().accept()[0].close()
        with contextlib.suppress(OSError):
            self._spare = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)

    def _give_spare(self) -> None:
        spare, self._spare = self._spare, -1
        if spare >= 0:
            os.close(spare)


def close_all(sockets: Sequence[socket.socket]) -> None:
    for one in sockets:
        one.close()
