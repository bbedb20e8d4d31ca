"""The file system as save and restore see it: a few calls, each either durable or said not to be.

Every durable step goes through a `Disk`, so that a test can take the power away between any two of them.
Must not know what the files mean.
"""

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from appliance.base.errors import Code, Refusal

_CHUNK = 1024 * 1024
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Disk:
    """The real one. Only `sync` makes bytes durable, only `sync_folder` makes names durable."""

    def mkdir(self, path: Path) -> None:
        """A new folder for nobody but the owner; one that is there already is left alone."""
        path.mkdir(mode=0o700, exist_ok=True)

    def write(self, path: Path, data: bytes, mode: int = 0o600) -> None:
        """A new file with these bytes."""
        fd = os.open(path, _CREATE, mode)
        with os.fdopen(fd, "wb", buffering=0) as file:
            write_all(file.fileno(), data)

    def copy(self, source: Path, target: Path, mode: int = 0o600) -> str:
        """A new file with the bytes of another one; answers the SHA-256 of exactly what was written."""
        digest = hashlib.sha256()
        fd = os.open(target, _CREATE, mode)
        with os.fdopen(fd, "wb", buffering=0) as to, source.open("rb", buffering=0) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                write_all(to.fileno(), chunk)
        return digest.hexdigest()

    def make(self, path: Path, maker: Callable[[Path], None], mode: int = 0o600) -> None:
        """A new file that somebody else writes: SQLite."""
        maker(path)
        path.chmod(mode)

    def sync(self, path: Path) -> None:
        """The bytes of this file survive a power cut from now on."""
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fdatasync(fd)
        finally:
            os.close(fd)

    def sync_folder(self, path: Path) -> None:
        """The names in this folder survive a power cut from now on."""
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def rename(self, old: Path, new: Path) -> None:
        """At once and whole; a file of the new name is replaced."""
        old.rename(new)

    def link(self, old: Path, new: Path) -> None:
        """A second name for the same bytes."""
        os.link(old, new)

    def remove(self, path: Path) -> None:
        """A file, or a folder with everything in it; nothing there is fine."""
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def replace(disk: Disk, path: Path, data: bytes, *, durable: bool, mode: int = 0o600) -> None:
    """A small file gets new content, whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    disk.remove(fresh)
    disk.write(fresh, data, mode)
    if durable:
        disk.sync(fresh)
    disk.rename(fresh, path)
    if durable:
        disk.sync_folder(path.parent)


def write_all(fd: int, data: bytes | bytearray | memoryview) -> None:
    """`os.write` may take less than it was given."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def file_hash(path: Path) -> str:
    """The SHA-256 of a file as it lies there."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_full(error: OSError) -> bool:
    """No space on the file system, or none of ours."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


@contextlib.contextmanager
def full_disk_refused() -> Iterator[None]:
    """A full disk is a refusal like any other; other trouble passes unchanged."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise Refusal(Code.NO_SPACE) from error
        raise
