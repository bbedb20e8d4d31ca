"""What a PDF does by itself: scripts, programs that it starts, actions when it is opened. Draws nothing.

Read in small windows, so that neither memory nor the turn of others suffers. Names are looked for wherever
they stand, so whoever hides one in a comment or a stream hides nothing.
"""

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from appliance.domain.inspection.reasons import Reason, Why, because

_WINDOW = 256 * 1024
_OVERLAP = 1024  # no action that matters is longer than this
MOST_BYTES = 64 * 1024 * 1024
MOST_UNPACKED = 16 * 1024 * 1024  # of all streams that hold objects
MOST_STREAMS = 2000
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_SCRIPT = re.compile(rb"/JavaScript\b")
_LAUNCH = re.compile(rb"/Launch\b")
_OPEN = re.compile(
    rb"/OpenAction\s*(?:(<<)|(\d{1,7})\s+(\d{1,5})\s+R)"
)  # a place in the document is an array
_GO_TO = re.compile(rb"/S\s*/GoTo\b")
_LOCKED = re.compile(rb"/Encrypt\b")
_OBJECTS = re.compile(rb"/ObjStm\b")
_STREAM = re.compile(rb"stream\r?\n")
_OTHER_FILTER = re.compile(rb"/(?:LZW|ASCII85|ASCIIHex|RunLength|Crypt)\w*")


class _TooMuch(Exception):
    """More than is looked at."""


def look(body: BinaryIO) -> list[Reason]:
    """Everything that it would do without being asked."""
    return _Document(body).reasons()


class _Document:
    def __init__(self, body: BinaryIO) -> None:
        self._body = body
        self._script = self._launch = self._opens = self._locked = False
        self._actions: set[tuple[bytes, bytes]] = set()  # what is done when it is opened, by reference
        self._streams: list[int] = []
        self._unpacked = 0

    def reasons(self) -> list[Reason]:
        partly = broken = False
        try:
            for offset, data in _windows(self._body):
                self._marks(data)
                self._find_streams(offset, data)
            self._resolve()
            broken = not self._locked and not all(self._objects(one) for one in self._streams)
        except _TooMuch:
            partly = True
        if self._locked and self._streams:
            partly = True
        found = (
            (self._script, because(Why.PDF_SCRIPT)),
            (self._launch, because(Why.PDF_LAUNCH)),
            (self._opens, because(Why.PDF_OPENS)),
            (broken, because(Why.UNREADABLE, found="pdf")),
            (partly, because(Why.NOT_LOOKED_INTO, found="pdf")),
        )
        return [reason for here, reason in found if here]

    def _marks(self, data: bytes) -> None:
        plain = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data)
        self._script = self._script or bool(_SCRIPT.search(plain))
        self._launch = self._launch or bool(_LAUNCH.search(plain))
        self._locked = self._locked or bool(_LOCKED.search(plain))
        for found in _OPEN.finditer(plain):
            if found[1]:
                self._opens = self._opens or not _goes_to(plain, found.end())
            else:
                self._actions.add((found[2], found[3]))

    def _find_streams(self, offset: int, data: bytes) -> None:
        """Where objects are packed together. Their heads are short; the names in them may be escaped."""
        if b"/Obj" not in data and b"#" not in data:
            return
        for start in _STREAM.finditer(data):
            head = data[max(0, start.start() - _OVERLAP // 2) : start.start()]
            head = head[head.rfind(b"obj") + 1 :]
            if _OBJECTS.search(_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), head)):
                where = offset + start.end()
                if where not in self._streams:
                    self._streams.append(where)
        if len(self._streams) > MOST_STREAMS:
            raise _TooMuch

    def _resolve(self) -> None:
        """What is done at the opening, where it stands as an object of its own. (Scripts and programs are
        found wherever they are; packed objects are not looked up.)"""
        for number, version in list(self._actions)[:8]:
            head = re.compile(rb"(?<!\d)%s\s+%s\s+obj\s*<<" % (number, version))
            for _, data in _windows(self._body):
                if found := head.search(data):
                    self._opens = self._opens or not _goes_to(data, found.end())
                    break

    def _objects(self, where: int) -> bool:
        """Looks at packed objects; False: they are packed in a way that honest programs do not use."""
        self._body.seek(max(0, where - _OVERLAP // 2))
        head = self._body.read(where - self._body.tell())
        if _OTHER_FILTER.search(head[head.rfind(b"obj") + 1 :]):
            return False
        unpacker, kept = zlib.decompressobj(), b""
        while not unpacker.eof:
            packed = unpacker.unconsumed_tail or self._body.read(_WINDOW // 4)
            if not packed:
                return False
            try:
                plain = unpacker.decompress(packed, _WINDOW)
            except zlib.error:
                self._marks(kept + packed)  # not packed at all, or broken
                return not kept and b"FlateDecode" not in head
            self._unpacked += len(plain)
            if self._unpacked > MOST_UNPACKED:
                raise _TooMuch
            self._marks(kept + plain)
            kept = plain[-_OVERLAP:]
        return True


def _goes_to(data: bytes, start: int) -> bool:
    """Whether an action only shows another place of the same document."""
    return bool(_GO_TO.search(data[start : start + _OVERLAP].partition(b"endobj")[0].partition(b">>")[0]))


def _windows(body: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Where each begins, and its bytes; each begins with the end of the one before."""
    offset, kept = 0, b""
    while True:
        body.seek(offset)
        data = body.read(_WINDOW)
        if not data:
            return
        yield offset - len(kept), kept + data
        offset += len(data)
        kept = data[-_OVERLAP:]
        if offset > MOST_BYTES:
            raise _TooMuch
