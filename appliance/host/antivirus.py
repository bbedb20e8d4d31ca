"""clamd, asked through its unix socket. Fails closed: only an answer that is exactly `OK` is clean.

The body goes over as an open descriptor (FILDES), else piece by piece (INSTREAM).
Must not decide what becomes of a file.
"""

import asyncio
import os
import re
import socket
import struct
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

PIECE = 256 * 1024
LONGEST_ANSWER = 4096
CONNECT_SECONDS = 5.0
VERSION_SECONDS = 5.0
SLOWEST_BYTES = 1024 * 1024  # a second more for each of these
_ANSWER = re.compile(r"(?:fd\[\d+\]|stream): (?:(?P<ok>OK)|(?P<found>.+) FOUND|(?P<error>.+) ERROR)")
_VERSION = re.compile(r"ClamAV (?P<version>[\w.+~-]+)(?:/\d+/(?P<signed>[\w :]+))?")
_SIGNED = "%a %b %d %H:%M:%S %Y"
_TOO_LARGE = "size limit exceeded"


class Told(StrEnum):
    """What came of asking."""

    CLEAN = "clean"
    FOUND = "found"
    LIMITS = "limits"  # too large or too deep: it did not look at all of it
    TIMEOUT = "timeout"
    BROKEN = "broken"  # it died, or said what nobody understands
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Report:
    """`name` is that of the signature, printable and short."""

    told: Told
    name: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """Of the program, and when its signatures were made (ms); None where it has none of the official ones."""

    version: str
    signatures_at: int | None


class Antivirus:
    """One clamd. A scan that takes longer than `seconds` (and a second per MiB) is given up."""

    def __init__(self, path: Path, seconds: float) -> None:
        self._path = path
        self._seconds = seconds
        self._takes_descriptors = True

    async def scan(self, body: BinaryIO, size: int) -> Report:
        """Never raises for anything that clamd does."""
        try:
            connection = await self._connect()
        except (OSError, TimeoutError):
            return Report(Told.UNREACHABLE)
        with closing(connection):
            try:
                async with asyncio.timeout(self._seconds + size / SLOWEST_BYTES):
                    report = await self._ask(connection, body)
            except TimeoutError:
                return Report(Told.TIMEOUT)
            except (OSError, ValueError):
                return Report(Told.BROKEN)
        return report if report else await self.scan(body, size)

    async def version(self) -> Version | None:
        """None when nobody answers, or not with a version."""
        try:
            async with asyncio.timeout(VERSION_SECONDS):
                with closing(await self._connect()) as connection:
                    await asyncio.get_running_loop().sock_sendall(connection, b"zVERSION\0")
                    text = await _answer(connection)
        except (OSError, TimeoutError, ValueError):
            return None
        found = _VERSION.fullmatch(text)
        return Version(found["version"], _milliseconds(found["signed"])) if found else None

    async def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.setblocking(False)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await asyncio.get_running_loop().sock_connect(connection, str(self._path))
        except BaseException:
            connection.close()
            raise
        return connection

    async def _ask(self, connection: socket.socket, body: BinaryIO) -> Report | None:
        """None: descriptors do not arrive there; ask again the other way."""
        if not self._takes_descriptors:
            return _report(await _stream(connection, body))
        await asyncio.get_running_loop().sock_sendall(connection, b"zFILDES\0")
        socket.send_fds(connection, [b"\0"], [body.fileno()])
        text = await _answer(connection)
        if text == "UNKNOWN COMMAND" or "No file descriptor" in text:
            self._takes_descriptors = False
            return None
        return _report(text)


async def _stream(connection: socket.socket, body: BinaryIO) -> str:
    loop = asyncio.get_running_loop()
    offset = 0
    try:
        await loop.sock_sendall(connection, b"zINSTREAM\0")
        while piece := await loop.run_in_executor(None, os.pread, body.fileno(), PIECE, offset):
            await loop.sock_sendall(connection, struct.pack("!I", len(piece)) + piece)
            offset += len(piece)
        await loop.sock_sendall(connection, struct.pack("!I", 0))
    except ConnectionError:  # it hangs up on what is too large; the reason may still be there to read
        pass
    return await _answer(connection)


async def _answer(connection: socket.socket) -> str:
    """Everything until the other side closes: one line, with its NUL. Anything else is a ValueError."""
    answer = b""
    while len(answer) <= LONGEST_ANSWER:
        try:
            piece = await asyncio.get_running_loop().sock_recv(connection, LONGEST_ANSWER)
        except ConnectionResetError:  # the end, for who has not read all that was sent
            break
        if not piece:
            break
        answer += piece
    if not answer.endswith(b"\0") or answer.count(b"\0") != 1 or len(answer) > LONGEST_ANSWER:
        raise ValueError("not an answer of clamd")
    return answer[:-1].decode()


def _report(text: str) -> Report:
    if _TOO_LARGE in text and text.endswith("ERROR"):
        return Report(Told.LIMITS)
    answer = _ANSWER.fullmatch(text)
    if answer is None or answer["error"]:
        return Report(Told.BROKEN)
    if answer["ok"]:
        return Report(Told.CLEAN)
    name = "".join(c if c.isprintable() else "?" for c in answer["found"])[:100]
    return Report(Told.LIMITS if name.startswith("Heuristics.Limits.Exceeded") else Told.FOUND, name)


def _milliseconds(signed: str | None) -> int | None:
    try:
        return int(datetime.strptime(signed, _SIGNED).astimezone().timestamp() * 1000) if signed else None
    except (ValueError, OverflowError):
        return None
