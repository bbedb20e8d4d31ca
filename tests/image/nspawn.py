"""The tier of a minute: the card's root, for this machine's own processor, started with systemd-nspawn.

    python -m tests.image.nspawn build FOLDER     the card, by the steps of the build
    python -m tests.image.nspawn play FOLDER      its scenarios, in namespaces of their own

What cannot be as on a board is named in image/README.md.
"""

import contextlib
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from box import layout

from image import build, card, lint, tools
from image.standin import make, native
from image.tools import BuildError, need, progress
from tests.image.contained import GROUP, Contained, own_group
from tests.image.device import Failed, run
from tests.image.run import MINUTES, cuts_of, played

NAME = "pichat-nspawn.img"
SCENARIOS = sorted((Path(__file__).parent / "scenarios/nspawn").glob("*.toml"))
BOOT_START, BOOT_SIZE = 8 * layout.MIB, 64 * layout.MIB
PROGRAMS = ("systemd-nspawn", "unsquashfs", "mksquashfs", "mke2fs", "losetup", "partx", "sfdisk", "ip")


def built(work: Path) -> None:
    """As build.make does, but for the kernel's part: no initramfs, and a boot partition of ext4."""
    need(*PROGRAMS)
    root, boot, epoch = work / "tree", work / "boot", build.source_time()
    native.tree(root)
    build.lay(root, epoch, None, platform.machine())
    fstab = root / "etc/fstab"
    fstab.write_text(fstab.read_text().replace(" vfat ", " ext4 ").replace(",umask=0077", ""))
    squashed, partition = work / "root.squashfs", work / "boot.ext4"
    card.squash(root, squashed, epoch, "lz4")  # in a second; what the card has takes a minute
    boot.mkdir()
    (boot / "cmdline.txt").write_text(make.CMDLINE)
    card.lay_boot(boot)
    with partition.open("wb") as file:
        file.truncate(BOOT_SIZE)
    tools.run("mke2fs", "-q", "-t", "ext4", "-L", layout.BOOT_LABEL, "-d", boot, partition)
    image = work / NAME
    card.assemble(image, partition, squashed, (BOOT_START, BOOT_SIZE))
    spans = lint.partitions(image)
    if wrong := [*lint.table(image, spans), *lint.root(image, spans[1][0])]:
        raise BuildError("the card is not as it should be: " + "; ".join(wrong))
    for path in (root, boot):
        shutil.rmtree(path)
    progress("the card for systemd-nspawn is there")


def play(work: Path, cuts: int) -> bool:
    end = time.monotonic() + MINUTES * 60
    with apart():
        return all(played(path, work / NAME, work, end, cuts, Contained) for path in SCENARIOS)


@contextlib.contextmanager
def apart() -> Iterator[None]:
    """The rest of being alone: /run, control groups, and a network in which there is nobody."""
    if os.getpid() != 1:
        raise BuildError("only in namespaces of its own: scripts/test image nspawn")
    run("mount", "-t", "tmpfs", "run", "/run")
    # Whatever the machine has there: a container of today wants the unified hierarchy.
    run("mount", "-t", "cgroup2", "cgroup2", str(GROUP))
    run("ip", "link", "set", "lo", "up")
    outside = own_group()
    remove_groups(outside)
    inside = outside / f"pichat-board-{time.time_ns()}"
    inside.mkdir()
    (inside / "cgroup.procs").write_text("0")
    try:
        yield
    finally:
        (outside / "cgroup.procs").write_text("0")
        remove_groups(outside)


def remove_groups(outside: Path) -> None:
    """Those of a run that was killed, too; what is in use the kernel keeps."""
    for group in outside.glob("pichat-board-*"):
        for folder, _, _ in os.walk(group, topdown=False):
            with contextlib.suppress(OSError):
                Path(folder).rmdir()


def main(arguments: list[str]) -> int:
    match arguments:
        case ["build", folder]:
            built(Path(folder))
        case ["play", folder, *rest]:
            return 0 if play(Path(folder), cuts_of(rest)) else 1
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (BuildError, Failed) as error:
        sys.exit(f"nspawn: {error}")
