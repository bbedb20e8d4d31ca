"""Where everything lies in the data folder, and the lock that one server holds on it. Reads no database."""

import fcntl
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from appliance.base.errors import StartError
from appliance.store.disk import Disk

CONTENT_DB = "content.db"
BOX_DB = "box.db"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Layout:
    """The data folder by the names of the design."""

    data: Path

    @property
    def box(self) -> Path:
        return self.data / BOX_DB

    @property
    def lock(self) -> Path:
        return self.data / "lock"

    @property
    def control(self) -> Path:
        return self.data / "control.sock"

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    @property
    def reserve(self) -> Path:
        return self.data / "reserve"

    @property
    def blobs(self) -> Path:
        """Bodies that a generation names."""
        return self.data / "blobs"

    @property
    def archives(self) -> Path:
        """What is on its way out of the box or into it."""
        return self.data / "archives"

    @property
    def live(self) -> Path:
        return self.data / "live"

    @property
    def live_current(self) -> Path:
        return self.live / "CURRENT"

    def session(self, epoch: str) -> Path:
        """The folder of one boot."""
        return self.live / epoch

    @property
    def stable(self) -> Path:
        return self.data / "stable"

    @property
    def stable_current(self) -> Path:
        return self.stable / "CURRENT"

    def generation(self, number: int) -> Path:
        return self.stable / str(number)

    def make(self, disk: Disk) -> None:
        """All folders, durable before anything goes into them."""
        try:
            self.data.parent.mkdir(parents=True, exist_ok=True)
            disk.mkdir(self.data)
            for folder in (self.live, self.stable, self.blobs, self.secrets):
                disk.mkdir(folder)
            disk.sync_folder(self.data)
            with suppress(PermissionError):  # the folder above may be nobody's business
                disk.sync_folder(self.data.parent)
        except OSError as error:
            raise StartError(f"the data folder {self.data} cannot be written: {error.strerror}") from error


class DataLock:
    """One server at a time. The kernel lets go of it when the process ends, however it ends."""

    def __init__(self, layout: Layout) -> None:
        try:
            self._fd = os.open(layout.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StartError(f"the data folder {layout.data} cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(self._fd, 20).decode("ascii", "replace").strip()
            self.release()
            by = f" (process {holder})" if holder else ""
            raise StartError(f"another PiChat{by} is using the data folder {layout.data}") from error
        with suppress(OSError):  # only for the line above; a full disk must not stop the start
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Closing lets go; a second call does nothing."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
