"""Zip archives, and the documents that are zips, by their directory: nothing is written, little is unpacked.

Only archives inside archives, the list of parts of a document and the first bytes of each entry are read,
into memory, within a budget.
"""

import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any, BinaryIO, NamedTuple, cast

from appliance.domain.inspection import documents, ole
from appliance.domain.inspection.beginnings import LONGEST, disguised
from appliance.domain.inspection.kinds import UNSEEN, ZIPS, by_name, last_ending
from appliance.domain.inspection.reasons import Reason, Why, because

MOST_ENTRIES = 10_000
LARGEST_DIRECTORY = 4 * 1024 * 1024
MOST_NESTED = 3
BOMB_RATIO = 100
BOMB_SIZE = 64 * 1024 * 1024  # less does no harm however well it is packed
LARGEST_SIZE = 16 * 1024**3
INNER_BUDGET = 32 * 1024 * 1024
MOST_INNER = 100
LARGEST_INNER = 16 * 1024 * 1024
PEEK_SECONDS = 5.0
_PACKINGS = frozenset(
    {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
)  # of the others a few bytes may cost gigabytes
_LOCKED = 0x2041  # encrypted, strongly encrypted, or its directory is
_LARGEST_LIST = 256 * 1024
_LIST_OF_PARTS = "[Content_Types].xml"
_OLE = frozenset({"doc", "xls", "ppt"})
_DOCUMENT = (b"application/vnd.oasis.opendocument", b"application/epub+zip")
# What Python's zipfile raises on hostile bytes.
_BROKEN = (
    zipfile.BadZipFile,
    RuntimeError,  # and NotImplementedError: versions and methods that it does not know
    ValueError,
    OSError,
    EOFError,
    struct.error,
    zlib.error,
    OverflowError,
    KeyError,
)


class Budget:
    """How much may still be unpacked into memory for one upload."""

    def __init__(self) -> None:
        self._bytes = INNER_BUDGET
        self._times = MOST_INNER

    def take(self, size: int) -> bool:
        if size > min(self._bytes, LARGEST_INNER) or not self._times:
            return False
        self._bytes -= size
        self._times -= 1
        return True


class _Bounded:
    """A body of which nobody reads a great piece at once: the directory of an archive has a largest size."""

    def __init__(self, body: BinaryIO) -> None:
        self._body = body
        self.most = LARGEST_DIRECTORY
        self.seek = body.seek
        self.tell = body.tell

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._body.read(min(size, self.most + 1) if size >= 0 else self.most + 1)
        if len(data) > self.most:
            raise _TooMuch
        return data


class _TooMuch(Exception):
    """The directory alone is larger than any honest one."""


class _Entry(NamedTuple):
    info: zipfile.ZipInfo
    name: str


def look(body: BinaryIO, size: int, budget: Budget, depth: int = 1) -> list[Reason]:
    """Everything that the directory gives away."""
    try:
        bounded = _Bounded(body)
        with zipfile.ZipFile(cast(IO[bytes], bounded)) as archive:
            bounded.most = LARGEST_INNER
            return list(_Looked(archive, size, budget, depth).reasons())
    except _TooMuch:
        return [because(Why.ZIP_ENTRIES, maximum=MOST_ENTRIES)]
    except _BROKEN:
        return [because(Why.UNREADABLE, found="zip")]


def ends_as_zip(body: BinaryIO) -> bool:
    """Whether programs that look for the end of an archive would find one here, with something in it."""
    try:
        with zipfile.ZipFile(cast(IO[bytes], _Bounded(body))) as archive:
            return bool(archive.infolist())
    except _TooMuch:
        return True
    except _BROKEN:
        return False


class _Looked:
    """One archive being looked at."""

    def __init__(self, archive: zipfile.ZipFile, size: int, budget: Budget, depth: int) -> None:
        self._archive = archive
        self._size = size
        self._budget = budget
        self._depth = depth
        infos = archive.infolist()
        self._too_many = len(infos) > MOST_ENTRIES
        # The name as it stands there: Python's own ends at the first NUL.
        self._entries = [_Entry(info, info.orig_filename) for info in infos[:MOST_ENTRIES]]

    def reasons(self) -> Iterator[Reason]:
        yield from self._sizes()
        if any(info.flag_bits & _LOCKED for info, _ in self._entries):
            yield because(Why.ENCRYPTED)
        for info, name in self._entries:
            if _leads_out(name):
                yield because(Why.ZIP_PATH, name=name)
            if stat.S_ISLNK(info.external_attr >> 16):
                yield because(Why.ZIP_LINK, name=name)
        yield from self._document() if self._is_document() else self._contents()

    def _sizes(self) -> Iterator[Reason]:
        if self._too_many:
            yield because(Why.ZIP_ENTRIES, maximum=MOST_ENTRIES)
        unpacked = sum(info.file_size for info, _ in self._entries)
        packed = sum(info.compress_size for info, _ in self._entries)
        bomb = unpacked > BOMB_SIZE and unpacked > BOMB_RATIO * max(1, self._size)
        # Packed parts that are larger together than the archive lie over one another.
        if bomb or unpacked > LARGEST_SIZE or packed > self._size:
            yield because(Why.ZIP_BOMB, size=unpacked, packed=self._size)

    def _is_document(self) -> bool:
        names = {name for _, name in self._entries}
        if _LIST_OF_PARTS in names:
            return True
        first = self._entries[0] if self._entries else None
        if first is None or first.name != "mimetype":
            return False
        return (self._read(first.info, 200) or b"").startswith(_DOCUMENT)

    def _document(self) -> Iterator[Reason]:
        """Of the parts of a document only programs and macros matter: its pictures are often SVG."""
        names = [name.replace("\\", "/").lower() for _, name in self._entries]
        parts = b""
        for info, name in self._entries:
            if name == _LIST_OF_PARTS:
                parts = (self._read(info, _LARGEST_LIST) or b"vbaproject").lower()
        named = any(name.endswith(("vbaproject.bin", "vbadata.xml")) for name in names)
        scripts = any(name.startswith(("basic/", "scripts/")) for name in names)
        if named or scripts or b"vbaproject" in parts or b"macroenabled" in parts:
            yield because(Why.MACROS)
        if b"macrosheet" in parts or any(name.startswith("xl/macrosheets/") for name in names):
            yield because(Why.EXCEL4)
        for _, name in self._entries:
            if by_name(name) is Why.PROGRAM:
                yield because(Why.INSIDE, name=name, found=Why.PROGRAM.value)
        yield from self._disguised(plain_only=True)

    def _disguised(self, *, plain_only: bool = False) -> Iterator[Reason]:
        """Harmless names over what is not: the first bytes of each, as many as time allows."""
        until = time.monotonic() + PEEK_SECONDS
        for info, name in self._entries:
            if name.endswith("/") or by_name(name) is not None or not info.file_size:
                continue
            if time.monotonic() > until:
                yield because(Why.INNER_NOT_LOOKED_INTO, name=name)
                return
            head = self._peek(info)
            if head is None:
                yield because(Why.INNER_NOT_LOOKED_INTO, name=name)
            elif found := disguised(head, plain_only=plain_only):
                yield because(Why.DISGUISED, name=name, found=found)
            elif head.startswith(b"PK\3\4") and not plain_only and last_ending(name) not in ZIPS:
                yield from self._inner(info, name, "zip")

    def _peek(self, info: zipfile.ZipInfo) -> bytes | None:
        """How it begins; None where that cannot be said, which of a locked one is told already."""
        if info.flag_bits & _LOCKED:
            return b""
        if info.compress_type not in _PACKINGS:
            return None
        try:
            with self._archive.open(info) as entry:
                head: bytes = cast(Any, entry).read(LONGEST)
        except (*_BROKEN, _TooMuch):
            return None
        return head

    def _contents(self) -> Iterator[Reason]:
        """What is held back by itself is held back in an archive too."""
        for info, name in self._entries:
            if name.endswith("/"):
                continue
            if why := by_name(name):
                yield because(Why.INSIDE, name=name, found=why.value)
            kind = last_ending(name)
            if kind in ZIPS or kind in _OLE:
                yield from self._inner(info, name, kind)
            elif kind in UNSEEN:
                yield because(Why.INNER_NOT_LOOKED_INTO, name=name)
        yield from self._disguised()

    def _inner(self, info: zipfile.ZipInfo, name: str, kind: str) -> Iterator[Reason]:
        if kind == "zip" and self._depth >= MOST_NESTED:
            yield because(Why.ZIP_NESTED, maximum=MOST_NESTED)
            return
        data = self._read(info, LARGEST_INNER)
        if data is None:
            yield because(Why.INNER_NOT_LOOKED_INTO, name=name)
        elif data.startswith(documents.MAGIC):
            yield from _told_of(name, ole.look(BytesIO(data)))
        elif kind in ZIPS:
            inner = look(BytesIO(data), len(data), self._budget, self._depth + 1)
            yield from _told_of(name, inner)

    def _read(self, info: zipfile.ZipInfo, most: int) -> bytes | None:
        """An entry in memory; None where it is too large, locked, or packed in a way that is not known."""
        if info.flag_bits & _LOCKED or info.compress_type not in _PACKINGS or info.file_size > most:
            return None
        if not self._budget.take(info.file_size):
            return None
        try:
            with self._archive.open(info) as entry:
                data: bytes = cast(Any, entry).read(info.file_size + 1)
        except (*_BROKEN, _TooMuch):
            return None
        return data


def _told_of(name: str, reasons: list[Reason]) -> Iterator[Reason]:
    """What was found in something inside: named after that where the reason has no name of its own."""
    for reason in reasons:
        if reason.code in (Why.MACROS, Why.EXCEL4, Why.EMBEDDED, Why.UNREADABLE):
            yield because(Why.INSIDE, name=name, found=reason.code.value)
        else:
            yield reason


def _leads_out(name: str) -> bool:
    """Names that end up elsewhere than under the folder that somebody unpacks into, or hide what they are."""
    plain = name.replace("\\", "/")
    drive = len(plain) > 1 and plain[1] == ":"
    return plain.startswith("/") or drive or ".." in plain.split("/") or "\0" in name
