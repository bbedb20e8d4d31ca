"""The machine as the steps see it: commands, folders, the boot partition. Every path hangs on `root`."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from box import layout
from box.words import NO_COMMAND, Said, StepError

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
        """Runs a program to its end; any other exit code is the end of the step."""
        try:
            done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        except OSError as error:
            raise StepError(NO_COMMAND, f"{command[0]}: {error.strerror}") from None
        if done.returncode not in ok:
            raise StepError(NO_COMMAND, f"{' '.join(command)}: {done.stderr.strip()[-300:]}")
        return done.returncode, done.stdout

    def heard(self, *command: str) -> tuple[int, str]:
        """Its exit code, and all that it said, in English."""
        given = {**os.environ, "LC_ALL": "C"}
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=given)
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

    @contextmanager
    def writable_card(self) -> Iterator[bool]:
        """A few milliseconds in which the boot partition can be written; says whether it can."""
        try:
            self.run("mount", "-o", "remount,rw", str(self.firmware))
        except StepError:
            self.trouble("card", None, "boot partition is read-only")
            yield False
            return
        try:
            yield True
        finally:
            self.run("sync", "-f", str(self.firmware))
            self.run("mount", "-o", "remount,ro", str(self.firmware))

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

    def trouble(self, step: str, said: Said | None, detail: str = "") -> None:
        """What went wrong, in words; it stays until the next boot."""
        told = self.noted("trouble") or {}
        if said is not None:
            told[step] = {"es": said.es, "en": said.en, "detail": detail}
            self.note("trouble", told)
        self.say(f"{step}: {said.en if said else ''} {detail}".strip())

    def say(self, line: str) -> None:
        """One line for the journal."""
        print(f"pichat: {line}", flush=True)


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
