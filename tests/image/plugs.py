"""USB sticks for a board in a folder: files seen through loop devices, and the kernel's words about them.

The file system on them is ext4: not every kernel that runs these tests has FAT.
"""

import ctypes
import itertools
import shutil
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from box import steps

from tests.image.test_asks import Obedient

MIB = 1024 * 1024
SIZE = 24 * MIB
CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 0x40000
_plugged = itertools.count(1)


def run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def apart(script: str, *words: str) -> None:
    """A mount that nobody else sees, as in the unit: no program beside us can keep it from ending."""
    run("unshare", "--mount", "sh", "-ec", script, "sh", *words)


def go_apart() -> None:
    """The same for this thread."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None):
        raise OSError(ctypes.get_errno(), "no namespace for mounts")


class Stick:
    """In the USB of a board, as `sda` or another. `made` empty: nothing is on it."""

    def __init__(self, board: Obedient, file: Path, name: str, made: str) -> None:
        self.board = board
        self.file = file
        self.name = name
        with file.open("wb") as new:
            new.truncate(SIZE)
        if made:
            # Without a journal: a stick that fails then fails where something is written.
            run("mke2fs", "-q", "-F", "-t", made, "-O", "^has_journal", "-L", "FOTOS", str(file))
        self.loop = run("losetup", "-f", "--show", str(file)).strip()
        self.disk = board.root / f"sys/devices/usb1/1-1/host0/block/{name}"
        self.entry = board.root / "sys/block" / name
        self.count = next(_plugged)
        self._insert()

    @property
    def id(self) -> str:
        return f"{self.count}-{self.name}"

    def _insert(self) -> None:
        facts = {
            "size": SIZE // 512,
            "ro": 0,
            "dev": f"8:{self.count}",
            "diskseq": self.count,
            "device/vendor": "SanDisk ",
            "device/model": "Ultra Fit       ",
        }
        for name, value in facts.items():
            self.says(name, value)
        self.entry.parent.mkdir(parents=True, exist_ok=True)
        self.entry.symlink_to(self.disk)
        node = self.board.root / "dev" / self.name
        node.parent.mkdir(exist_ok=True)
        node.symlink_to(self.loop)

    def says(self, name: str, value: object) -> None:
        path = self.disk / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{value}\n")

    def gone(self) -> None:
        """Pulled out, as far as the kernel says."""
        self.entry.unlink()

    def fails(self) -> None:
        """From now on there is nothing behind its first MiB: what the kernel writes there is lost."""
        with self.file.open("r+b") as file:
            file.truncate(MIB)
        run("losetup", "--set-capacity", self.loop)

    def holds(self, folder: Path) -> dict[str, bytes]:
        """As another computer would find it, by path."""
        folder.mkdir()
        apart("mount -o ro $1 /mnt && cp -a /mnt/. $2", self.loop, str(folder))
        files = [path for path in folder.rglob("*") if path.is_file()]
        found = {str(path.relative_to(folder)): path.read_bytes() for path in files}
        shutil.rmtree(folder)
        return found

    def fill(self, folder: Path, name: str, data: bytes = b"") -> None:
        """What somebody has on it already; a name that ends in `@` is a link to the folder above."""
        path = folder / name
        path.parent.mkdir(parents=True)
        if name.endswith("@"):
            path.with_name(path.name[:-1]).symlink_to("..")
        else:
            path.write_bytes(data)
        apart("mount $1 /mnt && cp -a $2/. /mnt", self.loop, str(folder))
        shutil.rmtree(folder)

    def close(self) -> None:
        run("losetup", "-d", self.loop)


class Port(Obedient):
    """A board with a USB: mounts are real, the rest is written down. systemd's part is played by threads."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.data.mkdir(parents=True, exist_ok=True)
        self.threads: list[threading.Thread] = []
        self.plugged: list[Stick] = []
        self.mounts: list[tuple[str, ...]] = []
        self.still_mounted = False
        self.before_writing: Callable[[], None] = lambda: None
        self.before_reading: Callable[[], None] = lambda: None

    def run(self, *command: str, ok: tuple[int, ...] = (0,), text: str = "") -> tuple[int, str]:
        if command[0] in ("mount", "umount", "blkid", "sync"):
            self.mounts += [command] * (command[0] == "mount")
            if command[0] == "mount":
                (self.before_reading if command[4].startswith("ro") else self.before_writing)()
            return super(Obedient, self).run(*command, ok=ok, text=text)
        if command[:3] == ("systemctl", "--no-block", "restart"):
            self.threads.append(threading.Thread(target=self._copy))
            self.threads[-1].start()
        return super().run(*command, ok=ok, text=text)

    def plug(self, name: str = "sda", made: str = "ext4") -> Stick:
        self.plugged.append(Stick(self, self.root / f"{name}.img", name, made))
        return self.plugged[-1]

    def sees(self) -> list[dict[str, object]]:
        """What the page is told of the sticks."""
        assert steps.run(self, "sticks") == 0
        told: list[dict[str, object]] = self.page.noted("sticks")
        return told

    def done(self) -> None:
        """Every copy is over."""
        for thread in self.threads:
            thread.join()
        assert not self.still_mounted

    def close(self) -> None:
        try:
            self.done()
        finally:
            for one in self.plugged:
                one.close()

    def _copy(self) -> None:
        go_apart()
        steps.run(self, "stick-copy")
        self.still_mounted = (self.root / "run/pichat-stick").is_mount()


class Root:
    """Whoever minds the folder of wishes of a board: systemd and the steps."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._mind)
        self._thread.start()

    def _mind(self) -> None:
        while not self._over.wait(0.02):
            if any((self._port.run_dir / "ask").glob("[!.]*")):
                steps.run(self._port, "ask")

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self._port.close()
