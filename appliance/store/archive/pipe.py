"""A pipe in the data folder, through which an archive goes to the machine under the box. Reads nothing."""

import errno
import fcntl
import os
import select
from collections.abc import Callable

from appliance.base.errors import Code, Refusal
from appliance.store.disk import Disk
from appliance.store.snapshot.layout import Layout

NAME = "stick.pipe"
_CAPACITY = 1024 * 1024  # as much as anybody may ask for
_LOOK_MS = 250


class Pipe:
    """One at a time. Every method is for one worker thread: nothing closes it while another writes."""

    def __init__(self, layout: Layout, disk: Disk) -> None:
        self._path = layout.archives / NAME
        self._disk = disk
        self._descriptor: int | None = None

    def make(self) -> None:
        """For whoever will read it; nobody does yet."""
        self.drop()
        self._disk.mkdir(self._path.parent)
        os.mkfifo(self._path, 0o600)

    def has_reader(self) -> bool:
        """From now on it can be written to."""
        try:
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            if error.errno == errno.ENXIO:
                return False
            raise
        fcntl.fcntl(self._descriptor, fcntl.F_SETPIPE_SZ, _CAPACITY)
        return True

    def write(self, data: bytes, stopped: Callable[[], bool], patience: float) -> None:
        """All of it. Raises BrokenPipeError when nobody reads any more, TimeoutError when nothing was taken
        for `patience` seconds, Refusal(busy) when `stopped`.
        """
        assert self._descriptor is not None
        rest = memoryview(data)
        ready = select.poll()
        ready.register(self._descriptor, select.POLLOUT)
        waited = 0.0
        while rest:
            if stopped():
                raise Refusal(Code.BUSY)
            if ready.poll(_LOOK_MS):
                rest = rest[os.write(self._descriptor, rest) :]
                waited = 0.0
            elif (waited := waited + _LOOK_MS / 1000) >= patience:
                raise TimeoutError

    def drop(self) -> None:
        """Whoever reads it sees its end."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        self._path.unlink(missing_ok=True)
