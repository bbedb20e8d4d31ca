"""A USB stick for the card in a container, which has no USB: a loop device, and a /sys that calls it
a stick for the two units that look. Their own sandbox stays.
"""

import os
from pathlib import Path

from tests.image.device import run

MIB = 1024 * 1024
SIZE = 64 * MIB
PLUG = r"""
set -e
top=/run/usb
disk=$top/sys/devices/usb1/sda
mkdir -p $disk/device $top/sys/block
for name in run var dev proc; do ln -s /$name $top/$name; done
echo SECTORS >$disk/size; echo 0 >$disk/ro; echo 7:MINOR >$disk/dev; echo 1 >$disk/diskseq
echo SanDisk >$disk/device/vendor; echo Ultra >$disk/device/model
ln -s $disk $top/sys/block/sda
mknod /dev/sda b 7 MINOR
for unit in pichat-sticks pichat-stick-copy; do
    mkdir -p /run/systemd/system/$unit.service.d
    printf '[Service]\nEnvironment=PICHAT_ROOT=%s\nDeviceAllow=block-loop rw\n' $top \
        >/run/systemd/system/$unit.service.d/usb.conf
done
systemctl daemon-reload
systemctl restart pichat-sticks
"""


class Stick:
    """ext4: not every kernel that runs this has FAT. Its loop device is freed with this process."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "stick.img"
        with self._file.open("wb") as file:
            file.truncate(SIZE)
        run("mke2fs", "-q", "-F", "-t", "ext4", "-L", "FOTOS", str(self._file))
        path = run("losetup", "--find", "--show", str(self._file)).strip()
        self._held = os.open(path, os.O_RDONLY)
        run("losetup", "--detach", path)  # as soon as nobody has it open
        self.plug = PLUG.replace("MINOR", path.removeprefix("/dev/loop")).replace("SECTORS", str(SIZE // 512))

    def holds(self) -> str:
        """What lies in our folder, as another computer would see it."""
        return run("debugfs", "-R", "ls -p /PiChat", str(self._file))
