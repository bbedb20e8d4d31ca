"""Connections as Tornado's streams, quicker where it matters, and an answer for whoever took the wrong door:
HTTPS at the plain port, plain HTTP at that of HTTPS. Must not know requests.
"""

import asyncio
import contextlib
import os
import re
import ssl
from collections.abc import Awaitable, Callable

from tornado.iostream import IOStream, SSLIOStream

_AT_MOST = 64 * 1024
# How the head of a request ends, which is all that Tornado seeks so; spelt for speed. Who begins a TLS
# handshake here is at its end at once, and refused as one who says nothing that HTTP knows.
_HEAD = rb"\n\r?\n|\r\n\r?\n|\x16(?<=\A\x16)\x03"
_HOST = re.compile(rb"\r\nhost:[ \t]*([!-~]+)[ \t]*\r\n", re.IGNORECASE)
_PAGE = re.compile(rb"\r\naccept:[^\r\n]*text/html", re.IGNORECASE)
_WRONG = b'{"error":{"code":"tls_required","params":{},"request_id":""}}'
_LEAD = "HTTP/1.1 302 Found\r\nLocation: https://%s/\r\n"
_REFUSE = "HTTP/1.1 400 Bad Request\r\n"
_REST = "Content-Type: application/json; charset=utf-8\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"


class Stream(IOStream):
    """A connection whose bodies come in large pieces, copied once where Tornado's own way copies thrice, and
    whose frames are taken apart without a start and an end for each few bytes."""

    def read_bytes(self, num_bytes: int, partial: bool = False) -> Awaitable[bytes]:
        """As Tornado's, which is asked whenever there is nothing to take at once, or something went wrong."""
        data = b""
        if num_bytes < self._read_buffer_size:  # the head of a frame, of which more is there
            data = self._consume(num_bytes)
        elif partial and not self._read_buffer_size and not self.closed():
            with contextlib.suppress(OSError):
                data = self.socket.recv(num_bytes)
        if not data:
            return super().read_bytes(num_bytes, partial)
        here: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        here.set_result(data)
        return here

    def read_until_regex(self, regex: bytes, max_bytes: int | None = None) -> Awaitable[bytes]:
        """The head of a request."""
        return super().read_until_regex(_HEAD, max_bytes)


class Secure(SSLIOStream):
    """A connection by HTTPS. A browser that speaks plain HTTP to it is led to HTTPS under the name that it
    used, where that is one of ours; anything else is refused.
    """

    def __init__(
        self,
        connection: ssl.SSLSocket,
        is_ours: Callable[[str], bool],
        max_buffer_size: int | None,
        read_chunk_size: int | None,
    ) -> None:
        self._is_ours = is_ours
        super().__init__(connection, max_buffer_size=max_buffer_size, read_chunk_size=read_chunk_size)

    def close_fd(self) -> None:
        if isinstance(self.error, ssl.SSLError) and self.error.reason == "HTTP_REQUEST":
            with contextlib.suppress(OSError):  # gone, or it sent nothing else yet
                self._say_where(self.socket.fileno())
        super().close_fd()

    def _say_where(self, number: int) -> None:
        """The first bytes of the request are lost to the handshake; what is left unread would end the
        connection before its answer is read.
        """
        said = os.read(number, _AT_MOST)
        found = _HOST.search(said)
        host = found[1].decode("ascii") if found and _PAGE.search(said) else ""
        head = (_LEAD % host if host and self._is_ours(host) else _REFUSE) + _REST % len(_WRONG)
        os.write(number, head.encode("ascii") + _WRONG)
