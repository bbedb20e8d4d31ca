"""The machine as the steps see it: commands, folders, the boot partition. Every path hangs on `root`."""

import errno
import fcntl
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from box import layout
from box.words import CARD_FULL, CARD_READ_ONLY, NO_COMMAND, Said, StepError

UNFINISHED = ".new"  # ends the name of a file that is not whole yet


class Machine:
    """A real one on `/`; tests give another root and answer for the mounts."""

    def __init__(self, root: Path = Path("/")) -> None:
        self.root = root
        self.card = root / "boot/firmware/pichat"  # what people see of us on the card
        self.firmware = root / "boot/firmware"
        self.mount = root / "var/lib/pichat"  # the data partition
        self.system = self.mount / "system"  # root's part of it: settings, the clock
        self.data = self.mount / "data"  # the service's part
        self.run_dir = root / "run/pichat-box"  # what this boot has found out, for the screen
        self.root_dir = root / "run/pichat-root"  # what the initramfs found out

    def run(self, *command: str, ok: tuple[int, ...] = (0,), text: str = "") -> tuple[int, str]:
        """Runs a program to its end; any other exit code is the end of the step. Where there is no such
        program it is 127, as for a shell.
        """
        try:
            done = subprocess.run(
                command, input=text, capture_output=True, text=True, errors="replace", check=False
            )
        except OSError as error:
            if 127 in ok:
                return 127, ""
            raise StepError(NO_COMMAND, f"{command[0]}: {error.strerror}") from None
        if done.returncode not in ok:
            raise StepError(NO_COMMAND, f"{' '.join(command)}: {done.stderr.strip()[-300:]}")
        return done.returncode, done.stdout

    def heard(self, *command: str) -> tuple[int, str]:
        """Its exit code, and all that it said, in English."""
        given = {**os.environ, "LC_ALL": "C"}
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, errors="replace", check=False, env=given
            )
        except OSError as error:
            raise StepError(NO_COMMAND, f"{command[0]}: {error.strerror}") from None
        return done.returncode, done.stdout + done.stderr

    def product(self, *words: str) -> str:
        """What a command of PiChat's prints. By the service's account: root writes nothing in its folder."""
        command = (str(self.root / "opt/pichat/bin/pichat"), *words)
        account = (f"--reuid={layout.USER_ID}", f"--regid={layout.USER_ID}", "--clear-groups")
        return self.run("setpriv", *account, "--no-new-privs", *command)[1]

    def set_clock(self, seconds: int) -> None:
        time.clock_settime(time.CLOCK_REALTIME, seconds)

    def mounted(self) -> bool:
        """Whether the data partition is there; an unmounted folder is never taken for an empty box."""
        return self.mount.is_mount()

    def laid(self, name: str) -> Path | None:
        """A file that somebody laid on the card, also as Windows leaves it, which hides how names end."""
        stem = name.removesuffix(".txt")
        try:
            found = sorted(path for path in self.card.iterdir() if path.is_file())
        except OSError:
            return None
        for wanted in (name, f"{name}.txt", stem):
            for path in found:
                if path.name.strip().lower() == wanted:
                    return path
        return None

    def has_card(self) -> bool:
        """Whether the boot partition is there; what would be written without it lies in memory."""
        return self.firmware.is_mount()

    @contextmanager
    def writable_card(self) -> Iterator[bool]:
        """A few milliseconds in which the boot partition can be written; says whether it can."""
        with self.alone("card"):
            try:
                self.run("mount", "-o", "remount,rw", str(self.firmware))
                # With `nofail` in fstab the program calls it a success when there is nothing to mount.
                writable = self.has_card() and not os.statvfs(self.firmware).f_flag & os.ST_RDONLY
            except (OSError, StepError) as error:
                self.say(f"card: {error}")
                writable = False
            try:
                yield writable
            finally:
                if writable:
                    self.run("sync", "-f", str(self.firmware), ok=tuple(range(256)))
                    if self.run("mount", "-o", "remount,ro", str(self.firmware), ok=tuple(range(256)))[0]:
                        self.say("card: the boot partition stays writable")

    def on_card(self, work: Callable[[], None]) -> Said | None:
        """Does what writes the boot partition. If that cannot be: why, which the screen is told too."""
        said, detail = None, ""
        with self.writable_card() as writable:
            try:
                if writable:
                    work()
                else:
                    said = CARD_READ_ONLY
            except OSError as error:
                said = CARD_FULL if error.errno == errno.ENOSPC else CARD_READ_ONLY
                detail = str(error)
        if said is not None:
            self.trouble("card", said, detail)
        return said

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """No other step does the same meanwhile. A step that ends, however it ends, lets go."""
        self.run_dir.mkdir(parents=True, exist_ok=True)
        held = os.open(self.run_dir / f".{what}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
        finally:
            os.close(held)

    # What this boot has found out

    def note(self, name: str, value: Any) -> None:
        """A fact for the screen and the safe page. Never a secret."""
        self.run_dir.mkdir(parents=True, exist_ok=True)
        replace(self.run_dir / f"{name}.json", json.dumps(value, ensure_ascii=False), 0o644)

    def noted(self, name: str) -> Any:
        try:
            return json.loads((self.run_dir / f"{name}.json").read_text())
        except (OSError, ValueError):
            return None

    def trouble(self, step: str, said: Said, detail: str = "") -> None:
        """What went wrong, in words; it stays until the next boot."""
        with self.alone("trouble"):
            told = self.noted("trouble") or {}
            told[step] = {"es": said.es, "en": said.en, "detail": detail}
            self.note("trouble", told)
        self.say(f"{step}: {said.en} {detail}".strip())

    def say(self, line: str) -> None:
        """One line for the journal."""
        print(f"pichat: {line}", flush=True)


def overwrite(path: Path, raw: bytes) -> None:
    """In its place, as FAT has no safer way: what is there is never cut to nothing first. OSError."""
    path.parent.mkdir(exist_ok=True)
    new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            if os.fstat(descriptor).st_size < len(raw):
                os.ftruncate(descriptor, len(raw))  # where there is no room, before anything has changed
            rest = memoryview(raw)
            while rest:
                rest = rest[file.write(rest) :]
            os.ftruncate(descriptor, len(raw))
            os.fsync(descriptor)
    except OSError:
        if new:
            path.unlink(missing_ok=True)
        raise


def replace(path: Path, text: str, mode: int) -> None:
    """The file is the old one or the new one, also after a power cut and when two steps write it at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.urandom(4).hex()}{UNFINISHED}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "w") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
