"""Writes a card on Linux: shows removable disks, refuses others, asks twice, writes, reads back, ejects."""

import argparse
import hashlib
import json
import lzma
import os
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from box import layout

from image.download import digest
from image.tools import BuildError, Stopped, installed, run

BLOCK = 4 * 1024 * 1024
LEAST = 7 * 10**9  # a card of 8 GB, as its maker counts
COLUMNS = "NAME,PATH,SIZE,RM,HOTPLUG,TRAN,TYPE,MODEL,SERIAL,MOUNTPOINTS,RO"
# Where a computer's own system is mounted; people's cards are mounted under /media or /run/media.
OWN = ("/media/", "/run/media/", "/mnt/")
HALF = "the card is half written, do it again"

Disk = dict[str, Any]


def flash(arguments: Sequence[str], ask: Callable[[str], str] = input) -> int:
    """Everything that can be refused is refused before the card is touched."""
    asked = parser().parse_args(arguments)
    installed("lsblk", "umount", "xz")
    image = Path(asked.image)
    size = checked(image)
    if asked.device is None:
        show(disks())
        return 0
    if os.geteuid():
        raise BuildError("cards are written by root: put sudo before it")
    disk = chosen(disks(), asked.device)
    if size > int(disk["size"]):
        raise BuildError(f"{asked.device} is not written: the image takes {size / 10**9:.0f} GB")
    confirm(disk, ask)
    if identity(now := chosen(disks(), asked.device)) != identity(disk):
        raise BuildError(f"nothing was written: {asked.device} is another disk than a moment ago")
    unmount(now)
    write(image, Path(disk["path"]), size)
    if asked.eject and not ejected(disk["path"]):
        print("The card can be taken out. / Ya puedes sacar la tarjeta.")
    print(
        "Done. Put the card into the Raspberry Pi and plug it in. / "
        "Listo: pon la tarjeta en la Raspberry Pi y enchúfala."
    )
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="flash", description="Writes the image to an SD card.")
    top.add_argument("image", help=".img or .img.xz")
    top.add_argument("device", nargs="?", help="such as /dev/sdb; without it the removable disks are shown")
    top.add_argument("--no-eject", dest="eject", action="store_false", help="leave the card in")
    return top


def checked(image: Path) -> int:
    """How many bytes a whole image of ours has; before anybody is asked anything."""
    if not image.is_file():
        raise BuildError(f"there is no image {image}")
    damaged = BuildError(f"{image.name} is damaged: download it again")
    if image.suffix == ".xz":
        try:
            totals = run("xz", "--robot", "--list", image).splitlines()[-1].split("\t")
            size = int(totals[4])
        except (BuildError, ValueError, IndexError):
            raise damaged from None
    else:
        size = image.stat().st_size
    with opened(image) as source:
        head = unpacked(source, damaged)[: layout.SECTOR]
    if len(head) < layout.SECTOR or struct.unpack_from("<I", head, 440)[0] != layout.DISK_ID:
        raise BuildError(f"{image.name} is no image of PiChat")
    for name in (f"{image.name}.sha256", f"{image.name}.xz.sha256"):
        beside = image.with_name(name)
        lines = beside.read_text().splitlines() if beside.is_file() else []
        wanted = [line.split()[0] for line in lines if line.split()[1:] == [image.name]]
        if wanted and wanted != [digest(image)]:
            raise damaged
    return size


def disks() -> list[Disk]:
    found = json.loads(run("lsblk", "--json", "--bytes", "--output", COLUMNS))["blockdevices"]
    assert isinstance(found, list)
    return found


def identity(disk: Disk) -> tuple[object, ...]:
    return tuple(disk.get(key) for key in ("path", "size", "model", "serial"))


def removable(disk: Disk) -> bool:
    return disk["type"] == "disk" and bool(disk["rm"] or disk["hotplug"])


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
    if disk["ro"]:
        return "it is write-protected; the small switch at the side of a card does that"
    if int(disk["size"]) < LEAST:
        return "it is too small: it takes 8 GB"
    return ""


def show(found: list[Disk]) -> None:
    good = [disk for disk in found if not complaint(disk)]
    if not good:
        print("No removable disk of 8 GB or more is here. / No hay ninguna tarjeta de 8 GB o más.")
    for disk in good:
        print(line(disk))


