"""One body on its way to its place: a part in `incoming`, hashed as it grows. All calls here may block.

Must not know where bodies lie or who needs them: `blobs` says.
"""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

from appliance.store.disk import full_disk_refused, write_all

_NEW = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MORE = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC


class Body(NamedTuple):
    """What `Writer.finish` answers."""

    sha256: str
    size: int


class Mark(NamedTuple):
    """How far a body had come: enough to go back there."""

    size: int
    digest: "hashlib._Hash"


class Writer:
    """One body on its way in: hashed as it comes, never read back. One thread at a time."""

    def __init__(self, part: Path, place: Callable[[Path, Body], None], unpin: Callable[[str], None]) -> None:
        """The part is made when it is needed first. `place` gives it its name, `unpin` lets that go."""
        self.size = 0
        self._part = part
        self._place = place
        self._unpin = unpin
        self._fd = -1
        self._flags = _NEW
        self._digest = hashlib.sha256()
        self._body: Body | None = None

    def open(self) -> Self:
        """Makes the part now."""
        self._open()
        return self

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Appends. After a refusal (disk full) the part is as long as before the call."""
        with full_disk_refused():
            fd = self._open()
            try:
                write_all(fd, data)
            except BaseException:
                with suppress(OSError):
                    os.ftruncate(fd, self.size)
                raise
        self._digest.update(data)
        self.size += len(data)

    def pause(self) -> None:
        """Closes the file and keeps everything else; the next `write` opens it again."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def mark(self) -> Mark:
        """Where it is now, for `rewind`."""
        return Mark(self.size, self._digest.copy())

    def rewind(self, mark: Mark) -> None:
        """Takes back what was written since."""
        self.pause()
        os.truncate(self._part, mark.size)
        self.size, self._digest = mark.size, mark.digest.copy()

    def finish(self) -> Body:
        """Gives the body its name. Then commit the row that names it and call `settled`."""
        with full_disk_refused():
            os.fchmod(self._open(), 0o440)
        self.pause()
        body = Body(self._digest.hexdigest(), self.size)
        self._place(self._part, body)
        self._body = body
        return body

    def settled(self) -> None:
        """The row is committed; from now on the body lives as long as a row names it."""
        if self._body is not None:
            self._unpin(self._body.sha256)
            self._body = None

    def abort(self) -> None:
        """Gives up at any moment, as often as one likes. After `finish`, `Store.discard` the body as well."""
        self.pause()
        self.settled()
        self._part.unlink(missing_ok=True)

    def read_back(self) -> None:
        """Goes on after a crash: brings size and hash to what the part holds."""
        self._flags = _MORE
        self._open()
        with self._part.open("rb", buffering=0) as file:
            while chunk := file.read(1024 * 1024):
                self._digest.update(chunk)
                self.size += len(chunk)

    def _open(self) -> int:
        if self._fd < 0:
            self._fd = os.open(self._part, self._flags, 0o600)
            self._flags = _MORE
        return self._fd
