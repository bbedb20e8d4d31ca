"""FAT file systems in files, through mtools: no mount, so no kernel that knows FAT is needed."""

import os
import struct
import subprocess
from pathlib import Path

from image.tools import run

_ENV = {"MTOOLS_SKIP_CHECK": "1"}


def extract(image: Path, offset: int, folder: Path) -> None:
    """Every file, with its time."""
    folder.mkdir()
    run("mcopy", "-s", "-m", "-n", "-i", f"{image}@@{offset}", "::/*", folder, env=_ENV)


def make(image: Path, size: int, label: str, number: int, folder: Path, epoch: int) -> None:
    """A new file system with these files: the same bytes for the same input."""
    image.unlink(missing_ok=True)
    with image.open("wb") as file:
        file.truncate(size)
    run(
        "mkfs.vfat",
        "--invariant",
        "-F",
        "32",
        "-S",
        "512",
        "-s",
        "1",
        "-i",
        f"{number:08x}",
        "-n",
        label,
        image,
    )
    env = {**_ENV, "SOURCE_DATE_EPOCH": str(epoch), "TZ": "UTC"}
    for path in sorted(folder.rglob("*")):
        name = f"::/{path.relative_to(folder)}"
        if path.is_dir():
            run("mmd", "-i", image, name, env=env)
        else:
            os.utime(path, (epoch, epoch))
            run("mcopy", "-m", "-i", image, path, name, env=env)


def tables(image: Path) -> int:
    """How many bytes lie before the first file: what says which parts are free, so also zeros count there."""
    with image.open("rb") as file:
        head = file.read(512)
    if head[510:] != b"\x55\xaa":
        return 0
    sector, _, reserved, copies = struct.unpack_from("<HBHB", head, 11)
    [length] = struct.unpack_from("<I", head, 36)
    return int((reserved + copies * length) * sector)


def read(image: Path, offset: int, name: str) -> bytes:
    """One file; empty when it is not there."""

    where = f"{image}@@{offset}"
    done = subprocess.run(
        ["mtype", "-i", where, f"::/{name}"], capture_output=True, check=False, env={**os.environ, **_ENV}
    )
    return done.stdout if done.returncode == 0 else b""


def names(image: Path, offset: int, folder: str = "") -> list[str]:
    """What lies in a folder."""
    text = run("mdir", "-b", "-i", f"{image}@@{offset}", f"::/{folder}", env=_ENV)
    return sorted(line.removeprefix("::/").rstrip("/") for line in text.splitlines() if line)


def write(image: Path, offset: int, source: Path, name: str) -> None:
    """Lays a file over the one of that name, as a card reader would."""
    run("mcopy", "-o", "-i", f"{image}@@{offset}", source, f"::/{name}", env=_ENV)
