"""The card in a container: its root started by systemd-nspawn, its partitions on a loop device.

No kernel, initramfs or firmware of the card takes part. Only in the namespaces that nspawn.py makes.
"""

import contextlib
import fcntl
import os
import signal
import stat
import struct
import subprocess
import time
from pathlib import Path

from box import data, layout
from box.machine import Machine
from box.words import StepError

from tests.image.device import BOOT_SECONDS, Device, Failed, Mounted, run

GROUP = Path("/sys/fs/cgroup")
NETWORK = "board"
# Of the local network that the firewall lets in.
HOST, OURS = "10.77.0.2", "10.77.0.1/24"
SERIAL = "00000000c0ffee00"  # what the initramfs makes the machine id of
_SHUTDOWN = 0x8004587D  # ext4: from now on nothing reaches the disk; with 2, not even what waits for it
_SECONDS = 60


class Contained(Device):
    """Reached at an address of its own, over a cable between two network namespaces."""

    patience = min(BOOT_SECONDS, 180)  # it takes four, on a quiet machine

    def start(self, append: str = "") -> None:
        self._inside = contextlib.ExitStack()
        self.host, self.port, self.ssh_port = HOST, 80, 22
        self._seen = self.log.stat().st_size if self.log.exists() else 0
        self._disk = Disk(self.card, self.folder / "dev")
        self._inside.callback(self._disk.eject)
        self._mount_boot()
        root = self._mount_root()
        self._plug_cable()
        told = self._initramfs(root)
        binds = [f"--bind={self.folder / 'boot'}:/boot/firmware", f"--bind={told}:/run/pichat-root"]
        binds += [f"--bind={node}:/dev/{node.name}" for node in self._disk.nodes]
        command = ["systemd-nspawn", "--quiet", "--boot", f"--directory={root}", "--machine=pichat", *binds]
        command += ["--register=no", "--keep-unit", "--link-journal=no", "--settings=no"]
        command += ["--resolv-conf=off", "--timezone=off", "--console=read-only"]
        # It has that network to itself: firewall and NetworkManager are as on a board.
        command += [f"--network-namespace-path=/run/netns/{NETWORK}", "--capability=CAP_NET_ADMIN"]
        # The journal in the log, and nothing twice.
        command += ["systemd.journald.forward_to_console=1", "systemd.show_status=0", "systemd.log_color=0"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *append.split()], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def cut(self) -> None:
        """First the card takes no more writes, also not those that the kernel still holds; then all ends."""
        if self._process is None:
            return
        if not self.stopped():
            self._pull()
        self._process.kill()
        self._process.wait()
        self._process = None
        self._inside.close()

    def _pull(self) -> None:
        forget(self.folder / "boot")
        payload = own_group() / "payload"
        for group in (payload / "init.scope", payload):  # systemd moves into the first at once
            with contextlib.suppress(OSError):
                for number in (group / "cgroup.procs").read_text().split():
                    mounted = Path(f"/proc/{number}/root/var/lib/pichat")
                    if mounted.stat().st_dev == self._disk.number(layout.DATA_NUMBER):
                        forget(mounted)
                    # Its first process, and every other one with it. Not by cgroup.kill: kernels of 2025 then
                    # kill what the next systemd starts in a group of this name.
                    os.kill(int(number), signal.SIGKILL)

    # What the initramfs and the kernel do on a board

    def _mount_boot(self) -> None:
        self._mount(
            self.folder / "boot", "ext4", "ro,nosuid,nodev,noexec", self._disk.node(layout.BOOT_NUMBER)
        )

    def _mount_root(self) -> Path:
        """Squashfs under a layer in memory, as initramfs/pichat has it."""
        lower, memory, root = (self.folder / name for name in ("lower", "memory", "root"))
        self._mount(lower, "squashfs", "ro", self._disk.node(layout.ROOT_NUMBER))
        self._mount(memory, "tmpfs", "mode=0755,size=25%", "pichat-root")
        (memory / "upper").mkdir()
        (memory / "work").mkdir()
        layers = f"lowerdir={lower},upperdir={memory / 'upper'},workdir={memory / 'work'}"
        self._mount(root, "overlay", layers, "pichat-root")
        return root

    def _initramfs(self, root: Path) -> Path:
        """What it finds out for the steps of the boot."""
        (root / "etc/machine-id").write_text(f"7069636861740001{SERIAL}\n")
        told = self.folder / "told"
        told.mkdir(exist_ok=True)
        (told / "device").write_text(f"/dev/{self._disk.name}p{layout.ROOT_NUMBER}\n")
        (told / "overlay").touch()
        return told

    def _mount(self, where: Path, kind: str, options: str, what: str | Path) -> None:
        where.mkdir(exist_ok=True)
        run("mount", "-t", kind, "-o", options, str(what), str(where))
        self._inside.callback(run, "umount", str(where))

    def _plug_cable(self) -> None:
        """A network of the board's own, new at each start, with one cable into ours."""
        run("ip", "netns", "add", NETWORK)
        self._inside.callback(run, "ip", "netns", "delete", NETWORK)
        run("ip", "link", "add", "cable", "type", "veth", "peer", "name", "eth0", "netns", NETWORK)
        self._inside.callback(run, "ip", "link", "delete", "cable")
        run("ip", "address", "add", OURS, "dev", "cable")
        run("ip", "link", "set", "cable", "up")
        run("ip", "-n", NETWORK, "address", "add", f"{HOST}/24", "dev", "eth0")
        run("ip", "-n", NETWORK, "link", "set", "eth0", "up")

    # The boot partition: there may be no vfat in this kernel, so it is ext4

    def read(self, name: str) -> bytes:
        with self._boot() as folder:
            path = folder / name
            return path.read_bytes() if path.exists() else b""

    def write(self, name: str, raw: bytes) -> None:
        with self._boot() as folder:
            (folder / name).write_bytes(raw)

    def remove(self, name: str) -> None:
        with self._boot() as folder:
            (folder / name).unlink()

    def _boot(self) -> contextlib.AbstractContextManager[Path]:
        """As the running board sees it, or in a card reader."""
        if self._process is not None:
            return contextlib.nullcontext(self.folder / "boot")
        return Mounted(self.card, self.folder / "reader", self.boot_offset())


