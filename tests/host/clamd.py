"""A real clamd with one signature (the EICAR test file), on a socket of its own; and impostors on one."""

import asyncio
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

CLAMD = "/usr/sbin/clamd"
SHIPPED = Path(__file__).parents[2] / "image" / "clamd.conf"
# In two parts, so that no antivirus takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Clamd:
    """The shipped configuration, but for the paths, the user and what a test changes."""

    def __init__(self, **changes: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="clamd-"))  # a socket's path may not be long
        self.socket = self.folder / "clamd.sock"
        (self.folder / "eicar.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
        changes = {
            "LocalSocket": str(self.socket),
            "DatabaseDirectory": str(self.folder),
            "LocalSocketGroup": "",
            "User": "",
            **changes,
        }
        text = SHIPPED.read_text()
        for name, value in changes.items():
            text = re.sub(rf"^{name} .*$", f"{name} {value}" if value else "", text, flags=re.MULTILINE)
            assert not value or f"{name} {value}" in text, f"the shipped clamd.conf does not set {name}"
        self.conf = self.folder / "clamd.conf"
        self.conf.write_text(text)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Clamd":
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen([CLAMD, "-c", str(self.conf)], stdout=log, stderr=log)
        log.close()
        end = time.monotonic() + 30
        while not self._answers():
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < end, "clamd did not come up"
            time.sleep(0.05)
        return self

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
            try:
                one.connect(str(self.socket))
                one.sendall(b"zPING\0")
                return one.recv(16) == b"PONG\0"
            except OSError:
                return False

    def stop(self) -> None:
        """By its own process id; a second call does nothing."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=30)
            self.process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)


@contextmanager
def clamd(**changes: str) -> Iterator[Clamd]:
    one = Clamd(**changes)
    try:
        yield one.start()
    finally:
        one.remove()


@asynccontextmanager
async def impostor(answer: Answer) -> AsyncIterator[Path]:
    """Something else behind the socket: it hangs, dies or says what it likes."""
    folder = Path(tempfile.mkdtemp(prefix="clamd-"))
    path = folder / "clamd.sock"
    answering: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await answer(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    def come(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answering.add(asyncio.ensure_future(one(reader, writer)))

    server = await asyncio.start_unix_server(come, path)
    try:
        yield path
    finally:
        server.close()
        await asyncio.gather(*answering)
        shutil.rmtree(folder)


def saying(*lines: bytes) -> Answer:
    """Reads the question and says these, one per connection; the last one again and again."""
    left = list(lines)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        question = await reader.readuntil(b"\0")
        if question == b"zINSTREAM\0":
            while size := int.from_bytes(await reader.readexactly(4), "big"):
                await reader.readexactly(size)
        elif question == b"zFILDES\0":
            await reader.read(1)
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        writer.close()

    return answer


async def hanging(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes everything and says nothing."""
    while await reader.read(65536):
        pass
    writer.close()


async def dying(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Gone in the middle of it."""
    await reader.readuntil(b"\0")
    writer.transport.abort()
