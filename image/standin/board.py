"""The stand-in once more, with Debian's kernel for every arm64 board: for an emulated Raspberry Pi 3, a
screen, a watchdog. The stand-in's own is for virtual machines and has drivers for none. Not for metal.
"""

import hashlib
import os
import shutil
from pathlib import Path

from image import base, fat, initrd, product
from image.download import digest
from image.standin import make
from image.tools import cache, progress, run

VERSION = "6.12.107+deb13-arm64"
POOL = f"pool/main/l/linux-signed-arm64/linux-image-{VERSION.replace('+', '%2b')}_6.12.107-1_arm64.deb"
SHA256 = "20c92f3f97dd466e0400a6fcb792bde85af842fbb5e8b471370065e3de9d9fc9"
TREE = "bcm2710-rpi-3-b.dtb"  # as Raspberry Pi OS calls it; Debian's is bcm2837-rpi-3-b.dtb
CARD = ("sdhci-iproc", "bcm2835", "virtio_blk")  # either reader of the card, and that of -M virt
# Nothing that a board has, and most of the size. Of screens the emulator's stays (virtio) and what it needs.
LEFT_OUT = (
    *("drivers/gpu/drm/[!v]*/", "drivers/gpu/drm/v[!i]*/"),
    *("drivers/media", "drivers/infiniband", "drivers/scsi", "drivers/iio", "drivers/staging"),
    *("drivers/net/ethernet", "drivers/net/wireless", "sound"),
)


def board() -> Path:
    """Where it lies; made when it is not there, in a minute or two, from the stand-in."""
    recipe = hashlib.sha256(f"{make.key()} {digest(Path(__file__))}".encode()).hexdigest()[:16]
    kept = cache() / f"board-{recipe}.img"
    if not kept.exists():
        make.make()
        work = cache() / f"board-{os.getpid()}"
        work.mkdir()
        try:
            lay(work)
            made = make.made(work)
            fat.write(made, make.BOOT_START, work / TREE, TREE)
            made.replace(kept)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return kept


def lay(work: Path) -> None:
    """The root of the stand-in as `root`, with the other kernel in it."""
    progress("the stand-in gets another kernel")
    standin, kernel = work / "standin", work / "kernel"
    standin.mkdir()
    _, root = base.extract(base.open_base(str(cache() / f"standin-{make.key()}.img"), standin), standin)
    root = root.replace(work / "root")
    run("dpkg-deb", "-x", product.package(POOL, SHA256), kernel)
    modules = root / "usr/lib/modules"
    shutil.rmtree(modules)
    for name in LEFT_OUT:
        for folder in (kernel / f"usr/lib/modules/{VERSION}/kernel").glob(name):
            shutil.rmtree(folder)
    shutil.copytree(kernel / "usr/lib/modules", modules, symlinks=True)
    make.emulation()
    run("chroot", root, "depmod", VERSION)
    shutil.copyfile(kernel / f"usr/lib/linux-image-{VERSION}/broadcom/bcm2837-rpi-3-b.dtb", work / TREE)
    [initramfs] = (root / "boot").glob("initrd.img-*")
    initrd.append(initramfs, segment(modules / VERSION))
    initramfs.replace(initramfs.with_name(f"initrd.img-{VERSION}"))
    [before] = (root / "boot").glob("vmlinuz-*")
    before.unlink()
    shutil.copyfile(kernel / f"boot/vmlinuz-{VERSION}", root / f"boot/vmlinuz-{VERSION}")


def segment(modules: Path) -> bytes:
    """What reads the card, where the card's own boot script looks for modules."""
    archive = initrd.Archive(make.EPOCH)
    archive.folder("pichat")
    archive.folder(f"pichat/{VERSION}")
    for number, path in enumerate(initrd.needed(modules, CARD)):
        name = path.name.partition(".ko")[0]
        archive.file(f"pichat/{VERSION}/00-card-{number:02}-{name}.ko", initrd.unpacked(path), 0o644)
    return archive.end()
