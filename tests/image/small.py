"""A card of ours in small: everything that the lint looks at, and no system that could start."""

from pathlib import Path

from image import HERE, card, initrd, tree
from image.tools import run

MIB = 1024 * 1024
EPOCH = 1_700_000_000
BOOT = (8 * MIB, 40 * MIB)
ACCOUNTS = {
    "passwd": "root:x:0:0:root:/root:/bin/bash\n",
    "shadow": "root:*:1:0::::\n",
    "group": "root:x:0:\n",
    "gshadow": "root:*::\n",
}


def trees(folder: Path) -> tuple[Path, Path]:
    """Boot partition and root, as the build has them before it packs them."""
    boot, root = folder / "boot", folder / "root"
    boot.mkdir(parents=True)
    for place in (path for path in (HERE / "rootfs").rglob("*") if path.is_dir()):
        (root / place.relative_to(HERE / "rootfs")).mkdir(parents=True, exist_ok=True)
    for name, text in ACCOUNTS.items():
        (root / "etc" / name).write_text(text)
    tree.lay(root, "pichat 1\n", EPOCH)
    ours = root / "opt/pichat/lib/appliance/__init__.py"
    ours.parent.mkdir(parents=True)
    ours.touch()
    (boot / "cmdline.txt").write_text("console=tty1 root=PARTUUID=1-02 rootfstype=ext4 resize init=/x\n")
    (boot / "user-data").write_text("#cloud-config\n")
    card.lay_boot(boot)
    for name in ("initramfs8", "initramfs_2712"):
        archive = initrd.Archive(EPOCH)
        archive.file("scripts/pichat", b"#!/bin/sh\n", 0o644)
        (boot / name).write_bytes(b"vendor")
        initrd.append(boot / name, archive.end())
    return boot, root


def packed(folder: Path, boot: Path, root: Path, span: tuple[int, int] = BOOT) -> Path:
    fat_image, squashed, made = folder / "boot.fat", folder / "root.squashfs", folder / "card.img"
    card.boot_image(boot, fat_image, span[1], EPOCH)
    card.squash(root, squashed, EPOCH, "gzip")
    card.assemble(made, fat_image, squashed, span)
    return made


def base_of(folder: Path, root: Path) -> Path:
    """An image as Raspberry Pi OS has them, FAT and ext4, with this root."""
    boot, ext4, image = folder / "base-boot", folder / "base.ext4", folder / "base.img"
    boot.mkdir()
    (boot / "config.txt").write_text("auto_initramfs=1\n")
    # As pi-gen's on trixie.
    features = "has_journal,metadata_csum,metadata_csum_seed,orphan_file,^64bit,^huge_file"
    run("mke2fs", "-q", "-t", "ext4", "-O", features, "-d", root, ext4, "16M")
    card.boot_image(boot, folder / "base.fat", BOOT[1], EPOCH)
    card.assemble(image, folder / "base.fat", ext4, BOOT)
    return image
