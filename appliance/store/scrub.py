"""Reads kept bodies again, a share at a time, and remembers its place. Heals nothing: see `Blobs.place`.

Its notes are a file of its own beside the databases: whoever loses them begins anew.
"""

import errno
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from appliance.store.blobs import body_path
from appliance.store.disk import replace
from appliance.store.opened import Store

CHUNK = 1024 * 1024


class Notes(Struct, kw_only=True):
    """`after`: the last body that was read in this round. `checked_at`: the end of the last whole round (ms).
    `read` of `total` bytes of this round. `damaged`: SHA-256 and when it was found.
    """

    after: str = ""
    read: int = 0
    total: int = 0
    checked_at: int | None = None
    damaged: dict[str, int] = {}


class Scrub:
    """The bodies of one store. Blocks: worker threads."""

    def __init__(self, store: Store) -> None:
        self._layout = store.layout
        self._disk = store.disk
        self._blobs = store.blobs
        self._roots = (store.layout.blobs, store.live / "blobs")
        self._path = store.layout.data / "scrub.json"

    def load(self) -> Notes:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Notes)
        except (OSError, msgspec.MsgspecError):
            return Notes()

    def keep(self, notes: Notes) -> None:
        """Not synced: a power cut costs a part of a round, and spares the card."""
        replace(self._disk, self._path, msgspec.json.encode(notes), durable=False)

    def weight(self) -> int:
        """Bytes of all bodies; one with two names counts once."""
        return sum(max((path.stat().st_size for path in paths), default=0) for _, paths in self.bodies(""))

    def bodies(self, after: str) -> Iterator[tuple[str, list[Path]]]:
        """Each body by its SHA-256, in their order, and where it lies: one folder of names in memory."""
        for number in range(int(after[:2] or "0", 16), 256):
            folder = f"{number:02x}"
            names = {name for root in self._roots for name in _listed(root / folder)}
            for sha256 in sorted(name for name in names if name > after and len(name) == 64):
                yield sha256, _different(body_path(root, sha256) for root in self._roots)

    def chunks(self, path: Path, sha256: str) -> Iterator[int]:
        """Reads one file; after each piece its length, at the end 0, or -1 when it is not what it was."""
        digest = hashlib.sha256()
        try:
            with path.open("rb", buffering=0) as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)
                at = 0
                while piece := file.read(CHUNK):
                    digest.update(piece)
                    # What nobody asked for must not push out what people read.
                    os.posix_fadvise(file.fileno(), at, len(piece), os.POSIX_FADV_DONTNEED)
                    at += len(piece)
                    yield len(piece)
        except FileNotFoundError:
            yield 0  # removed meanwhile
            return
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            yield -1
            return
        yield 0 if digest.hexdigest() == sha256 else -1

    def is_there(self, sha256: str) -> bool:
        return any(body_path(root, sha256).exists() for root in self._roots)


def _listed(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in os.scandir(folder)]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _different(paths: Iterable[Path]) -> list[Path]:
    """Those that are there, without second names of the same bytes."""
    found: dict[tuple[int, int], Path] = {}
    for path in paths:
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        found.setdefault((stat.st_dev, stat.st_ino), path)
    return list(found.values())
