"""A card in an emulated board: started, talked to over HTTP and its serial cable, killed like a pulled plug.

The kernel, the initramfs and the kernel line are those on the card's boot partition.
"""

import math
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from box import layout

from image import fat
from image.lint import partitions

BOOT_SECONDS = float(os.environ.get("IMAGE_BOOT_SECONDS", "900"))
SIZE = 5 * 1024**3
MEMORY = 1024
# Slow here and without work in a board that has no radio.
MASKED = ("wpa_supplicant.service", "systemd-logind.service", "NetworkManager-dispatcher.service")


class Failed(AssertionError):
    """What a scenario expected and did not get, with the end of the serial log."""


class Emulated:
    """One card; `start` and `cut` as often as a scenario likes."""

    def __init__(self, image: Path, folder: Path, end: float = math.inf) -> None:
        self.image = image
        self.card = folder / "card.img"
        self.log = folder / "serial.log"
        self.folder = folder
        self.port = self.ssh_port = 0
        self._end = end  # by time.monotonic(): no scenario waits beyond it
        self._process: subprocess.Popen[bytes] | None = None
        self._seen = 0
        self.flash()

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

    def read(self, name: str) -> bytes:
        """A file of the boot partition, as a card reader shows it."""
        return fat.read(self.card, self.boot_offset(), name)

    def write(self, name: str, raw: bytes) -> None:
        path = self.folder / "file"
        path.write_bytes(raw)
        fat.write(self.card, self.boot_offset(), path, name)

    def remove(self, name: str) -> None:
        run("mdel", "-i", f"{self.card}@@{self.boot_offset()}", f"::/{name}")

    # In the board

    def start(self, append: str = "") -> None:
        for name, target in (("kernel8.img", "kernel"), ("initramfs8", "initramfs")):
            (self.folder / target).write_bytes(self.read(name))
        words = self.read("cmdline.txt").decode().split()
        words = [word for word in words if not word.startswith("console=")]
        words += [f"systemd.mask={name}" for name in MASKED]
        words += ["console=tty1 console=ttyAMA0,115200", append, os.environ.get("IMAGE_APPEND", "")]
        line = " ".join(words)
        self.port, self.ssh_port = free_port(), free_port()
        doors = f"hostfwd=tcp:127.0.0.1:{self.port}-:80,hostfwd=tcp:127.0.0.1:{self.ssh_port}-:22"
        self._seen = self.log.stat().st_size if self.log.exists() else 0
        command = [
            *("qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a53"),
            # One processor: with two, and a busy machine below, one of them hangs now and then.
            *("-accel", "tcg", "-smp", "1", "-m", str(MEMORY)),
            *("-drive", f"file={self.card},format=raw,if=none,id=card,cache=writeback"),
            *("-device", "virtio-blk-pci,drive=card", "-device", "virtio-rng-pci"),
            *("-netdev", f"user,id=net,restrict=on,{doors}"),
            *("-device", "virtio-net-pci,netdev=net,romfile="),
            *("-kernel", str(self.folder / "kernel"), "-initrd", str(self.folder / "initramfs")),
            *("-append", line, "-display", "none", "-monitor", "none", "-no-reboot"),
            *("-chardev", f"file,id=serial,path={self.log},append=on", "-serial", "chardev:serial"),
        ]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def cut(self) -> None:
        """The plug is pulled: whatever the guest had not made durable is gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            assert self._process.stderr is not None
            self._process.stderr.close()
            self._process = None

    def wait_stopped(self, seconds: float) -> None:
        """Until the guest switched the board off or asked for its restart, which ends it here."""
        assert self._process is not None
        end = time.monotonic() + seconds
        while self._process.poll() is None:
            self.in_time()
            if time.monotonic() > end:
                raise Failed(f"the board still runs after {seconds:.0f} s\n{self.tail()}")
            time.sleep(0.5)
        self.cut()

    def said(self) -> str:
        """What came over the serial cable since the board was started last."""
        with self.log.open("rb") as file:
            file.seek(self._seen)
            return file.read().decode("utf-8", "replace").replace("\r", "")

    def in_time(self) -> None:
        if time.monotonic() > self._end:
            raise Failed(f"out of time (IMAGE_MINUTES): this machine is too busy\n{self.tail()}")

    def wait_for(self, pattern: str, seconds: float = BOOT_SECONDS) -> re.Match[str]:
        """The first line that matches; a board that died or stays silent fails with what it said last."""
        end = time.monotonic() + seconds
        while True:
            self.in_time()
            found = re.search(pattern, self.said() if self.log.exists() else "", re.MULTILINE)
            if found:
                return found
            if self._process is None or self._process.poll() is not None:
                raise Failed(f"the board stopped before it said {pattern!r}\n{self.tail()}")
            if time.monotonic() > end:
                raise Failed(f"no {pattern!r} on the serial cable within {seconds:.0f} s\n{self.tail()}")
            time.sleep(0.5)

    def tail(self) -> str:
        return "\n".join(self.said().splitlines()[-40:]) if self.log.exists() else ""

    def data_mounted(self) -> "Mounted":
        return Mounted(self.card, self.folder / "data")


class Mounted:
    """The data partition of a card that is out of the board, as a folder."""

    def __init__(self, card: Path, folder: Path) -> None:
        self._card, self._folder = card, folder

    def __enter__(self) -> Path:
        self._folder.mkdir(exist_ok=True)
        offset = layout.DATA_START * layout.SECTOR
        run("mount", "-o", f"loop,offset={offset}", str(self._card), str(self._folder))
        return self._folder

    def __exit__(self, *_: object) -> None:
        run("umount", str(self._folder))
        shutil.rmtree(self._folder)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{command[0]}: {done.stderr.strip()[-300:]}")
