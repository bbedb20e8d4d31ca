"""The directory of an OLE document (DOC, XLS, PPT): which streams it has. Bounded work on hostile bytes."""

import struct
from typing import BinaryIO

from appliance.domain.inspection.reasons import Reason, Why, because

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_HEAD = 512
_ENTRY = 128
MOST_SECTORS = 4096  # of the directory: far more than any document has
_LAST = 0xFFFFFFFA  # from here on the numbers are marks, not sectors
_MACROS = frozenset({"VBA", "_VBA_PROJECT", "MACROS", "_VBA_PROJECT_CUR"})
_ENCRYPTED = frozenset({"ENCRYPTEDPACKAGE"})
_EMBEDDED = frozenset({"\x01OLE10NATIVE"})


def look(body: BinaryIO) -> list[Reason]:
    """What its streams say. One that cannot be read is held back: an office may be more patient."""
    try:
        names = {name.upper() for name in streams(body)}
    except (ValueError, struct.error, OSError):
        return [because(Why.UNREADABLE, found="ole")]
    reasons = []
    for marks, why in ((_MACROS, Why.MACROS), (_ENCRYPTED, Why.ENCRYPTED), (_EMBEDDED, Why.EMBEDDED)):
        if names & marks:
            reasons.append(because(why))
    return reasons


def streams(body: BinaryIO) -> list[str]:
    """The names in the directory. Raises ValueError or struct.error for what is no such document."""
    body.seek(0)
    head = body.read(_HEAD)
    shift, first = struct.unpack_from("<H", head, 30)[0], struct.unpack_from("<I", head, 48)[0]
    if head[:8] != MAGIC or shift not in (9, 12):
        raise ValueError("no OLE document")
    table = _Table(body, 1 << shift, head)
    names: list[str] = []
    sector = first
    for _ in range(MOST_SECTORS):
        if sector >= _LAST:
            return names
        names += _names(table.sector(sector))
        sector = table.after(sector)
    raise ValueError("a directory without end")


def _names(sector: bytes) -> list[str]:
    found = []
    for start in range(0, len(sector) - _ENTRY + 1, _ENTRY):
        length = struct.unpack_from("<H", sector, start + 64)[0]
        if 2 <= length <= 64 and sector[start + 66]:  # a type of 0 is an unused entry
            found.append(sector[start : start + length - 2].decode("utf-16-le", "replace"))
    return found


class _Table:
    """Which sector follows which; read where it is needed."""

    def __init__(self, body: BinaryIO, size: int, head: bytes) -> None:
        self._body = body
        self._size = size
        self._per_sector = size // 4
        self._more = struct.unpack_from("<I", head, 68)[0]
        self._tables = list(struct.unpack_from("<109I", head, 76))

    def sector(self, number: int) -> bytes:
        self._body.seek((number + 1) * self._size)
        data = self._body.read(self._size)
        if len(data) < min(self._size, _HEAD):
            raise ValueError("cut off")
        return data

    def after(self, number: int) -> int:
        where, index = divmod(number, self._per_sector)
        data = self.sector(self._table(where))
        return int(struct.unpack_from("<I", data, index * 4)[0])

    def _table(self, index: int) -> int:
        """The sector of the `index`th part of the table; after the first 109 comes a chain."""
        while index >= len(self._tables):
            if self._more >= _LAST or len(self._tables) > MOST_SECTORS * self._per_sector:
                raise ValueError("no such sector")
            numbers = struct.unpack(f"<{self._per_sector}I", self.sector(self._more))
            self._tables += numbers[:-1]
            self._more = numbers[-1]
        return int(self._tables[index])
