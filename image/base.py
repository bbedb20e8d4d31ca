"""Opens a base image and refuses what it does not know. Must not change the base."""

import errno
import json
import os
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from image import fat
from image.download import digest, fetch, kept
from image.tools import BuildError, progress, run

SECTOR = 512
# What the steps of the boot run, by the path in a Debian 13 tree.
PROGRAMS = (
    "usr/bin/python3.13",
    "usr/sbin/sfdisk",
    "usr/sbin/blockdev",
    "usr/bin/partx",
    "usr/bin/lsblk",
    "usr/sbin/blkid",
    "usr/sbin/e2fsck",
    "usr/sbin/resize2fs",
    "usr/sbin/dumpe2fs",
    "usr/sbin/debugfs",
    "usr/sbin/mke2fs",
    "usr/sbin/nft",
    "usr/sbin/NetworkManager",
    "usr/sbin/avahi-daemon",
    "usr/lib/systemd/systemd",
)
ARM64 = (2, 183)  # of an ELF file: 64 bits, AArch64


@dataclass(frozen=True, slots=True)
class Base:
    """An image whose partition table was read."""

    image: Path
    sha256: str
    boot: tuple[int, int]  # start and size in bytes
    root: tuple[int, int]


def open_base(given: str, work: Path) -> Base:
    """FILE or URL, `.img` or `.img.xz`, with `#sha256` when its content is to be checked."""
    name, _, wanted = given.partition("#")
    wanted = wanted.lower()
    if wanted and not re.fullmatch("[0-9a-f]{64}", wanted):
        raise BuildError("what stands after # is no SHA-256: it has 64 digits, 0 to 9 and a to f")
    path = from_url(name, wanted, work) if "://" in name else Path(name)
    if not path.is_file():
        raise BuildError(f"there is no base image {name}")
    sha256 = digest(path)
    if wanted and sha256 != wanted:
        raise BuildError(f"{path.name} is damaged or another one: its SHA-256 is {sha256}")
    if not wanted:
        progress(f"the base was not checked; to have that done: {name}#{sha256}")
    image = path
    if is_xz(path):
        progress("unpacking the base")
        image = work / "base.img"
        try:
            run("sh", "-c", 'exec xz -dc -- "$1" >"$2"', "sh", path, image)
        except BuildError as error:
            raise BuildError(f"{path.name} cannot be unpacked: {str(error).rpartition(': ')[2]}") from None
    return table(image, sha256)


def from_url(url: str, wanted: str, work: Path) -> Path:
    """With a checksum it is kept in the cache, so a second build needs no network."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "file":
        return Path(urllib.request.url2pathname(parts.path))
    name = Path(parts.path).name or "base.img"
    if wanted:
        return kept(url, f"base-{wanted[:16]}-{name}", wanted)
    if parts.scheme != "https":
        raise BuildError("anybody on the way could change it: without https a base needs URL#sha256")
    path = work / name
    fetch(url, path)
    return path


def is_xz(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(6) == b"\xfd7zXZ\0"


def table(image: Path, sha256: str) -> Base:
    """Two partitions, FAT and Linux, as Raspberry Pi OS has them."""
    try:
        found = json.loads(run("sfdisk", "--json", image))["partitiontable"]
        parts = found["partitions"]
    except (BuildError, KeyError, ValueError):
        raise BuildError(f"{image.name} has no partition table that can be read") from None
    if found["label"] != "dos" or [part["type"] for part in parts] not in (["c", "83"], ["b", "83"]):
        raise BuildError(
            f"{image.name} is not laid out as Raspberry Pi OS: expected FAT and Linux partitions"
        )
    spans = [(part["start"] * SECTOR, part["size"] * SECTOR) for part in parts]
    if sum(spans[-1]) > image.stat().st_size:
        raise BuildError(f"{image.name} is cut off: its last partition ends beyond the file")
    return Base(image, sha256, spans[0], spans[1])


def extract(base: Base, work: Path) -> tuple[Path, Path]:
    """Both partitions as folders; file capabilities and hard links are kept."""
    boot, root, mount = work / "boot", work / "root", work / "mount"
    with reading("boot partition"):
        fat.extract(base.image, base.boot[0], boot)
    mount.mkdir()
    with reading("root"):
        run("fuse2fs", "-o", f"ro,fakeroot,offset={base.root[0]}", base.image, mount)
        try:
            run("cp", "-a", "--sparse=auto", f"{mount}/.", root)
        finally:
            run("umount", mount)
    return boot, root


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Programs that stumble over a damaged file system say so in words of their own."""
    try:
        yield
    except BuildError as error:
        if os.strerror(errno.ENOSPC) in str(error):
            raise
        raise BuildError(f"the {what} of the base cannot be read, it may be damaged ({error})") from None


