"""Writes a card on Linux: shows removable disks, refuses others, asks twice, writes, reads back, ejects."""

import argparse
import hashlib
import json
import lzma
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from image.tools import BuildError, run

BLOCK = 4 * 1024 * 1024
LEAST = 7 * 10**9  # a card of 8 GB, as its maker counts
COLUMNS = "NAME,PATH,SIZE,RM,HOTPLUG,TRAN,TYPE,MODEL,MOUNTPOINTS,RO"
# Where a computer's own system is mounted; people's cards are mounted under /media or /run/media.
OWN = ("/media/", "/run/media/", "/mnt/")

Disk = dict[str, Any]


def flash(arguments: Sequence[str], ask: Callable[[str], str] = input) -> int:
    asked = parser().parse_args(arguments)
    disks = json.loads(run("lsblk", "--json", "--bytes", "--output", COLUMNS))["blockdevices"]
    if asked.device is None:
        show(disks)
        return 0
    image = Path(asked.image)
    if not image.is_file():
        raise BuildError(f"there is no image {image}")
    disk = chosen(disks, asked.device)
    confirm(disk, ask)
    unmount(disk)
    write(image, Path(disk["path"]))
    if asked.eject:
        run("eject", disk["path"])
    print("Done. Put the card into the Raspberry Pi and plug it in. / Listo: ponga la tarjeta y enchufe.")
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="flash", description="Writes the image to an SD card.")
    top.add_argument("image", help=".img or .img.xz")
    top.add_argument("device", nargs="?", help="such as /dev/sdb; without it the removable disks are shown")
    top.add_argument("--no-eject", dest="eject", action="store_false", help="leave the card in")
    return top


def removable(disk: Disk) -> bool:
    return disk["type"] == "disk" and bool(disk["rm"] or disk["hotplug"]) and not disk["ro"]


def mounts(disk: Disk) -> list[str]:
    """Where the disk and everything on it is mounted."""
    found = [place for place in disk.get("mountpoints") or [] if place]
    for child in disk.get("children", []):
        found += mounts(child)
    return found


def complaint(disk: Disk) -> str:
    """Why this disk is not one to write on; empty when it is."""
    if not removable(disk):
        return "it is not a removable disk"
    own = [place for place in mounts(disk) if not place.startswith(OWN)]
    if own:
        return f"this computer uses it: {', '.join(own)}"
    if int(disk["size"]) < LEAST:
        return "it is too small: it takes 8 GB"
    return ""


def show(disks: list[Disk]) -> None:
    good = [disk for disk in disks if not complaint(disk)]
    if not good:
        print("No removable disk of 8 GB or more is here. / No hay ninguna tarjeta de 8 GB o más.")
    for disk in good:
        print(line(disk))


def line(disk: Disk) -> str:
    model = (disk.get("model") or "").strip()
    return f"{disk['path']}  {int(disk['size']) / 10**9:.0f} GB  {model}  {', '.join(mounts(disk))}".rstrip()


def chosen(disks: list[Disk], device: str) -> Disk:
    for disk in disks:
        if disk["path"] == device:
            if why := complaint(disk):
                raise BuildError(f"{device} is not written: {why}")
            return disk
    raise BuildError(f"there is no disk {device}")


def confirm(disk: Disk, ask: Callable[[str], str]) -> None:
    """Twice, and the second time by the disk's own name, which no habit types."""
    print(line(disk))
    print("Everything but PiChat's data on it is lost. / Se pierde todo menos los datos de PiChat.")
    if ask("yes / sí? ").strip().lower() not in ("si", "sí", "yes"):
        raise BuildError("nothing was written")
    if ask(f"Type its name to be sure / escriba su nombre para confirmar ({disk['name']}): ") != disk["name"]:
        raise BuildError("nothing was written")


def unmount(disk: Disk) -> None:
    for place in mounts(disk):
        run("umount", place)


def write(image: Path, device: Path) -> None:
    """Blocks as they come out of the packed file; then the card is read back and compared."""
    digest, size = hashlib.sha256(), 0
    with opened(image) as source, device.open("r+b", buffering=0) as target:
        while block := unpacked(source, image):
            written(target, block)
            digest.update(block)
            size += len(block)
            progress("writing", size)
        os.fsync(target.fileno())
    if read_back(device, size) != digest.digest():
        raise BuildError("the card does not give back what was written: it is faulty, take another one")


def unpacked(source: BinaryIO, image: Path) -> bytes:
    try:
        return source.read(BLOCK)
    except (lzma.LZMAError, EOFError):
        raise BuildError(f"{image.name} is damaged: download it again; the card is half written") from None


def written(target: BinaryIO, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[target.write(view) :]


def read_back(device: Path, size: int) -> bytes:
    """What the card itself holds: the kernel's own copy is dropped first."""
    digest, left = hashlib.sha256(), size
    with device.open("rb", buffering=0) as card:
        os.posix_fadvise(card.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while left and (block := card.read(min(BLOCK, left))):
            digest.update(block)
            left -= len(block)
            progress("checking", size - left)
    return digest.digest()


@contextmanager
def opened(image: Path) -> Iterator[BinaryIO]:
    if image.suffix == ".xz":
        with lzma.open(image) as packed:
            yield packed  # type: ignore[misc]
    else:
        with image.open("rb") as plain:
            yield plain


def progress(what: str, size: int) -> None:
    end = "\r" if sys.stderr.isatty() else "\n"
    if sys.stderr.isatty() or size % (128 * BLOCK) < BLOCK:
        print(f"{what}: {size / 10**6:.0f} MB", end=end, file=sys.stderr, flush=True)
