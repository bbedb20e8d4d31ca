"""A card in an emulated board: started, talked to over HTTP and its serial cable, killed like a pulled plug.

The kernel, the initramfs and the kernel line are those on the card's boot partition.
"""

import os
import signal
import socket
import subprocess

from image import fat
from tests.image.device import Device, run

MEMORY = 1024
# Slow here and without work in a board that has no radio.
MASKED = ("wpa_supplicant.service", "systemd-logind.service", "NetworkManager-dispatcher.service")


class Emulated(Device):
    """On QEMU's `-M virt`."""

    CONSOLE = "ttyAMA0,115200"

    def read(self, name: str) -> bytes:
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
        words += [f"console=tty1 console={self.CONSOLE}", append, os.environ.get("IMAGE_APPEND", "")]
        self._seen = self.log.stat().st_size if self.log.exists() else 0
        command = [
            *("qemu-system-aarch64", "-accel", "tcg", "-m", str(MEMORY), *self.parts()),
            *("-kernel", str(self.folder / "kernel"), "-initrd", str(self.folder / "initramfs")),
            *("-append", " ".join(words), "-display", "none", "-monitor", "none", "-no-reboot"),
            *("-chardev", f"file,id=serial,path={self.log},append=on", "-serial", "chardev:serial"),
        ]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def parts(self) -> list[str]:
        """The board around the processor's memory."""
        self.port, self.ssh_port, self.tls_port = free_port(), free_port(), free_port()
        pairs = ((self.port, 80), (self.ssh_port, 22), (self.tls_port, 443))
        doors = ",".join(f"hostfwd=tcp:127.0.0.1:{ours}-:{theirs}" for ours, theirs in pairs)
        return [
            # One processor: with two, and a busy machine below, one of them hangs now and then.
            *("-M", "virt", "-cpu", "cortex-a53", "-smp", "1"),
            *("-drive", f"file={self.card},format=raw,if=none,id=card,cache=writeback"),
            *("-device", "virtio-blk-pci,drive=card", "-device", "virtio-rng-pci"),
            *("-netdev", f"user,id=net,restrict=on,{doors}"),
            *("-device", "virtio-net-pci,netdev=net,romfile="),
        ]

    def cut(self) -> None:
        """QEMU is killed, and with it goes what the guest still held in memory."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            assert self._process.stderr is not None
            self._process.stderr.close()
            self._process = None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])
