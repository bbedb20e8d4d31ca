"""Step `stick-copy`: what the service pours into a pipe goes onto a USB stick, and is read there again.

The stick is a stranger's: mounted where nobody else sees it, no link of it is followed, and nothing that
lies on it is changed.
"""

import contextlib
import errno
import hashlib
import os
import signal
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from box import sticks
from box.machine import Machine
from box.stick_job import CHUNK, Failed, Job, Told, poured
from box.sticks import Stick
from box.words import StepError

FOLDER = "PiChat"  # on the stick
PART = ".part"
FAT_MOST = 4 * 1024**3 - 1  # no file on FAT is larger
ROOM = 1024 * 1024  # left free, for the file system's own needs
FLUSH = 8 * CHUNK  # what was told is on the stick
OPTIONS = "nosuid,nodev,noexec,noatime,nosymfollow"


def stick_copy(machine: Machine) -> None:
    """Whatever comes of it, the page is told."""
    job = Job.of_now(machine)
    told = Told(machine, job)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stopped)
    try:
        name = Copy(machine, job, chosen(machine, job.stick), told).made()
    except Failed as failed:
        told.over("failed", problem={"why": failed.why, **failed.params})
    else:
        told.over("done", name=f"{FOLDER}/{name}")


def stopped(number: int, frame: FrameType | None) -> None:
    raise Failed("stopped")


def chosen(machine: Machine, wanted: str) -> Stick:
    """The one that was named, or the only one."""
    found = sticks.found(machine)
    if wanted:
        found = [one for one in found if one.id == wanted]
    if not found:
        raise Failed("no_stick")
    if len(found) > 1:
        raise Failed("several_sticks")
    if found[0].why:
        raise Failed(found[0].why, type=found[0].type)
    return found[0]


class Copy:
    """One archive on its way onto one stick. Its name is there when every byte of it was read again."""

    def __init__(self, machine: Machine, job: Job, stick: Stick, told: Told) -> None:
        self._machine, self._job, self._stick, self._told = machine, job, stick, told
        self._place = machine.root / "run/pichat-stick"
        self._part = f"{job.name}{PART}"

    def made(self) -> str:
        """The name that it got."""
        with self._mounted("rw") as folder:
            self._check_room(folder)
            try:
                digest = self._write(folder)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(self._part, dir_fd=folder)
                raise
        self._told.far("verifying", 0)
        try:
            with self._mounted("ro") as folder:
                if self._read(folder) != digest:
                    raise Failed("verification")
        except Failed:
            self._take_away()
            raise
        with self._mounted("rw") as folder:
            name = free_name(folder, self._job.name)
            os.rename(self._part, name, src_dir_fd=folder, dst_dir_fd=folder)
            os.fsync(folder)
        return name

    def _take_away(self) -> None:
        """What is not good does not stay, if the stick is still there."""
        with contextlib.suppress(Failed), self._mounted("rw") as folder:
            os.unlink(self._part, dir_fd=folder)

    @contextlib.contextmanager
    def _mounted(self, how: str) -> Iterator[int]:
        """Our folder on the stick, open. What the stick refuses is said in one of our words."""
        try:
            self._mount(how)
            try:
                folder = opened(self._place, make=how == "rw")
                try:
                    yield folder
                finally:
                    os.close(folder)
                self._machine.run("sync", "-f", str(self._place))
            finally:
                self._unmount()
        except (OSError, StepError) as error:
            self._machine.say(f"stick: {type(error).__name__}: {error}")
            raise self._failure(error) from error

    def _mount(self, how: str) -> None:
        self._place.mkdir(mode=0o700, parents=True, exist_ok=True)
        types = {name: type_ for type_, name in sticks.GOOD.items()}
        device = self._machine.root / "dev" / self._stick.volume
        options = ("-t", types[self._stick.type], "-o", f"{how},{OPTIONS}")
        self._machine.run("mount", *options, str(device), str(self._place))
        if how == "rw" and os.statvfs(self._place).f_flag & os.ST_RDONLY:
            self._unmount()
            raise Failed("read_only")

    def _unmount(self) -> None:
        """A stick that was pulled out is let go of in any case, and that is a failure."""
        if not self._place.is_mount():
            return
        try:
            self._machine.run("umount", str(self._place))
        except StepError:
            self._machine.run("umount", "--lazy", str(self._place), ok=tuple(range(256)))
            raise

    def _failure(self, error: OSError | StepError) -> Failed:
        if not sticks.there(self._machine, self._stick):
            return Failed("pulled_out")
        number = error.errno if isinstance(error, OSError) else None
        if number in (errno.ENOSPC, errno.EDQUOT):
            return Failed("no_room", size=self._job.size, left=0)
        return Failed("read_only" if number == errno.EROFS else "broken")

    def _check_room(self, folder: int) -> None:
        """What an attempt before left behind is ours to take away."""
        for name in os.listdir(folder):
            if name.endswith(f".zip{PART}") and stat.S_ISREG(os.lstat(name, dir_fd=folder).st_mode):
                os.unlink(name, dir_fd=folder)
        size = self._job.size
        if self._stick.type == "FAT" and size > FAT_MOST:
            raise Failed("fat", size=size, maximum=FAT_MOST)
        room = os.fstatvfs(folder)
        left = max(0, room.f_bavail * room.f_frsize - ROOM)
        if left < size:
            raise Failed("no_room", size=size, left=left)

    def _write(self, folder: int) -> str:
        """All that comes out of the pipe; its SHA-256."""
        digest, done, flushed = hashlib.sha256(), 0, 0
        create = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self._part, create, 0o644, dir_fd=folder)
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            for piece in poured(self._machine, self._job):
                digest.update(piece)
                rest = memoryview(piece)
                while rest:
                    rest = rest[file.write(rest) :]
                done += len(piece)
                if done - flushed >= FLUSH:
                    os.fdatasync(file.fileno())
                    flushed = done
                    self._told.far("copying", done)
            os.fsync(file.fileno())
        os.fsync(folder)
        return digest.hexdigest()

    def _read(self, folder: int) -> str:
        """As another computer will read it: the mount is a new one, so nothing comes out of memory."""
        digest, done = hashlib.sha256(), 0
        try:
            descriptor = os.open(self._part, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        except FileNotFoundError:
            return ""
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            while piece := file.read(CHUNK):
                digest.update(piece)
                done += len(piece)
                self._told.far("verifying", done)
        return digest.hexdigest()


def opened(place: Path, *, make: bool) -> int:
    """Our folder on the stick."""
    root = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if make:
            with contextlib.suppress(FileExistsError):
                os.mkdir(FOLDER, 0o755, dir_fd=root)
                os.fsync(root)
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(FOLDER, flags, dir_fd=root)
    except (NotADirectoryError, FileNotFoundError):
        raise Failed("folder") from None
    finally:
        os.close(root)


def free_name(folder: int, name: str) -> str:
    """Nothing that lies on a stick is replaced: the second one of a name has a number."""
    there = {one.casefold() for one in os.listdir(folder)}
    stem, _, ending = name.rpartition(".")
    candidates = [name, *(f"{stem}-{number}.{ending}" for number in range(2, 1000))]
    return next(one for one in candidates if one.casefold() not in there)
