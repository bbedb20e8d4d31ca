"""The build from base to card, in order: probe, tree, initramfs, card, lint, files to hand out."""

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from appliance import __version__
from image import HERE, base, card, emit, initrd, lint, product, tree, update
from image.download import digest
from image.tools import PACKAGES, BuildError, need, progress, run

PROGRAMS = (
    "mcopy",
    "mkfs.vfat",
    "fuse2fs",
    "mksquashfs",
    "unsquashfs",
    "sfdisk",
    "xz",
    "zstd",
    "bmaptool",
    "dpkg-deb",
)
ROOM = 6 * 1024**3  # what a build takes at its fullest


def build(arguments: Sequence[str]) -> int:
    """Nothing appears under its own name before all of it is done."""
    asked = parser().parse_args(arguments)
    need(*PROGRAMS, *product.emulator(product.CARD), *(["openssl"] if asked.sign else []))
    if asked.sign:
        update.check_key(Path(asked.sign))
    out = Path(asked.out).absolute()
    out.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(out).free < ROOM:
        raise BuildError(f"{out} has less than {ROOM // 1024**3} GB free")
    work = Path(tempfile.mkdtemp(prefix=".building-", dir=out))
    try:
        made = make(asked, work)
        for path in made:
            path.replace(out / path.name)
        progress("done: " + ", ".join(path.name for path in made))
    finally:
        shutil.rmtree(work)
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="build-image",
        description="Makes the SD card image from Raspberry Pi OS Lite 64-bit (Debian 13).",
    )
    top.add_argument("--base", required=True, metavar="FILE|URL[#sha256]", help=".img or .img.xz")
    top.add_argument("--out", default="out", help="folder for what is made (out)")
    top.add_argument(
        "--url",
        help="address of the folder where people will find the files: goes into the manifest of Raspberry "
        "Pi Imager; without it the manifest is for this computer",
    )
    top.add_argument("--sign", metavar="KEY", help="Ed25519 key, PEM: signs; also writes an update")
    top.add_argument("--fast", action="store_true", help="for tests: the card alone, not packed")
    return top


def make(asked: argparse.Namespace, work: Path) -> list[Path]:
    """Every step, in `work`; what is to be handed out."""
    epoch = source_time()
    name = f"pichat-{__version__}-arm64"
    found = base.open_base(asked.base, work)
    progress("reading the base")
    boot, root = base.extract(found, work)
    about = base.probe(boot, root)
    progress(f"base: {about['os']} {about['reference']}; kernels {about['kernels']}")
    parts = lay(root, epoch, asked.sign)
    progress("packing the root")
    squashed = work / "root.squashfs"
    card.squash(root, squashed, epoch, initrd.compression(root))
    card.lay_boot(boot)
    segment = initrd.segment(root, epoch)
    for path in base.initramfs_files(boot):
        initrd.append(path, segment)
    progress("putting the card together")
    fat_image, made = work / "boot.fat", work / f"{name}.img"
    card.boot_image(boot, fat_image, found.boot[1], epoch)
    card.assemble(made, fat_image, squashed, found.boot)
    progress("looking at what was made")
    if wrong := lint.complaints(made):
        raise BuildError("the card is not as it should be: " + "; ".join(wrong))
    if asked.fast:
        return [made]
    return [made, *hand_out(asked, work, made, root, parts, epoch, about | {"sha256": found.sha256})]


def lay(root: Path, epoch: int, key: str | None, processor: str = product.CARD) -> list[dict[str, Any]]:
    """All of ours over the tree of a base; what was installed."""
    tree.lay(root, f"pichat {__version__}\n", epoch)
    parts = product.lay(root, processor)
    if key:
        update.lay_key(root, Path(key))
    tree.settle_times(root, epoch)
    return parts


def hand_out(
    asked: argparse.Namespace,
    work: Path,
    made: Path,
    root: Path,
    parts: list[dict[str, Any]],
    epoch: int,
    about: dict[str, object],
) -> list[Path]:
    """The files beside the card."""
    progress("packing the image")
    packed = emit.pack(made)
    files = [packed, emit.checksums(made, packed), emit.block_map(made)]
    stem = made.name.removesuffix(".img")
    files.append(emit.contents(root, parts, work / f"{stem}.sbom.cdx.json", __version__))
    where = (asked.url or Path(asked.out).absolute().as_uri()).rstrip("/")
    date = time.strftime("%Y-%m-%d", time.gmtime(epoch))
    files.append(emit.manifest(made, packed, __version__, date, f"{where}/{packed.name}"))
    if asked.sign:
        files.append(emit.sign(packed, Path(asked.sign)))
        progress("packing the update")
        files.append(update.make(root, Path(asked.sign), __version__, epoch, work))
    # Without --url the manifest is of this computer alone, so it is no part of what is the same everywhere.
    same = [path for path in files if path.suffix != emit.MANIFEST]
    sums = {path.name: digest(path) for path in [made, *same]}
    report = work / f"{stem}.build.json"
    facts = {"version": __version__, "epoch": epoch, "base": about, "packages": parts, "files": sums}
    files.append(emit.report(report, **facts, tools=emit.tools(PACKAGES[name] for name in PROGRAMS)))
    return files


def source_time() -> int:
    """When the sources were last changed: the date of everything that the build makes."""
    # Taken out of the environment: mksquashfs wants it there or as an option, not both.
    if given := os.environ.pop("SOURCE_DATE_EPOCH", ""):
        return int(given)
    try:
        return int(run("git", "-C", HERE, "log", "-1", "--format=%ct"))
    except BuildError:
        return int(max(path.stat().st_mtime for path in HERE.rglob("*") if path.is_file()))
