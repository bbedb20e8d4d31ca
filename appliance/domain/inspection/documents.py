"""The directory of an OLE document (DOC, XLS, PPT): which streams it has. Bounded work on hostile bytes."""

import struct
from typing import BinaryIO, NamedTuple

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_HEAD = 512
_ENTRY = 128
MOST_SECTORS = 4096  # of the directory: far more than any document has
LAST = 0xFFFFFFFA  # from here on the numbers are marks, not sectors


class Entry(NamedTuple):
    """A stream: where it begins, and its length."""

    name: str
    start: int
    size: int


def directory(body: BinaryIO) -> tuple["Table", list[Entry]]:
    """What is in it, the root first. Raises ValueError or struct.error for what is no such document."""
    body.seek(0)
    head = body.read(_HEAD)
    shift, first = struct.unpack_from("<H", head, 30)[0], struct.unpack_from("<I", head, 48)[0]
    if head[:8] != MAGIC or shift not in (9, 12):
        raise ValueError("no OLE document")
    table = Table(body, 1 << shift, head)
    found: list[Entry] = []
    sector = first
    for _ in range(MOST_SECTORS):
        if sector >= LAST:
            return table, found
        found += _entries(table.sector(sector))
        sector = table.after(sector)
    raise ValueError("a directory without end")


def _entries(sector: bytes) -> list[Entry]:
    found = []
    for start in range(0, len(sector) - _ENTRY + 1, _ENTRY):
        length = struct.unpack_from("<H", sector, start + 64)[0]
        if 2 <= length <= 64 and sector[start + 66]:  # a type of 0 is an unused entry
            name = sector[start : start + length - 2].decode("utf-16-le", "replace")
            found.append(Entry(name, *struct.unpack_from("<II", sector, start + 116)))
    return found


class Table:
    """Which sector follows which; read where it is needed."""

    def __init__(self, body: BinaryIO, size: int, head: bytes) -> None:
        self._body = body
        self.size = size
        self._last: tuple[int, bytes] = (-1, b"")
        self._small = struct.unpack_from("<I", head, 60)[0]
        self._smalls: list[int] | None = None
        self._per_sector = size // 4
        self._more = struct.unpack_from("<I", head, 68)[0]
        self._tables = list(struct.unpack_from("<109I", head, 76))

    def sector(self, number: int) -> bytes:
        if self._last[0] == number:
            return self._last[1]
        self._body.seek((number + 1) * self.size)
        data = self._body.read(self.size)
        if len(data) < min(self.size, _HEAD):
            raise ValueError("cut off")
        self._last = (number, data)
        return data

    def after(self, number: int) -> int:
        where, index = divmod(number, self._per_sector)
        data = self.sector(self._table(where))
        return int(struct.unpack_from("<I", data, index * 4)[0])

    def after_small(self, number: int) -> int:
        """As `after`, of the short sectors inside the root's stream."""
        if self._smalls is None:
            self._smalls = []
            sector = self._small
            while sector < LAST and len(self._smalls) < MOST_SECTORS:
                self._smalls.append(sector)
                sector = self.after(sector)
        where, index = divmod(number, self._per_sector)
        if where >= len(self._smalls):
            raise ValueError("no such sector")
        return int(struct.unpack_from("<I", self.sector(self._smalls[where]), index * 4)[0])

    def _table(self, index: int) -> int:
        """The sector of the `index`th part of the table; after the first 109 comes a chain."""
        while index >= len(self._tables):
            if self._more >= LAST or len(self._tables) > MOST_SECTORS * self._per_sector:
                raise ValueError("no such sector")
            numbers = struct.unpack(f"<{self._per_sector}I", self.sector(self._more))
            self._tables += numbers[:-1]
            self._more = numbers[-1]
        return int(self._tables[index])
