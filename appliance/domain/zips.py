"""Zips of a selection: a ticket for those whose every file one may have, good for one download."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from msgspec import Struct

from appliance.base import ids
from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.domain import attaching, zipping
from appliance.domain.actor import Actor
from appliance.domain.custody import Custody
from appliance.domain.policy import Action, require
from appliance.domain.reader import Reader
from appliance.domain.zipping import Entry
from appliance.store import files as rows
from appliance.store.database import Connection
from appliance.store.files import FileRow
from appliance.store.opened import Store

MOST_FILES = 1000
_TICKETS = 100
_SECONDS = 300


class Ticket(Struct, frozen=True):
    """The address of one zip: the first who asks gets it."""

    url: str
    size: int
    files: int


@dataclass(frozen=True, slots=True)
class Zip:
    """One zip, ready to be sent."""

    files: list[FileRow]
    entries: list[Entry]
    size: int
    until: float


class Zips:
    """The service. Tickets live in memory: they are worth five minutes."""

    def __init__(self, store: Store, custody: Custody, clock: Clock, threads: int) -> None:
        self._content = store.content
        self._blobs = store.blobs
        self._custody = custody
        self._clock = clock
        self._pool = ThreadPoolExecutor(threads, "zip")
        self._tickets: dict[str, Zip] = {}

    async def close(self) -> None:
        await asyncio.to_thread(self._pool.shutdown)

    async def prepare(self, actor: Actor, wanted: list[str]) -> Ticket:
        """Refuses the whole when one file of it may not be had: a zip that lacks some looks complete."""
        require(actor, Action.ZIP_FILES)
        wanted = list(dict.fromkeys(wanted))
        if not 0 < len(wanted) <= MOST_FILES:
            raise Refusal(Code.BAD_REQUEST, field="ids", reason="number", maximum=MOST_FILES)

        def known(db: Connection) -> list[FileRow]:
            there = rows.find_many(db, wanted)
            return [row for row in there if attaching.known(db, actor, row, held=self._held(row))]

        found = await self._content.read(known)
        if missing := sorted(set(wanted) - {row.id for row in found}):
            raise Refusal(Code.NOT_FOUND, ids=missing)
        for row in found:
            self._custody.require_bytes(actor, row)
        entries = zipping.laid_out((_path(row), row.size, row.created) for row in found)
        size = zipping.length(entries)
        token = ids.token()
        self._make_room()
        self._tickets[token] = Zip(found, entries, size, self._clock.monotonic() + _SECONDS)
        return Ticket(f"/api/uploads/zip/{token}", size, len(found))

    def _held(self, row: FileRow) -> bool:
        return bool(self._custody.held_back(row))

    def redeem(self, token: str) -> Zip:
        """Once."""
        found = self._tickets.pop(token, None)
        if found is None or found.until < self._clock.monotonic():
            raise Refusal(Code.NOT_FOUND)
        return found

    async def pieces(self, one: Zip) -> AsyncIterator[bytes]:
        """Every byte of it, in order. A file that is gone meanwhile ends it with Refusal(gone)."""
        for row, entry in zip(one.files, one.entries, strict=True):
            yield entry.head
            reader = await Reader.open(row, self._blobs, self._pool)
            try:
                offset = 0
                while offset < row.size:
                    piece = await reader.read(offset, row.size - offset)
                    if not piece:
                        raise Refusal(Code.GONE)
                    offset += len(piece)
                    entry.crc = await self._checked(piece, entry.crc)
                    yield piece
            finally:
                reader.close()
            yield entry.tail
        yield zipping.directory(one.entries)

    async def _checked(self, piece: bytes, crc: int) -> int:
        return await asyncio.get_running_loop().run_in_executor(self._pool, zlib.crc32, piece, crc)

    def _make_room(self) -> None:
        now = self._clock.monotonic()
        self._tickets = {token: one for token, one in self._tickets.items() if one.until >= now}
        while len(self._tickets) >= _TICKETS:
            del self._tickets[next(iter(self._tickets))]


def _path(row: FileRow) -> str:
    """As it lay when it was brought."""
    return f"{row.folder}/{row.name}" if row.folder else row.name
