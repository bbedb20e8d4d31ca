"""A base of the shape of Raspberry Pi OS Lite, from Debian's packages, for machines that cannot download it.

Kept in the cache under a key of its recipe. The same build accepts both, and the suite uses this one.
"""

import contextlib
import hashlib
import os
import platform
import shutil
from collections.abc import Sequence
from pathlib import Path

from image import fat
from image.tools import BuildError, cache, debian, need, progress, run

HERE = Path(__file__).resolve().parent
RECIPE = ("packages.txt", "root.sh", "make.py")
MIB = 1024 * 1024
BOOT_START, BOOT_SIZE = 8 * MIB, 512 * MIB
DISK_ID = 0x5E3DA3DA
EPOCH = 1_781_827_200  # 2026-06-19, as the image that it stands in for
CMDLINE = (
    "console=serial0,115200 console=tty1 root=PARTUUID=5e3da3da-02 rootfstype=ext4 fsck.repair=yes rootwait "
    "resize quiet init=/usr/lib/raspberrypi-sys-mods/firstboot ds=nocloud;i=rpios-image\n"
)
CONFIG = "auto_initramfs=1\narm_64bit=1\ndisable_overscan=1\n[all]\n"
USER_DATA = "#cloud-config\n# hostname: raspberrypi\n"


def key() -> str:
    """The recipe and the list of packages."""
    raw = b"\0".join((HERE / name).read_bytes() for name in RECIPE)
    return hashlib.sha256(raw).hexdigest()[:16]


def make(_: Sequence[str] = ()) -> int:
    """Prints where the base lies; makes it when it is not there."""
    kept = cache() / f"standin-{key()}.img"
    if not kept.exists():
        need("mmdebstrap", "mkfs.vfat", "mcopy", "mke2fs", "sfdisk", "qemu-aarch64-static")
        emulation()
        work = cache() / f"standin-{os.getpid()}"
        work.mkdir()
        try:
            made(work).replace(kept)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    print(kept)
    return 0


def emulation() -> None:
    """The kernel must know what to do with a program for another processor."""
    folder = Path("/proc/sys/fs/binfmt_misc")
    if platform.machine() == "aarch64":
        return
    with contextlib.suppress(BuildError):
        if not (folder / "status").exists():
            run("mount", "-t", "binfmt_misc", "binfmt_misc", folder)
        if not (folder / "qemu-aarch64").exists():
            run("update-binfmts", "--enable", "qemu-aarch64")
    if not (folder / "qemu-aarch64").exists():
        raise BuildError(
            "the kernel runs no programs for arm64 (binfmt_misc); type: apt-get install qemu-user-static "
            "binfmt-support; in a container, do it on its host"
        )


def made(work: Path) -> Path:
    root = Path(os.environ["PICHAT_STANDIN_ROOT"]) if "PICHAT_STANDIN_ROOT" in os.environ else work / "root"
    if not root.exists():
        progress("packages of the stand-in (nine minutes on a quiet machine, half an hour on a busy one)")
        # What mmdebstrap mounts in the root (/proc, /sys, /dev/shm) is seen by it alone: who interrupts it
        # has the folder removed, and must not have the machine's own removed with it.
        apart = ("unshare", "--mount", "--propagation", "private")
        run(*apart, HERE / "root.sh", root, HERE / "packages.txt", debian())
    boot = work / "boot"
    lay_boot(root, boot)
    fat_image, ext4 = work / "boot.fat", work / "root.ext4"
    fat.make(fat_image, BOOT_SIZE, "bootfs", DISK_ID, boot, EPOCH)
    used = int(run("du", "-s", "--block-size=1M", root).split()[0])
    size = int(used * 1.2) + 200
    with ext4.open("wb") as file:
        file.truncate(size * MIB)
    progress("putting the stand-in together")
    options = ["-q", "-t", "ext4", "-L", "rootfs", "-O", "^metadata_csum_seed", "-d", root]
    run("mke2fs", *options, ext4, env={"E2FSPROGS_FAKE_TIME": str(EPOCH)})
    image = work / "standin.img"
    with image.open("wb") as file:
        file.truncate(BOOT_START + BOOT_SIZE + size * MIB)
    table = (
        f"label: dos\nlabel-id: 0x{DISK_ID:08x}\nunit: sectors\n"
        f"start={BOOT_START // 512}, size={BOOT_SIZE // 512}, type=c\n"
        f"start={(BOOT_START + BOOT_SIZE) // 512}, size={size * MIB // 512}, type=83\n"
    )
    run("sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", image, text=table)
    for source, offset in ((fat_image, BOOT_START), (ext4, BOOT_START + BOOT_SIZE)):
        run(
            "dd",
            f"if={source}",
            f"of={image}",
            "bs=1M",
            f"seek={offset}",
            "oflag=seek_bytes",
            "conv=notrunc,sparse",
        )
    return image


def lay_boot(root: Path, boot: Path) -> None:
    """The names that the firmware looks for; both kernels are the same one here."""
    boot.mkdir()
    [kernel] = (root / "boot").glob("vmlinuz-*")
    [initrd] = (root / "boot").glob("initrd.img-*")
    for name in ("kernel8.img", "kernel_2712.img"):
        shutil.copyfile(kernel, boot / name)
    for name in ("initramfs8", "initramfs_2712"):
        shutil.copyfile(initrd, boot / name)
    texts = {"cmdline.txt": CMDLINE, "config.txt": CONFIG, "user-data": USER_DATA}
    texts |= {"meta-data": "instance_id: rpios-image\n", "network-config": "# network\n"}
    for name, text in texts.items():
        (boot / name).write_text(text)
    for name in ("start4.elf", "fixup4.dat", "bootcode.bin"):
        (boot / name).write_bytes(b"stand-in\n")
    (boot / "overlays").mkdir()
    (boot / "overlays/README").write_text("stand-in\n")
