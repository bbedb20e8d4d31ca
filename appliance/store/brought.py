"""A file for the machine under the box, on its way in: written piece by piece, durable before its name is."""

from typing import BinaryIO

from appliance.store.disk import Disk, full_disk_refused, write_all
from appliance.store.snapshot.layout import Layout

NAME = "update.pichat"  # the steps of the boot look for it under this name


class Brought:
    """One at a time. Every method is for a worker thread; Refusal(no_space) when the disk is full."""

    def __init__(self, layout: Layout, disk: Disk) -> None:
        self._path = layout.data / NAME
        self._part = layout.data / f"{NAME}.part"
        self._disk = disk
        self._file: BinaryIO | None = None

    def begin(self) -> None:
        self.drop()
        with full_disk_refused():
            self._disk.write(self._part, b"")
            self._file = self._part.open("ab", buffering=0)

    def write(self, chunk: bytes) -> None:
        assert self._file is not None
        with full_disk_refused():
            write_all(self._file.fileno(), chunk)

    def finish(self) -> None:
        """From now on it lies there for whoever looks for it."""
        assert self._file is not None
        with full_disk_refused():
            self._disk.sync(self._part)
        self._file.close()
        self._file = None
        self._disk.rename(self._part, self._path)
        self._disk.sync_folder(self._path.parent)

    def drop(self) -> None:
        """What came so far is gone."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._part.unlink(missing_ok=True)

    @property
    def waits(self) -> bool:
        """Nobody has taken it yet."""
        return self._path.exists()
