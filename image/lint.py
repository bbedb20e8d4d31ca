"""Reads a finished card as a stranger would and says what is wrong with it. Changes nothing."""

import json
import re
import struct
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from box import layout

from image import HERE, fat, tree
from image import card as card_files
from image.base import is_xz
from image.tools import BuildError, installed, run

_SUPERBLOCK = struct.Struct("<IIIIIHHHHHHQQ")
_MAGIC = 0x73717368
_SECRETS = re.compile(
    r"/(ssh_host_[a-z0-9]+_key(\.pub)?|id_(rsa|dsa|ecdsa|ed25519)|authorized_keys|random-seed)$"
    r"|^/(home|etc/(ssl/private|netplan|NetworkManager/system-connections))/."
)
SHIPPED = tuple(f"pichat/{path.name}" for path in sorted((HERE / "bootfs/pichat").iterdir()))
_UNIT = "/etc/systemd/system/"


def check(arguments: Sequence[str]) -> int:
    """scripts/check-image: a line for each complaint."""
    installed("sfdisk", "mtype", "mdir", "unsquashfs")
    card = Path(arguments[0])
    if not card.is_file():
        raise BuildError(f"there is no image {card}")
    if is_xz(card):
        raise BuildError(f"{card.name} is packed; unpack it: xz -dk {card}")
    found = complaints(card)
    for line in found:
        print(f"check-image: {line}", file=sys.stderr)
    return 1 if found else 0


def complaints(card: Path) -> list[str]:
    """Everything that is wrong; empty for a good card."""
    try:
        spans = partitions(card)
    except (BuildError, KeyError, ValueError) as error:
        return [f"the partition table cannot be read: {error}"]
    found = list(table(card, spans))
    for name, look, (offset, _) in zip(("boot partition", "root"), (boot, root), spans, strict=False):
        try:
            found += look(card, offset)
        except (BuildError, OSError, ValueError, IndexError, struct.error) as error:
            found.append(f"the {name} cannot be read: {error}")
    return found


def partitions(card: Path) -> list[tuple[int, int]]:
    found = json.loads(run("sfdisk", "--json", card))["partitiontable"]
    if int(found["id"], 16) != layout.DISK_ID:
        raise ValueError(f"disk id {found['id']}")
    parts = found.get("partitions", [])
    return [(part["start"] * layout.SECTOR, part["size"] * layout.SECTOR) for part in parts]


def table(card: Path, spans: list[tuple[int, int]]) -> Iterator[str]:
    size = card.stat().st_size
    if len(spans) != 2:
        yield f"{len(spans)} partitions in the image instead of two: the data is made at boot"
    if max([size, *map(sum, spans)]) > layout.DATA_START * layout.SECTOR:
        yield "the image reaches into the place of the data"
    if max([0, *map(sum, spans)]) > size:
        yield "the image is cut off"


def boot(card: Path, offset: int) -> Iterator[str]:
    """The boot partition: how it boots, and that every initramfs has our segment."""
    words = fat.read(card, offset, "cmdline.txt").decode().split()
    for word in ("boot=pichat", f"root=PARTUUID={layout.DISK_ID:08x}-02", "rootfstype=squashfs", "ro"):
        if word not in words:
            yield f"cmdline.txt lacks {word}"
    for word in words:
        if word == "resize" or word.startswith(("init=", "systemd.run")):
            yield f"cmdline.txt still has {word}"
    names = fat.names(card, offset)
    initramfs = [name for name in names if name.startswith("initramfs")]
    if not initramfs:
        yield "no initramfs"
    for name in initramfs:
        if b"scripts/pichat\0" not in fat.read(card, offset, name)[-8 * layout.MIB :]:
            yield f"{name} does not hold our segment"
    for name in card_files.FIRST_BOOT:
        if name in names:
            yield f"{name} is on the boot partition"
    yield from ours(card, offset)


def ours(card: Path, offset: int) -> Iterator[str]:
    """What people read and edit: all of it, and no request that somebody else made."""
    found = fat.names(card, offset, "pichat")
    yield from (f"no {name}" for name in SHIPPED if name not in found)
    yield from (f"{name} is on the boot partition" for name in found if name not in SHIPPED)


def root(card: Path, offset: int) -> Iterator[str]:
    """The root: squashfs, nobody can sign in, nothing of one machine alone, silenced units."""
    with card.open("rb") as file:
        file.seek(offset)
        magic = _SUPERBLOCK.unpack(file.read(_SUPERBLOCK.size))[0]
    if magic != _MAGIC:
        yield "the root is not squashfs"
        return
    listing = run("unsquashfs", "-o", str(offset), "-lls", card).splitlines()
    found = {}
    for line in listing:
        mode, _, rest = line.partition(" ")
        if "squashfs-root" in rest:
            path, _, link = rest.partition("squashfs-root")[2].partition(" -> ")
            found[path] = (mode, link)
    yield from secrets(found)
    yield from silenced(found)
    with tempfile.TemporaryDirectory() as folder:
        yield from files(card, offset, Path(folder, "root"))


def secrets(found: dict[str, tuple[str, str]]) -> Iterator[str]:
    for path in found:
        if _SECRETS.search(path):
            yield f"{path} is the same on every card"
    if "/boot/firmware" not in found or "/var/lib/pichat" not in found:
        yield "a place to mount on is missing"


def silenced(found: dict[str, tuple[str, str]]) -> Iterator[str]:
    """Units that have to be quiet, and all of ours."""
    for name in tree.masked():
        if found.get(_UNIT + name, ("", ""))[1] != "/dev/null":
            yield f"{name} is not masked"
    for path in sorted((HERE / "rootfs").rglob("*")):
        if "__pycache__" not in path.parts and f"/{path.relative_to(HERE / 'rootfs')}" not in found:
            yield f"/{path.relative_to(HERE / 'rootfs')} is missing"


def files(card: Path, offset: int, folder: Path) -> Iterator[str]:
    """The few whose content matters."""
    names = (
        "etc/passwd",
        "etc/shadow",
        "etc/fstab",
        "etc/machine-id",
        "etc/pichat-release",
        "opt/pichat/lib/appliance/__init__.py",
    )
    run("unsquashfs", "-q", "-n", "-d", folder, "-o", str(offset), card, *names)
    if missing := [name for name in names if not (folder / name).exists()]:
        yield from (f"no /{name}" for name in missing)
        return
    for line in (folder / "etc/shadow").read_text().splitlines():
        if line.split(":")[1][:1] not in "!*":
            yield f"{line.split(':')[0]} can sign in"
    for line in (folder / "etc/passwd").read_text().splitlines():
        if 1000 <= int(line.split(":")[2]) < 60000:
            yield f"{line.split(':')[0]} is a person's account"
    if re.search(r"(?m)^\S+\s+/\s", (folder / "etc/fstab").read_text()):
        yield "fstab has a line for the root"
    if (folder / "etc/machine-id").read_text():
        yield "machine-id is not empty"
