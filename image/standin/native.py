"""The packages of the stand-in for this machine's own processor: a root tree that systemd-nspawn can start.

Without kernel, and without what Raspberry Pi OS leaves for its first boot. Kept in the cache by its recipe.
"""

import hashlib
import os
import platform
import shutil
from pathlib import Path

from image.product import DEBIAN
from image.tools import BuildError, cache, debian, need, progress, run

HERE = Path(__file__).resolve().parent
RECIPE = ("packages.txt", "native.py")
WITHOUT = ("linux-image-", "initramfs-tools")
NOT_UNPACKED = ("doc", "man", "locale", "info")


def tree(root: Path) -> None:
    """Unpacks it there; makes it when it is not kept yet."""
    kept = cache() / f"native-{key()}.squashfs"
    if not kept.exists():
        need("mmdebstrap", "mksquashfs")
        work = cache() / f"native-{os.getpid()}"
        work.mkdir()
        try:
            made(work).replace(kept)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    run("unsquashfs", "-q", "-n", "-d", root, kept)


def key() -> str:
    raw = b"\0".join([platform.machine().encode(), *((HERE / name).read_bytes() for name in RECIPE)])
    return hashlib.sha256(raw).hexdigest()[:16]


def made(work: Path) -> Path:
    progress("packages for this machine's own processor (a minute or two)")
    root, squashed = work / "root", work / "root.squashfs"
    if platform.machine() not in DEBIAN:
        raise BuildError(f"there are no packages for {platform.machine()}")
    options = ["--mode=root", f"--architectures={DEBIAN[platform.machine()]}", "--variant=apt"]
    options += ["--components=main", "--dpkgopt=force-unsafe-io", f"--include={','.join(packages())}"]
    options += ['--aptopt=Apt::Install-Recommends "false"', '--aptopt=Acquire::Retries "3"']
    options += [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in NOT_UNPACKED]
    # As in make.py: nobody else sees what mmdebstrap mounts in the root.
    apart = ("unshare", "--mount", "--propagation", "private")
    run(*apart, "mmdebstrap", "--quiet", *options, "trixie", root, debian())
    options = ["-comp", "zstd", "-Xcompression-level", "3"]
    run("mksquashfs", root, squashed, "-noappend", "-no-progress", "-quiet", *options)
    return squashed


def packages() -> list[str]:
    lines = (HERE / "packages.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith(("#", *WITHOUT))]
