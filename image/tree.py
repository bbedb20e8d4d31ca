"""Turns the base's root tree into the card's: our files over it, silenced units, no secrets, one account."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from box import layout

from image import HERE
from image.tools import BuildError

# Left behind by a first boot that will not take place, or different on every machine.
GONE = (
    "etc/ssh/ssh_host_*",
    "etc/sudoers.d/010_pi-nopasswd",
    "etc/netplan/*",
    "etc/NetworkManager/system-connections/*",
    "var/lib/apt/lists/*",
    "var/cache/apt/*",
    "var/lib/systemd/random-seed",
    "var/lib/systemd/timesync/clock",
    "var/lib/NetworkManager/*",
    "var/lib/dbus/machine-id",
    "var/log/*",
    "var/swap",
    "swapfile",
    "root/.ssh",
    "home/*",
    "boot/vmlinuz*",
    "boot/initrd*",
    "boot/System.map*",
    "vmlinuz*",
    "initrd*",
)
FOLDERS = (
    "var/lib/pichat",
    "boot/firmware",
    "var/lib/dbus",
    "var/log",
    "var/tmp",
    "var/cache",
    "var/lib/systemd",
)
# What is written anew, in place.
WRITTEN = (
    *(f"etc/{name}" for name in ("passwd", "shadow", "group", "gshadow", "pichat-release", ".updated")),
    "var/.updated",
    "usr/lib/clock-epoch",
)
# Radios on: NetworkManager otherwise believes what the base's first boot left behind.
NETWORK_STATE = "[main]\nNetworkingEnabled=true\nWirelessEnabled=true\nWWANEnabled=false\n"


def lay(root: Path, release: str, epoch: int) -> None:
    """All of it, on a tree that was extracted from a base."""
    stay_inside(root)
    clear(root)
    copy_over(HERE / "rootfs", root)
    for name in FOLDERS:
        (root / name).mkdir(parents=True, exist_ok=True)
    state = root / "var/lib/NetworkManager/NetworkManager.state"
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_text(NETWORK_STATE)
    accounts(root)
    mask(root)
    (root / "etc/pichat-release").write_text(release)
    # The clock never starts before this one; the others say that caches of /usr are as new as /usr itself.
    for name in ("usr/lib/clock-epoch", "etc/.updated", "var/.updated"):
        (root / name).touch()
        os.utime(root / name, (epoch, epoch))


def stay_inside(root: Path) -> None:
    """A folder of the base that is a link out of it would have us write on the machine that builds."""
    ours = [path.relative_to(HERE / "rootfs") for path in (HERE / "rootfs").rglob("*")]
    touched = [*map(Path, GONE), *map(Path, WRITTEN), *ours]
    for place in sorted({*(path.parent for path in touched), *map(Path, FOLDERS), *map(Path, WRITTEN)}):
        if not (root / place).resolve().is_relative_to(root.resolve()):
            raise BuildError(f"this base is not one that the build knows: /{place} is a link that leads out")


def clear(root: Path) -> None:
    for pattern in GONE:
        for path in sorted(root.glob(pattern)):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def copy_over(source: Path, root: Path) -> None:
    """Our files as they stand in the repository, owned by root; links of the base are not followed."""
    for path in sorted(source.rglob("*")):
        if "__pycache__" in path.parts:
            continue
        target = root / path.relative_to(source)
        if path.is_dir() and not path.is_symlink():
            target.mkdir(exist_ok=True)
            continue
        if target.is_symlink() or target.exists():
            target.unlink()
        shutil.copyfile(path, target, follow_symlinks=False)
        os.chown(target, 0, 0, follow_symlinks=False)
        if not path.is_symlink():
            target.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def accounts(root: Path) -> None:
    """The service's account; and nobody else can sign in: no password, no shell for people."""
    line = f"{layout.USER}:x:{layout.USER_ID}:{layout.USER_ID}:PiChat:/nonexistent:/usr/sbin/nologin"
    passwd = lines(root / "etc/passwd")
    if any(entry.split(":")[2] == str(layout.USER_ID) for entry in passwd):
        raise BuildError(f"the base already has an account number {layout.USER_ID}")
    kept = [entry for entry in passwd if not 1000 <= int(entry.split(":")[2]) < 60000]
    people = {entry.split(":")[0] for entry in passwd} - {entry.split(":")[0] for entry in kept}
    write(root / "etc/passwd", [*kept, line])
    shadow = [entry for entry in lines(root / "etc/shadow") if entry.split(":")[0] not in people]
    locked = [re.sub(r"^([^:]*):[^:]*:", r"\1:!*:", entry) for entry in shadow]
    write(root / "etc/shadow", [*locked, f"{layout.USER}:!*:20000::::::"])
    for name, ours in (("group", f"{layout.USER}:x:{layout.USER_ID}:"), ("gshadow", f"{layout.USER}:!*::")):
        rows = [row for row in lines(root / "etc" / name) if row.split(":")[0] not in people]
        write(root / "etc" / name, [*(without(row, people) for row in rows), ours])
    for name in ("passwd-", "shadow-", "group-", "gshadow-", "subuid", "subgid"):
        (root / "etc" / name).unlink(missing_ok=True)


def without(row: str, people: set[str]) -> str:
    """A row of group or gshadow without members that are gone."""
    head, _, members = row.rpartition(":")
    return f"{head}:{','.join(name for name in members.split(',') if name and name not in people)}"


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


def write(path: Path, rows: list[str]) -> None:
    path.write_text("\n".join([*rows, ""]))


def masked() -> Iterator[str]:
    """The units of units.mask."""
    for line in lines(HERE / "units.mask"):
        if line and not line.startswith("#"):
            name, reason = line.split(None, 1)
            assert reason
            yield name


def mask(root: Path) -> None:
    """A link to nothing for each; also for what the base lacks: a later one may have it."""
    for name in masked():
        link = root / "etc/systemd/system" / name
        link.unlink(missing_ok=True)
        link.symlink_to("/dev/null")


def settle_times(root: Path, epoch: int) -> None:
    """Nothing is newer than the source; folders that were changed have no time of their own."""
    for folder, folders, files in os.walk(root):
        for name in [*files, *folders]:
            path = Path(folder, name)
            if path.lstat().st_mtime > epoch or (path.is_dir() and not path.is_symlink()):
                os.utime(path, (epoch, epoch), follow_symlinks=False)
    os.utime(root, (epoch, epoch))
