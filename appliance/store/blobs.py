"""Bodies of files, named by their SHA-256. Knows nothing of rows, rights or names that people gave.

A body that came in this session lies in the live folder, without fsync: a power cut takes the session with
it anyway. What a generation names lies in `<data>/blobs` as well. All calls here may block: worker threads.
"""

import os
import re
import secrets
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from appliance.base.errors import Code, Refusal
from appliance.store.damage import Damage
from appliance.store.disk import file_hash, full_disk_refused
from appliance.store.writer import Body, Writer

_SHA256 = re.compile(r"[0-9a-f]{64}")
_UPLOAD = re.compile(r"[A-Za-z0-9_-]{1,100}")
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


def body_path(root: Path, sha256: str) -> Path:
    """Where a body lies: `ab/abcdef...`. A name that is no SHA-256 never becomes a path."""
    if not _SHA256.fullmatch(sha256):
        raise Refusal(Code.NOT_FOUND)
    return root / sha256[:2] / sha256


def has_body(root: Path, sha256: str, size: int) -> bool:
    """Whether a body is there in full length."""
    try:
        return body_path(root, sha256).stat().st_size == size
    except FileNotFoundError:
        return False


class Blobs:
    """The bodies of one live folder, with those that generations keep behind them."""

    def __init__(self, live: Path, kept: Path) -> None:
        self._live = live / "blobs"
        self._incoming = live / "incoming"
        self._kept = kept
        self._lock = threading.Lock()
        self._counting = threading.Lock()  # nobody who holds it touches the disk
        self._pinned: Counter[str] = Counter()
        self._holds = 0
        self._later: set[str] = set()
        self.damage = Damage()

    def writer(self, upload: str) -> Writer:
        """A new, empty body on its way in. `upload` is an id of ours, never a name that somebody typed."""
        part = self._part(upload)
        with full_disk_refused():
            return Writer(part, self.place, self.unpin).open()

    def expect(self, upload: str) -> Writer:
        """As `writer`, but its part is made with the first byte, or with the end. Does not block."""
        return Writer(self._part(upload), self.place, self.unpin)

    def reopen(self, upload: str) -> Writer:
        """Goes on with a body after a crash of the program: reads and hashes what is there."""
        writer = Writer(self._part(upload), self.place, self.unpin)
        try:
            writer.read_back()
        except FileNotFoundError:
            raise Refusal(Code.NOT_FOUND) from None
        return writer

    def parts(self) -> list[tuple[str, int]]:
        """Uploads that are not finished: id and bytes so far. They outlive the program, not the boot."""
        return [(part.stem, part.stat().st_size) for part in sorted(self._incoming.glob("*.part"))]

    def read_part(self, upload: str) -> BinaryIO:
        """What has come of an unfinished upload."""
        try:
            return os.fdopen(os.open(self._part(upload), _READ), "rb", buffering=0)
        except FileNotFoundError:
            raise Refusal(Code.NOT_FOUND) from None

    def drop_part(self, upload: str) -> None:
        """Gives an unfinished upload up."""
        self._part(upload).unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """The file that holds a body, to be opened at once. Refusal(gone) when it is lost."""
        for root in (self._live, self._kept):
            path = body_path(root, sha256)
            if path.exists():
                return path
        raise Refusal(Code.GONE)

    def open_read(self, sha256: str) -> BinaryIO:
        """A body, unbuffered. Stays readable when it is removed meanwhile. Refusal(gone): lost or damaged."""
        self.damage.refuse(sha256)
        for root in (self._live, self._kept):
            with suppress(FileNotFoundError):
                return os.fdopen(os.open(body_path(root, sha256), _READ), "rb", buffering=0)
        raise Refusal(Code.GONE)

    def space(self) -> tuple[int, int]:
        """Bytes that the file system would still take, and that it has in all."""
        stat = os.statvfs(self._live)
        return stat.f_bavail * stat.f_frsize, stat.f_blocks * stat.f_frsize

    def place(self, part: Path, body: Body) -> None:
        """Gives a complete part its name, or drops it when the same body is here. Pins it."""
        target = body_path(self._live, body.sha256)
        with self._lock, full_disk_refused():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            if self.damage.holds(body.sha256):
                self.damage.heal(part, target, body_path(self._kept, body.sha256))
            elif has_body(self._live, body.sha256, body.size) or self._share(target, body):
                part.unlink()
            else:
                part.rename(target)
            self._count(body.sha256, 1)

    def adopt(self, source: Path, body: Body) -> bool:
        """A body of an earlier session is one of this session's too, and pinned as `place` does it.

        Shared, not copied, where the file system knows two names for one file; and hashed before anybody
        relies on it. False when it is lost, or not what it was.
        """
        part = self._part(secrets.token_hex(16))
        try:
            with full_disk_refused():
                _link_or_copy(source, part)
            if part.stat().st_size == body.size and file_hash(part) == body.sha256:
                self.place(part, body)
                return True
        except FileNotFoundError:
            return False
        finally:
            part.unlink(missing_ok=True)
        return False

    def pin(self, sha256: str) -> None:
        """The body stays until `unpin`, though no row may name it."""
        with self._lock:
            self._count(sha256, 1)

    def pinned(self) -> frozenset[str]:
        """Those that are held now: on their way to a row, or deleted and not for good yet."""
        with self._lock, self._counting:
            return frozenset(self._pinned)

    def unpin(self, sha256: str) -> None:
        """The row that names this body is committed, or will never be. Does not wait for the disk."""
        self._count(sha256, -1)

    def detach(self, sha256: str) -> Path | None:
        """Takes a body of this session out of the way (one rename); answers what is left to unlink.

        Call it where no row can come in between the look for references and this: see `Store.discard`.
        A body whose row is on its way stays; one that is being saved is remembered for `release`.
        """
        path = body_path(self._live, sha256)
        with self._lock:
            if self._holds:
                self._later.add(sha256)
                return None
            if self._pinned[sha256] or not path.exists():
                return None
            gone = self._incoming / f"{secrets.token_hex(8)}.gone"
            path.rename(gone)
            return gone

    def hold(self) -> None:
        """From now until `release` no body leaves: a save is reading the names."""
        with self._lock:
            self._holds += 1

    def release(self) -> set[str]:
        """Ends a hold; answers what somebody wanted to remove meanwhile, to be looked at again."""
        with self._lock:
            self._holds -= 1
            later, self._later = self._later, set()
            return later

    def in_session(self) -> Iterator[Path]:
        """Every body that came in this session."""
        return self._live.glob("??/*")

    def _count(self, sha256: str, by: int) -> None:
        """A pin needs the lock of the bodies as well, so that it does not come while one is taken away."""
        with self._counting:
            self._pinned[sha256] += by
            if self._pinned[sha256] <= 0:
                del self._pinned[sha256]

    def _share(self, target: Path, body: Body) -> bool:
        """A body that a generation keeps gets a second name here, so that it outlives that generation."""
        if not has_body(self._kept, body.sha256, body.size):
            return False
        target.unlink(missing_ok=True)
        try:
            os.link(body_path(self._kept, body.sha256), target)
        except OSError:  # as many names as the file system allows: a copy of one's own is fine
            return False
        return True

    def _part(self, upload: str) -> Path:
        if not _UPLOAD.fullmatch(upload):
            raise Refusal(Code.NOT_FOUND)
        return self._incoming / f"{upload}.part"


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # not every file system knows two names for one file, and none of them any number
        shutil.copyfile(source, target)
        target.chmod(0o440)