def probe(boot: Path, root: Path) -> dict[str, object]:
    """What the build relies on; anything else is refused with the whole list."""
    if wrong := [*unlike_a_root(root), *unlike_a_boot(boot)]:
        raise BuildError("this base is not one that the build knows: " + "; ".join(wrong))
    reference = root / "etc/rpi-issue"
    return {
        "os": os_release(root)["PRETTY_NAME"],
        "reference": reference.read_text().splitlines()[0] if reference.exists() else "",
        "kernels": versions(root),
        "initramfs": [path.name for path in initramfs_files(boot)],
    }


def unlike_a_root(root: Path) -> Iterator[str]:
    yield from (f"no /{name}" for name in PROGRAMS if not (root / name).exists())
    if (python := root / PROGRAMS[0]).is_file() and processor(python) != ARM64:
        yield "its programs are not for arm64 (64-bit)"
    release = os_release(root)
    if release.get("VERSION_CODENAME") != "trixie":
        yield f"it is {release.get('PRETTY_NAME', 'no Debian')}, not Debian 13 (trixie)"
    if not versions(root):
        yield "no kernel modules"
    local = root / "usr/share/initramfs-tools/scripts/local"
    if not local.exists() or "local_mount_root" not in local.read_text():
        yield "its initramfs is not made by initramfs-tools"


def unlike_a_boot(boot: Path) -> Iterator[str]:
    for name in ("cmdline.txt", "config.txt"):
        if not (boot / name).exists():
            yield f"no {name} on the boot partition"
    if not kernels(boot):
        yield "no kernel*.img on the boot partition"
    if not initramfs_files(boot):
        yield "no initramfs* on the boot partition"
    yield from (f"no {name} for its kernel" for name in missing_initramfs(boot))
    if not loads_initramfs(boot):
        yield "config.txt loads no initramfs"


def versions(root: Path) -> list[str]:
    """The kernels that have modules."""
    folders = (root / "usr/lib/modules").glob("*")
    return sorted(path.name for path in folders if (path / "modules.dep").exists())


def os_release(root: Path) -> dict[str, str]:
    path = root / "usr/lib/os-release"
    if not path.exists():
        return {}
    pairs = (line.partition("=") for line in path.read_text().splitlines() if "=" in line)
    return {key: value.strip('"') for key, _, value in pairs}


def kernels(boot: Path) -> list[Path]:
    return sorted(boot.glob("kernel*.img"))


def initramfs_files(boot: Path) -> list[Path]:
    return sorted(path for path in boot.glob("initramfs*") if path.is_file())


def missing_initramfs(boot: Path) -> list[str]:
    """The firmware takes initramfs8 for kernel8.img and so on; ours has to be in each."""
    wanted = ["initramfs" + path.stem.removeprefix("kernel") for path in kernels(boot)]
    return [name for name in wanted if not (boot / name).is_file()]


def loads_initramfs(boot: Path) -> bool:
    path = boot / "config.txt"
    text = path.read_text(errors="replace") if path.exists() else ""
    return bool(re.search(r"(?m)^[ \t]*(auto_initramfs=1|initramfs[ =])", text))


def processor(program: Path) -> tuple[int, int]:
    """Class and machine of an ELF file."""
    with program.open("rb") as file:
        head = file.read(20)
    return (head[4], int.from_bytes(head[18:20], "little")) if head[:4] == b"\x7fELF" else (0, 0)
