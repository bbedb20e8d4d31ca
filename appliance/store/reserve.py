"""Space kept aside, so that a full disk can still be tidied: even deleting a row needs some."""

import os
from contextlib import suppress
from pathlib import Path
from threading import Lock

from appliance.base.log import logger

_log = logger("store")


class Reserve:
    """A file of nothing. Given up when the disk is full, taken back when there is room again."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size
        self._lock = Lock()

    def keep(self) -> None:
        """Takes the space if there is plenty of it."""
        with self._lock, suppress(OSError):
            stat = os.statvfs(self._path.parent)
            if self._path.exists() or stat.f_bavail * stat.f_frsize < 2 * self._size:
                return
            fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                if self._size:
                    os.posix_fallocate(fd, 0, self._size)
            except OSError:
                self._path.unlink()
            finally:
                os.close(fd)

    def give_up(self) -> bool:
        """Whether there was something to give."""
        with self._lock:
            try:
                self._path.unlink()
            except OSError:
                return False
        _log.warning("the disk is full: the space that was kept aside is given up")
        return True
