"""Sheets of macros in old workbooks (Excel 4, which needs no VBA), by the list of sheets alone. Runs nothing.

[MS-XLS] 2.4.28: BoundSheet8; [MS-CFB] 2.3 and 2.5 for where the stream lies. Bounded work on hostile bytes.
"""

import struct
from collections.abc import Iterator

from appliance.domain.inspection.documents import LAST, Entry, Table
from appliance.domain.inspection.reasons import Reason, Why, because

NAMES = frozenset({"WORKBOOK", "BOOK"})
_SMALL = 4096  # what is shorter lies in the stream of short streams
_SMALL_SECTOR = 64
MOST_SECTORS = 65_536
MOST_RECORDS = 100_000
_SHEET, _LOCKED, _END = 0x85, 0x2F, 0x0A
_MACROS = 1


def look(table: Table, entries: list[Entry]) -> list[Reason]:
    """Raises ValueError or struct.error for what no workbook is."""
    reasons = []
    for entry in entries:
        if entry.name.upper() in NAMES:
            for kind, data in _records(_Stream(table, entry, entries)):
                if kind == _LOCKED:
                    reasons.append(because(Why.ENCRYPTED))
                    break
                if kind == _SHEET and len(data) > 5 and data[5] == _MACROS:
                    reasons.append(because(Why.EXCEL4))
                    break
    return reasons


def _records(stream: "_Stream") -> Iterator[tuple[int, bytes]]:
    """Those of the part that is about the whole workbook."""
    offset = 0
    for _ in range(MOST_RECORDS):
        head = stream.read(offset, 4)
        if len(head) < 4:
            return
        kind, size = struct.unpack("<HH", head)
        yield kind, stream.read(offset + 4, min(size, 8))
        offset += 4 + size
        if kind == _END:
            return
    raise ValueError("a workbook without end")


class _Stream:
    """The bytes of one stream, wherever its sectors lie."""

    def __init__(self, table: Table, entry: Entry, entries: list[Entry]) -> None:
        self._table = table
        self._size = entry.size
        self._small = entry.size < _SMALL
        self._sector = _SMALL_SECTOR if self._small else table.size
        root = entries[0].start if entries else LAST
        self._base = self._chain(root, small=False) if self._small else []
        self._sectors = self._chain(entry.start, small=self._small)

    def read(self, offset: int, size: int) -> bytes:
        found = b""
        while size > 0 and offset < self._size:
            index, skip = divmod(offset, self._sector)
            if index >= len(self._sectors):
                raise ValueError("cut off")
            piece = self._piece(self._sectors[index])[skip : skip + size]
            if not piece:
                raise ValueError("cut off")
            found += piece
            offset, size = offset + len(piece), size - len(piece)
        return found

    def _piece(self, number: int) -> bytes:
        if not self._small:
            return self._table.sector(number)
        index, skip = divmod(number * _SMALL_SECTOR, self._table.size)
        if index >= len(self._base):
            raise ValueError("no such sector")
        return self._table.sector(self._base[index])[skip : skip + _SMALL_SECTOR]

    def _chain(self, first: int, *, small: bool) -> list[int]:
        found: list[int] = []
        after = self._table.after_small if small else self._table.after
        while first < LAST:
            found.append(first)
            if len(found) > MOST_SECTORS:
                raise ValueError("a stream without end")
            first = after(first)
        return found