class Disk:
    """A file as a disk with partitions. Its loop device is freed with whoever uses it last, come what may."""

    def __init__(self, file: Path, folder: Path) -> None:
        path = run("losetup", "--find", "--show", "--partscan", str(file)).strip()
        self._held = os.open(path, os.O_RDONLY)
        run("losetup", "--detach", path)  # as soon as nobody has it open
        self.name = Path(path).name
        self._folder = folder
        run("partx", "--update", path)
        # The box would do it, but a container does not see a device that comes later.
        try:
            data.partition(Machine(), Path(path))
        except StepError as error:
            raise Failed(f"the place of the data: {error}") from None
        folder.mkdir(exist_ok=True)
        self.nodes = [self.node(number) for number in range(layout.DATA_NUMBER + 1)]

    def _entry(self, number: int) -> Path:
        return Path("/sys/class/block", f"{self.name}p{number}" if number else self.name)

    def number(self, partition: int) -> int:
        major, minor = (self._entry(partition) / "dev").read_text().split(":")
        return os.makedev(int(major), int(minor))

    def node(self, partition: int) -> Path:
        """Of the whole disk: 0."""
        path = self._folder / self._entry(partition).name
        if not path.exists():
            os.mknod(path, stat.S_IFBLK | 0o600, self.number(partition))
        return path

    def eject(self) -> None:
        """Until the kernel let go of the file: two loop devices on one do not see each other's writes."""
        os.close(self._held)
        end = time.monotonic() + _SECONDS
        while (self._entry(0) / "loop").exists():
            if time.monotonic() > end:
                raise Failed(f"/dev/{self.name} is still in use")
            time.sleep(0.05)
        for path in self.nodes:
            path.unlink(missing_ok=True)


def forget(mounted: Path) -> None:
    """A file system as if its disk were gone: what was not durable never will be."""
    folder = os.open(mounted, os.O_RDONLY)
    try:
        fcntl.ioctl(folder, _SHUTDOWN, struct.pack("I", 2))
    finally:
        os.close(folder)


def own_group() -> Path:
    """The control group that this process is in."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        if line.startswith("0::"):
            return GROUP / line[3:].strip("/")
    raise Failed("this kernel has no unified control groups (cgroup2)")
