"""A line as bad Wi-Fi is: bytes late, in drops, not at all; cut off, or cut off on one side."""

import asyncio
import random
import socket
import struct
from contextlib import suppress

MOODS = ("short", "late", "drops", "stall", "reset", "half", "half_back")
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with RST


class Line:
    """A TCP proxy on a port of its own. While it is `bad`, each new connection gets a mood and ends soon."""

    def __init__(self, to: int, seed: int) -> None:
        self.to = to
        self.bad = False
        self.met = dict.fromkeys(MOODS, 0)
        self._deck: list[str] = []
        self._luck = random.Random(seed)
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _mood(self) -> str:
        """Each comes as often as the others."""
        if not self._deck:
            self._deck = self._luck.sample(MOODS, len(MOODS))
        mood = self._deck.pop()
        self.met[mood] += 1
        return mood

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._carry(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mood = self._mood() if self.bad else "calm"
        ends = [writer]
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.to)
            ends.append(back)
            ways = [self._way(reader, back, mood), self._way(there, writer, mood)]
            lasts = self._luck.uniform(0.2, 0.8) if mood != "calm" else None
            with suppress(TimeoutError):
                async with asyncio.timeout(lasts):
                    await asyncio.gather(*ways)
            if mood.startswith("half"):  # the other side goes on for a while, and hears nothing
                with suppress(OSError, NotImplementedError):
                    (back if mood == "half" else writer).write_eof()
                await asyncio.sleep(self._luck.uniform(0.05, 0.3))
        except OSError:
            pass
        finally:
            for end in ends:
                self._hang_up(end, hard=mood in ("reset", "stall"))

    async def _way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, mood: str) -> None:
        still = self._luck.randrange(200, 4000)  # bytes after which a line that stalls says no more
        while data := await reader.read(65536):
            if mood == "late":
                await asyncio.sleep(self._luck.uniform(0.02, 0.2))
            if mood == "stall" and (still := still - len(data)) < 0:
                await asyncio.sleep(3600)
            if mood == "drops":
                await self._in_drops(data, writer)
            else:
                writer.write(data)
                await writer.drain()
        with suppress(OSError, NotImplementedError):
            writer.write_eof()

    async def _in_drops(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        start = 0
        while start < len(data):
            size = self._luck.randrange(1, 40)
            writer.write(data[start : start + size])
            start += size
            await asyncio.sleep(0.0005)

    @staticmethod
    def _hang_up(writer: asyncio.StreamWriter, *, hard: bool) -> None:
        line = writer.get_extra_info("socket")
        if hard and line is not None:
            with suppress(OSError):
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        writer.close()
