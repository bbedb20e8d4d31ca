"""A zip of stored files whose length is known before its first byte (APPNOTE 6.3: 4.3.7 to 4.3.16, 4.5.3).

Nothing is compressed: what people share mostly is already. Reads no file and knows no right.
"""

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

_MOST = 0xFFFFFFFF
_COUNT = 0xFFFF
_FLAGS = 0x0808  # the checksum comes after the bytes; names are UTF-8
_PLAIN, _ZIP64 = 20, 45
# What Windows cannot have in a name, and the names that it keeps for devices.
_BARRED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(slots=True)
class Entry:
    """One file in the zip. `offset` is set by `laid_out`, `crc` when its bytes have passed."""

    name: bytes
    size: int
    stamp: int
    offset: int = 0
    crc: int = 0

    @property
    def is_large(self) -> bool:
        return self.size >= _MOST

    @property
    def head(self) -> bytes:
        """The local header."""
        extra = struct.pack("<HHQQ", 1, 16, 0, 0) if self.is_large else b""
        size = _MOST if self.is_large else 0
        needs = _ZIP64 if self.is_large else _PLAIN
        fixed = ("<IHHHIIIIHH", 0x04034B50, needs, _FLAGS, 0, self.stamp, 0, size, size)
        return struct.pack(*fixed, len(self.name), len(extra)) + self.name + extra

    @property
    def tail(self) -> bytes:
        """The data descriptor."""
        form = "<IIQQ" if self.is_large else "<IIII"
        return struct.pack(form, 0x08074B50, self.crc, self.size, self.size)

    @property
    def record(self) -> bytes:
        """Its line in the central directory."""
        far = self.offset >= _MOST
        wide = (struct.pack("<QQ", self.size, self.size) if self.is_large else b"") + (
            struct.pack("<Q", self.offset) if far else b""
        )
        extra = struct.pack("<HH", 1, len(wide)) + wide if wide else b""
        size = _MOST if self.is_large else self.size
        needs = _ZIP64 if wide else _PLAIN
        made = ("<IHHHHIIIIHHHHHII", 0x02014B50, 0x0300 | needs, needs, _FLAGS, 0, self.stamp, self.crc)
        lengths = (len(self.name), len(extra), 0, 0, 0, 0o100644 << 16, _MOST if far else self.offset)
        return struct.pack(*made, size, size, *lengths) + self.name + extra


def laid_out(files: Iterable[tuple[str, int, int]]) -> list[Entry]:
    """Path, size and time (ms) of each file, as entries: names safe for every system and each there once."""
    entries: list[Entry] = []
    taken: set[str] = set()
    offset = 0
    for name, size, at in files:
        entry = Entry(settled(name, taken).encode(), size, _stamp(at), offset)
        offset += len(entry.head) + size + len(entry.tail)
        entries.append(entry)
    return entries


def settled(path: str, taken: set[str]) -> str:
    """A path as it stands in a zip: safe for every system, and taken by nobody yet."""
    return _free("/".join(_safe(part) for part in path.split("/")), taken)


def length(entries: list[Entry]) -> int:
    """Of the whole zip."""
    return _directory_at(entries) + len(directory(entries))


def directory(entries: list[Entry]) -> bytes:
    """What comes after the last file."""
    records = b"".join(entry.record for entry in entries)
    count, start = len(entries), _directory_at(entries)
    wide = b""
    if count >= _COUNT or len(records) >= _MOST or start >= _MOST:
        versions = (0x0300 | _ZIP64, _ZIP64, 0, 0)
        wide = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, *versions, count, count, len(records), start)
        wide += struct.pack("<IIQI", 0x07064B50, 0, start + len(records), 1)
    some = min(count, _COUNT)
    sizes = (min(len(records), _MOST), min(start, _MOST))
    return records + wide + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, some, some, *sizes, 0)


def _directory_at(entries: list[Entry]) -> int:
    if not entries:
        return 0
    last = entries[-1]
    return last.offset + len(last.head) + last.size + len(last.tail)


def _safe(name: str) -> str:
    clean = _BARRED.sub("_", name).lstrip("-").rstrip(". ") or "archivo"
    return f"_{clean}" if _DEVICE.fullmatch(clean) else clean


def _free(name: str, taken: set[str]) -> str:
    """`a.pdf`, `a (2).pdf`: systems differ in what they hold for the same name, so case does not count."""
    folder, slash, last = name.rpartition("/")
    stem, dot, ending = last.rpartition(".")
    stem, ending = (stem, f".{ending}") if dot and stem else (last, "")
    number, found = 1, name
    while found.casefold() in taken:
        number += 1
        found = f"{folder}{slash}{stem} ({number}){ending}"
    taken.add(found.casefold())
    return found


def _stamp(at: int) -> int:
    """Date and time as DOS had them: two-second steps from 1980."""
    when = datetime.fromtimestamp(at / 1000, UTC)
    if not 1980 <= when.year <= 2107:
        return 0x21 << 16
    date = (when.year - 1980) << 9 | when.month << 5 | when.day
    return date << 16 | when.hour << 11 | when.minute << 5 | when.second // 2
