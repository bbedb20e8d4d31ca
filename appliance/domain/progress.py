"""How far one resumable upload has come, and who is at it. Moves no bytes and asks nobody."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec import Struct

from appliance.base.errors import Code, Refusal
from appliance.domain.actor import Actor
from appliance.domain.corridor import Upload
from appliance.domain.permits import Destination
from appliance.store.uploads import UploadRow
from appliance.store.writer import Mark, Writer

ALGORITHMS = ("sha1", "sha256")


class State(Struct, frozen=True, kw_only=True):
    """How an upload stands. `file` is the id of what it became; `expires` is wall time."""

    id: str
    name: str
    offset: int
    size: int | None
    metadata: str
    concat: str
    file: str | None
    expires: int | None


class Waiting(Struct, frozen=True, kw_only=True):
    """An unfinished upload of one's own. `active`: a request is at it; `partial`: a part of a larger one."""

    id: str
    url: str
    name: str
    folder: str
    size: int | None
    offset: int
    expires: int | None
    active: bool
    partial: bool


class Checksum:
    """What the sender says of the bytes of one request."""

    def __init__(self, algorithm: str, digest: bytes) -> None:
        self._digest = digest
        self._found = hashlib.new(algorithm, usedforsecurity=False)
        self.add = self._found.update

    @property
    def right(self) -> bool:
        return self._found.digest() == self._digest


@dataclass(slots=True, eq=False)
class Progress:
    """One upload. `writer` holds the hash of what is there while the program runs."""

    row: UploadRow
    offset: int
    touched: float
    owner: Actor | None = None
    writer: Writer | None = None
    turn: "Turn | None" = None

    @property
    def complete(self) -> bool:
        return self.offset == self.row.size or self.row.file is not None

    @property
    def to(self) -> Destination:
        """Where it is to be when it is a file."""
        return Destination(self.row.folder, self.row.room)

    @property
    def reached(self) -> int:
        """Where the next request goes on."""
        return self.row.size if self.row.file is not None and self.row.size is not None else self.offset

    def check_offset(self, offset: int) -> None:
        if offset != self.reached:
            raise Refusal(Code.CONFLICT, offset=self.reached)

    def check_length(self, announced: int | None) -> None:
        """Refuses what would make it longer than it was to be."""
        size = self.row.size
        if size is not None and announced is not None and self.reached + announced > size:
            sent = self.reached + announced
            raise Refusal(Code.TOO_LARGE, name=self.row.name, size=sent, maximum=size)

    def take_turn(self) -> "Turn":
        """For work of ours, which nobody can send away: it ends by itself."""
        self.turn = Turn(self, lambda: None)
        return self.turn


@dataclass(slots=True, eq=False)
class Turn:
    """One request's time at an upload. `leave` asks it to go; `gone` is set when it went."""

    progress: Progress
    leave: Callable[[], None]
    checksum: Checksum | None = None
    upload: Upload | None = None
    ending: bool = False
    mark: Mark | None = None  # where to go back to, unless the checksum confirms what came
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_on(self) -> bool:
        return not self.gone.is_set()

    def begin_at(self, writer: Writer) -> None:
        """With a checksum, all of the request counts or none of it."""
        if self.checksum is not None:
            self.mark = writer.mark()

    def beside(self, data: memoryview) -> None:
        if self.checksum is not None:
            self.checksum.add(data)

    def check(self) -> None:
        """All of it is written: was it what the sender meant?"""
        if self.checksum is not None and not self.checksum.right:
            raise Refusal(Code.CHECKSUM_MISMATCH)
        self.mark = None

    async def write(self, chunk: bytes) -> None:
        """Takes a piece; returns when there is room for more."""
        if self.upload is None:
            raise Refusal(Code.TOO_LARGE, name=self.progress.row.name, maximum=self.progress.row.size or 0)
        async with self.writing:
            await self.upload.write(chunk)

    def over(self) -> None:
        if self.progress.turn is self:
            self.progress.turn = None
        self.gone.set()
