"""The door for the command line of the same machine: one JSON line in, one out, over a socket of the owner's.

Whoever can open the socket owns the data folder, so nobody is asked for a password here.
"""

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.domain.actor import BOX
from appliance.domain.events import Outcome
from appliance.domain.stable_choice import Only
from appliance.server import errands
from appliance.server.errands import Errands
from appliance.server.services import Hub, Services

_LONGEST_LINE = 64 * 1024
_log = logger("control")


class Question(Struct, tag_field="do", forbid_unknown_fields=True):
    """What the command line may ask."""


class Save(Question, tag="save"):
    note: str = ""
    include_flagged: bool | None = None
    only: Only | None = None


class Generations(Question, tag="generations"):
    pass


class MakeCurrent(Question, tag="current"):
    generation: int


class Reset(Question, tag="reset"):
    seconds: int = 0


Asked = Save | Generations | MakeCurrent | Reset
_questions = msgspec.json.Decoder(Asked | Errands)


class Control:
    """Listens from `start` to `close`. One line to a connection.

    On plain sockets: asyncio's own server forgets a connection that comes in while it closes.
    """

    def __init__(self, path: Path, services: Services, hub: Hub, urls: Callable[[], Sequence[str]]) -> None:
        self._path = path
        self._services = services
        self._stable = services.stable
        self._urls = urls
        self._hub = hub
        self._door: socket.socket | None = None
        self._talks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._door = bound(self._path)
        self._listen()

    async def close(self) -> None:
        """Lets an answer that is under way out; whoever says nothing is not waited for."""
        if self._door is None:
            return
        asyncio.get_running_loop().remove_reader(self._door)
        self._door.close()
        self._door = None
        self._path.unlink(missing_ok=True)
        if self._talks:
            await asyncio.wait(self._talks, timeout=1)
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def _listen(self) -> None:
        if self._door is not None:
            asyncio.get_running_loop().add_reader(self._door, self._accept, self._door)

    def _accept(self, door: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            one, _ = door.accept()
        except BlockingIOError:
            return
        except OSError as error:  # no descriptor left: others need them more
            _log.warning("a command was not heard: %s", error)
            loop.remove_reader(door)
            loop.call_later(1, self._listen)
            return
        one.setblocking(False)
        talk = loop.create_task(self._talk(one))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)
        talk.add_done_callback(lambda _: one.close())

    async def _talk(self, one: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        line = b""
        with suppress(OSError):  # nobody there any more
            while not line.endswith(b"\n"):
                piece = await loop.sock_recv(one, _LONGEST_LINE)
                line += piece
                if not piece or len(line) > _LONGEST_LINE:
                    return
            await loop.sock_sendall(one, msgspec.json.encode(await self._answer(line)) + b"\n")

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            return {"ok": await self._do(_questions.decode(line))}
        except msgspec.MsgspecError as error:
            return _refused(Refusal(Code.BAD_REQUEST, reason=str(error)))
        except Refusal as refusal:
            return _refused(refusal)
        except Exception:
            _log.exception("a command failed")
            return _refused(Refusal(Code.INTERNAL))

    async def _do(self, question: Asked | Errands) -> object:
        match question:
            case Save(note, flagged, only):
                saved = await self._stable.save(BOX, note, only=only, include_flagged=flagged)
                return self._tell(saved)
            case MakeCurrent(generation):
                return self._tell(await self._stable.make_current(BOX, generation))
            case Reset(seconds):
                return self._tell(await self._stable.end_session(BOX, seconds))
            case Generations():
                return await self._stable.generations(BOX)
            case errand:
                return self._tell(await errands.run(self._services, errand, self._urls()))

    def _tell(self, outcome: Outcome[Any]) -> object:
        if outcome.events:
            self._hub.publish(outcome.events)
        return outcome.value


def bound(path: Path) -> socket.socket:
    """A socket at `path` that is the owner's alone before anybody can connect.

    Reached through the folder: the name of a socket may be no longer than 107 bytes.
    """
    path.unlink(missing_ok=True)
    one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        one.bind(f"/proc/self/fd/{folder}/{path.name}")
        path.chmod(0o600)
        one.setblocking(False)
        one.listen()
    except BaseException:
        one.close()
        raise
    finally:
        os.close(folder)
    return one


def _refused(refusal: Refusal) -> dict[str, Any]:
    return {"error": {"code": refusal.code.value, "params": refusal.params}}
