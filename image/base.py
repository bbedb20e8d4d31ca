"""Opens a base image and refuses what it does not know. Must not change the base."""

import hashlib
import json
import shutil
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from image import fat
from image.tools import BuildError, cache, progress, run

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
LEAST_SYSTEMD = 257


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
    path = download(name, wanted) if "://" in name else Path(name)
    if not path.is_file():
        raise BuildError(f"there is no base image {name}")
    sha256 = digest(path)
    if wanted and sha256 != wanted.lower():
        raise BuildError(f"{path.name} is damaged or another one: its SHA-256 is {sha256}")
    image = path
    if path.suffix == ".xz":
        progress("unpacking the base")
        image = work / "base.img"
        run("sh", "-c", 'xz -dc -- "$1" >"$2"', "sh", path, image)
    return table(image, sha256)


def download(url: str, wanted: str) -> Path:
    """Kept in the cache, so a second build needs no network; never without a checksum."""
    if not wanted:
        raise BuildError("a base from the network needs its checksum: URL#sha256")
    kept = cache() / f"base-{wanted[:16]}-{url.rpartition('/')[2]}"
    if not kept.exists():
        progress(f"downloading {url}")
        part = kept.with_name(kept.name + ".part")
        with urllib.request.urlopen(url) as answer, part.open("wb") as file:
            shutil.copyfileobj(answer, file)
        part.replace(kept)
    return kept


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
    boot, root = work / "boot", work / "root"
    fat.extract(base.image, base.boot[0], boot)
    mount = work / "mount"
    mount.mkdir()
    run("fuse2fs", "-o", f"ro,fakeroot,offset={base.root[0]}", base.image, mount)
    try:
        run("cp", "-a", "--sparse=auto", f"{mount}/.", root)
    except BuildError as error:
        raise BuildError(f"the root of the base cannot be read ({error}); it may be damaged") from None
    finally:
        run("umount", mount)
    return boot, root


def probe(boot: Path, root: Path) -> dict[str, object]:
    """What the build relies on; anything else is refused with the whole list."""
    wrong = [f"no /{name}" for name in PROGRAMS if not (root / name).exists()]
    release = os_release(root)
    if release.get("VERSION_CODENAME") != "trixie":
        wrong.append(f"it is {release.get('PRETTY_NAME', 'no Debian')}, not Debian 13 (trixie)")
    wrong += [
        f"no {name} on the boot partition"
        for name in ("cmdline.txt", "config.txt")
        if not (boot / name).exists()
    ]
    if not kernels(boot):
        wrong.append("no kernel*.img on the boot partition")
    if not initramfs_files(boot):
        wrong.append("no initramfs* on the boot partition")
    versions = sorted(
        path.name for path in (root / "usr/lib/modules").glob("*") if (path / "modules.dep").exists()
    )
    if not versions:
        wrong.append("no kernel modules")
    local = root / "usr/share/initramfs-tools/scripts/local"
    if not local.exists() or "local_mount_root" not in local.read_text():
        wrong.append("its initramfs is not made by initramfs-tools")
    if wrong:
        raise BuildError("this base is not one that the build knows: " + "; ".join(wrong))
    reference = root / "etc/rpi-issue"
    return {
        "os": release["PRETTY_NAME"],
        "reference": reference.read_text().splitlines()[0] if reference.exists() else "",
        "kernels": versions,
        "initramfs": [path.name for path in initramfs_files(boot)],
    }


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
