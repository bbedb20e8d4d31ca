"""A card in an emulated Raspberry Pi 3: its device tree, its card reader, its watchdog. It has no network
that works and no radio, so all that is to be seen comes over the serial cable.
"""

import os

from image.standin.board import TREE
from tests.image.emulated import Emulated

SIZE = 8 * 1024**3  # the card reader takes powers of two alone


class Pi3(Emulated):
    """On QEMU's `-M raspi3b`."""

    CONSOLE = "ttyS1,115200"  # the second port: on a real one Bluetooth owns the first

    def flash(self) -> None:
        super().flash()
        os.truncate(self.card, SIZE)

    def parts(self) -> list[str]:
        tree = self.folder / "tree.dtb"
        tree.write_bytes(self.read(TREE))
        card = f"file={self.card},format=raw,if=sd,cache=writeback"
        return ["-M", "raspi3b", "-smp", "4", "-dtb", str(tree), "-drive", card, "-serial", "null"]
