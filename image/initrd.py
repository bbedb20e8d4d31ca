"""One more segment for every initramfs: our boot script, and the modules that it needs. Rebuilds nothing.

The kernel reads a file of several archives one after the other; each begins at a multiple of four bytes.
"""

import lzma
import stat
from collections.abc import Sequence
from pathlib import Path

from image import HERE
from image.tools import BuildError, run

WANTED = ("squashfs", "overlay")


def append(initramfs: Path, segment: bytes) -> None:
    raw = initramfs.read_bytes()
    initramfs.write_bytes(raw + b"\0" * (-len(raw) % 512) + segment)


def segment(root: Path, epoch: int) -> bytes:
    """The same for all: modules of every kernel; the script takes those of the one that runs."""
    archive = Archive(epoch)
    archive.file("scripts/pichat", (HERE / "initramfs/pichat").read_bytes(), 0o644)
    archive.folder("pichat")
    for version in sorted((root / "usr/lib/modules").iterdir()):
        if not (version / "modules.dep").exists():
            continue
        archive.folder(f"pichat/{version.name}")
        for number, path in enumerate(needed(version)):
            name = path.name.partition(".ko")[0]
            archive.file(f"pichat/{version.name}/{number:02}-{name}.ko", unpacked(path), 0o644)
    return archive.end()


def needed(version: Path, wanted: Sequence[str] = WANTED) -> list[Path]:
    """The modules and what they depend on, in the order in which they can be loaded."""
    dep = dict(line.split(":", 1) for line in (version / "modules.dep").read_text().splitlines())
    places = {Path(name).name.partition(".ko")[0].replace("-", "_"): name for name in dep}
    builtin = {
        Path(name).stem.replace("-", "_") for name in (version / "modules.builtin").read_text().splitlines()
    }
    order: list[str] = []
    for module in (name.replace("-", "_") for name in wanted):
        if module in builtin:
            continue
        if module not in places:
            raise BuildError(f"kernel {version.name} of the base has no {module}")
        # modules.dep names the nearest first: the last can be loaded at once.
        for name in [*reversed(dep[places[module]].split()), places[module]]:
            if name not in order:
                order.append(name)
    return [version / name for name in order]


def unpacked(path: Path) -> bytes:
    """As a plain module, which any insmod loads."""
    match path.suffix:
        case ".xz":
            return lzma.decompress(path.read_bytes())
        case ".zst":
            plain = path.with_suffix("")
            run("zstd", "-q", "-d", "-f", path, "-o", plain)
            raw = plain.read_bytes()
            plain.unlink()
            return raw
    return path.read_bytes()


def compression(root: Path) -> str:
    """The best that squashfs of every kernel of the base can read; gzip it always can."""
    found = {"zstd", "xz"}
    for version in sorted((root / "usr/lib/modules").iterdir()):
        modules = [path for path in needed(version) if path.name.startswith("squashfs")]
        for path in modules:
            raw = unpacked(path)
            found &= {name for name in found if name.encode() + b"\0" in raw}
        if not modules:
            found.clear()
    return "zstd" if "zstd" in found else "xz" if "xz" in found else "gzip"


class Archive:
    """cpio in the kernel's own form, with nothing in it that changes from build to build."""

    def __init__(self, epoch: int) -> None:
        self._epoch = epoch
        self._parts: list[bytes] = []
        self._inode = 0

    def folder(self, name: str) -> None:
        self._entry(name, b"", stat.S_IFDIR | 0o755)

    def file(self, name: str, raw: bytes, mode: int) -> None:
        self._entry(name, raw, stat.S_IFREG | mode)

    def end(self) -> bytes:
        self._entry("TRAILER!!!", b"", 0)
        raw = b"".join(self._parts)
        return raw + b"\0" * (-len(raw) % 512)

    def _entry(self, name: str, raw: bytes, mode: int) -> None:
        self._inode += 1
        fields = (self._inode, mode, 0, 0, 1, self._epoch, len(raw), 0, 0, 0, 0, len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
        self._parts += [head, b"\0" * (-len(head) % 4), raw, b"\0" * (-len(raw) % 4)]
