"""What a scenario needs of any board: a card to read and write, a serial log to wait for. Starts nothing."""

import math
import os
import re
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path

from box import layout

from image.lint import partitions

BOOT_SECONDS = float(os.environ.get("IMAGE_BOOT_SECONDS", "900"))
SIZE = 5 * 1024**3


class Failed(AssertionError):
    """What a scenario expected and did not get, with the end of the serial log."""


class Device(ABC):
    """One card; `start` and `cut` as often as a scenario likes."""

    patience = BOOT_SECONDS  # for a boot, and for whatever else a scenario waits for
    tls_port = 443

    def __init__(self, image: Path, folder: Path, end: float = math.inf) -> None:
        self.image = image
        self.card = folder / "card.img"
        self.log = folder / "serial.log"
        self.folder = folder
        self.host = "127.0.0.1"
        self.port = self.ssh_port = 0
        self._end = end  # by time.monotonic(): no scenario waits beyond it
        self._process: subprocess.Popen[bytes] | None = None
        self._seen = 0
        self.flash()

    @abstractmethod
    def start(self, append: str = "") -> None:
        """As the plug is put in; `append` are words of the kernel line."""

    @abstractmethod
    def cut(self) -> None:
        """The plug is pulled: whatever the board had not made durable is gone."""

    @abstractmethod
    def read(self, name: str) -> bytes:
        """A file of the boot partition, as a card reader shows it; empty when it is not there."""

    @abstractmethod
    def write(self, name: str, raw: bytes) -> None: ...

    @abstractmethod
    def remove(self, name: str) -> None: ...

    # The card, out of the board

    def flash(self) -> None:
        """As Raspberry Pi Imager does: first and last MiB blanked, then the image over what was there."""
        if not self.card.exists():
            with self.card.open("wb") as file:
                file.truncate(SIZE)
        with self.card.open("r+b") as file:
            for place in (0, SIZE - layout.MIB):
                file.seek(place)
                file.write(b"\0" * layout.MIB)
        run("dd", f"if={self.image}", f"of={self.card}", "bs=4M", "conv=notrunc")

    def boot_offset(self) -> int:
        return partitions(self.card)[0][0]

    # In the board

    def wait_stopped(self, seconds: float) -> None:
        """Until the guest switched the board off or asked for its restart, which ends it here."""
        end = time.monotonic() + seconds
        while not self.stopped():
            self.in_time()
            if time.monotonic() > end:
                raise Failed(f"the board still runs after {seconds:.0f} s\n{self.tail()}")
            time.sleep(0.5)
        self.cut()

    def stopped(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def said(self) -> str:
        """What came over the serial cable since the board was started last."""
        with self.log.open("rb") as file:
            file.seek(self._seen)
            return file.read().decode("utf-8", "replace").replace("\r", "")

    def in_time(self) -> None:
        if time.monotonic() > self._end:
            raise Failed(f"out of time (IMAGE_MINUTES): this machine is too busy\n{self.tail()}")

    def wait_for(self, pattern: str, seconds: float) -> re.Match[str]:
        """The first line that matches; a board that died or stays silent fails with what it said last."""
        end = time.monotonic() + seconds
        while True:
            self.in_time()
            found = re.search(pattern, self.said() if self.log.exists() else "", re.MULTILINE)
            if found:
                return found
            if self.stopped():
                raise Failed(f"the board stopped before it said {pattern!r}\n{self.tail()}")
            if time.monotonic() > end:
                raise Failed(f"no {pattern!r} on the serial cable within {seconds:.0f} s\n{self.tail()}")
            time.sleep(0.5)

    def tail(self) -> str:
        return "\n".join(self.said().splitlines()[-40:]) if self.log.exists() else ""

    def data_mounted(self) -> "Mounted":
        return Mounted(self.card, self.folder / "data", layout.DATA_START * layout.SECTOR)


class Mounted:
    """A partition of a card that is out of the board, as a folder. `offset` in bytes."""

    def __init__(self, card: Path, folder: Path, offset: int) -> None:
        self._card, self._folder, self._offset = card, folder, offset

    def __enter__(self) -> Path:
        self._folder.mkdir(exist_ok=True)
        run("mount", "-o", f"loop,offset={self._offset}", str(self._card), str(self._folder))
        return self._folder

    def __exit__(self, *_: object) -> None:
        run("umount", str(self._folder))
        self._folder.rmdir()


def run(*command: str) -> str:
    """What it prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{command[0]}: {done.stderr.strip()[-300:]}")
    return done.stdout
