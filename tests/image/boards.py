"""A board in a folder, for steps of the boot: real files, and the mounts answered for."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from box import screen
from box.machine import Machine

from tests.served import command

SHIPPED = Path(__file__).parents[2] / "image/bootfs/pichat"


class Board(Machine):
    """A machine in a folder: its data partition is mounted or not, its boot partition writable or not."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.is_mounted = True
        self.card_there = True
        self.card_writable = True
        self.written = 0
        shutil.copytree(SHIPPED, self.card)
        self.mount.mkdir(parents=True)
        (root / "usr/share").mkdir(parents=True)
        (root / "usr/share/zoneinfo").symlink_to("/usr/share/zoneinfo")

    def product(self, *words: str) -> str:
        done = command(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def mounted(self) -> bool:
        return self.is_mounted

    def has_card(self) -> bool:
        return self.card_there

    @contextmanager
    def writable_card(self) -> Iterator[bool]:
        self.written += self.card_writable
        yield self.card_writable

    def settings(self, *lines: str) -> None:
        (self.card / "ajustes.txt").write_text("\r\n".join([*lines, ""]))

    def answer(self) -> str:
        return (self.card / "RESPUESTA.txt").read_text("utf-8-sig")

    def screen(self) -> str:
        """What it says, in lines."""
        return "\n".join(screen.lines(screen.page(self)[0]))

    def connection(self) -> str:
        path = self.root / "run/NetworkManager/system-connections/pichat-wifi.nmconnection"
        return path.read_text() if path.exists() else ""
