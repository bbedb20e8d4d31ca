"""A card in an emulated board with QEMU's monitor: it shows the picture of a screen, tells who has reset the
board, and puts it aside.
"""

import contextlib
import json
import socket
import time
from pathlib import Path
from typing import Any

from tests.image.device import Failed
from tests.image.emulated import Emulated
from tests.image.picture import Picture


class Monitored(Emulated):
    _monitor: "Monitor | None" = None

    def parts(self) -> list[str]:
        path = self.folder / "monitor"
        path.unlink(missing_ok=True)
        self._monitor = Monitor(path)
        return [*super().parts(), "-qmp", f"unix:{path},server=on,wait=off"]

    def start(self, append: str = "") -> None:
        super().start(append)
        while not self.monitor.opened():
            if self.stopped():
                raise Failed("QEMU does not start")
            time.sleep(0.1)

    @property
    def monitor(self) -> "Monitor":
        assert self._monitor is not None
        return self._monitor


class Screened(Monitored):
    """With a screen and a watchdog. Kernel and drivers: image/standin/board.py."""

    CONSOLE = "ttyAMA0,115200 console=tty1"  # the screen is where the last one is, as on the card
    size = (1920, 1080)

    def parts(self) -> list[str]:
        width, height = self.size
        return [
            *(*super().parts(), "-device", f"virtio-gpu-pci,xres={width},yres={height}"),
            *("-device", "i6300esb", "-action", "watchdog=reset"),
        ]

    def picture(self) -> Picture:
        path = self.folder / "screen.ppm"
        self.monitor.do("screendump", filename=str(path))
        return Picture(path)


class Monitor:
    """QEMU's, over QMP: one command at a time. What it tells unasked is kept in `events`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(60)
        self.events: list[str] = []

    def opened(self) -> bool:
        """From here on nothing that happens is missed."""
        try:
            self._socket.connect(str(self._path))
        except OSError:
            return False
        self._lines = self._socket.makefile("rb")
        self._lines.readline()  # its greeting
        self.do("qmp_capabilities")
        return True

    def do(self, command: str, **arguments: Any) -> Any:
        self._socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        while True:
            said = self._heard()
            if "return" in said:
                return said["return"]
            if "event" not in said:
                raise Failed(f"QEMU does not {command}: {said}")

    def rest(self) -> list[str]:
        """All that it has told, once it has ended."""
        with contextlib.suppress(Failed):
            while True:
                self._heard()
        return self.events

    def _heard(self) -> Any:
        line = self._lines.readline()
        if not line:
            raise Failed("QEMU has ended")
        said = json.loads(line)
        if "event" in said:
            self.events.append(said["event"])
        return said