def line(disk: Disk) -> str:
    """What a person knows a card by."""
    said = [f"{int(disk['size']) / 10**9:.0f} GB", *(disk.get(key) or "" for key in ("tran", "model"))]
    return "  ".join(part for part in [disk["path"], *map(str.strip, said), ", ".join(mounts(disk))] if part)


def chosen(found: list[Disk], device: str) -> Disk:
    for disk in found:
        if disk["path"] == device:
            if why := complaint(disk):
                raise BuildError(f"{device} is not written: {why}")
            return disk
    raise BuildError(f"there is no disk {device}")


def confirm(disk: Disk, ask: Callable[[str], str]) -> None:
    """Twice, and the second time by the disk's own name, which no habit types."""
    print(line(disk))
    print("Everything but PiChat's data on it is lost. / Se pierde todo menos los datos de PiChat.")
    try:
        sure = ask("yes / sí? ").strip().lower() in ("si", "sí", "yes") and disk["name"] == ask(
            f"Type its name to be sure / Escribe su nombre para confirmar ({disk['name']}): "
        )
    except EOFError:
        sure = False
    if not sure:
        raise BuildError("nothing was written")


def unmount(disk: Disk) -> None:
    for place in mounts(disk):
        run("umount", place)


def write(image: Path, device: Path, size: int) -> None:
    """Blocks as they come out of the packed file; then the card is read back and compared."""
    written, done = hashlib.sha256(), 0
    damaged = BuildError(f"{image.name} is damaged: download it again; {HALF}")
    try:
        with opened(image) as source, held(device) as target:
            while block := unpacked(source, damaged):
                put(target, block)
                written.update(block)
                done += len(block)
                progress("writing", done, size)
            os.fsync(target)
        whole = read_back(device, done) == written.digest()
    except OSError as error:
        where = f"after {done / 10**6:.0f} MB" if done else "at once"
        raise BuildError(f"the card gave up {where} ({error.strerror}); was it pulled out? {HALF}") from None
    except Stopped:
        print(f"\n{HALF}", file=sys.stderr)
        raise
    if not whole:
        raise BuildError("the card does not give back what was written: it is faulty, take another one")


@contextmanager
def held(device: Path) -> Iterator[int]:
    """Nobody else may have it, not even the kernel for a file system, an array or a volume."""
    try:
        target = os.open(device, os.O_RDWR | os.O_EXCL)
    except OSError as error:
        raise BuildError(f"nothing was written: {device} cannot be had alone ({error.strerror})") from None
    try:
        yield target
    finally:
        os.close(target)


def unpacked(source: BinaryIO, damaged: BuildError) -> bytes:
    try:
        return source.read(BLOCK)
    except (lzma.LZMAError, EOFError):
        raise damaged from None


def ejected(device: str) -> bool:
    """Not every reader can, and not every system has the program; all is on the card either way."""
    try:
        run("eject", device)
    except BuildError:
        return False
    return True


def put(target: int, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[os.write(target, view) :]


def read_back(device: Path, size: int) -> bytes:
    """What the card itself holds: the kernel's own copy is dropped first."""
    found, left = hashlib.sha256(), size
    with device.open("rb", buffering=0) as card:
        os.posix_fadvise(card.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while left and (block := card.read(min(BLOCK, left))):
            found.update(block)
            left -= len(block)
            progress("checking", size - left, size)
    return found.digest()


@contextmanager
def opened(image: Path) -> Iterator[BinaryIO]:
    if image.suffix == ".xz":
        with lzma.open(image) as packed:
            yield packed  # type: ignore[misc]
    else:
        with image.open("rb") as plain:
            yield plain


def progress(what: str, done: int, size: int) -> None:
    """On one line of a terminal; elsewhere a line for every tenth."""
    said = f"{what}: {100 * done // max(size, 1)} %  {done / 10**6:.0f} of {size / 10**6:.0f} MB"
    if sys.stderr.isatty():
        print(f"\r{said}", end="\n" if done >= size else "", file=sys.stderr, flush=True)
    elif 10 * done // max(size, 1) > 10 * (done - BLOCK) // max(size, 1):
        print(said, file=sys.stderr, flush=True)
