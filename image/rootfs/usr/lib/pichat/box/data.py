"""Step `data`: the data partition, made on a blank place or adopted, checked. Formats only ours.

The partition is not part of the image: its place is fixed, so a card that is written anew keeps its data.
"""

import json
from pathlib import Path
from typing import Any

from box import layout, words
from box.machine import Machine
from box.words import StepError

WIPE = "borrar-todo.txt"
_GROUP = 32768 * 4096  # bytes that one group of blocks takes, as `make` has it
_SPARES = (1, 3, 5, 7, 9)  # groups with a copy of the first block
_MAGIC = b"\x53\xef"
WIPED = "wiped"  # in root's folder on the data partition: the request that was carried out last


def data(machine: Machine) -> None:
    """Leaves /run/pichat-box/data-device for the mount unit."""
    disk = system_disk(machine)
    device = partition(machine, disk)
    found = look(machine, device)
    how = "adopted"
    if machine.laid(WIPE) and not already_wiped(machine, device, found):
        make(machine, device)
        how = "erased"
    elif found == ("ext4", layout.DATA_LABEL):
        how = check(machine, device)
    elif found != ("", ""):
        raise StepError(words.NOT_OURS.filled(what=found[0] or found[1]))
    elif has_spare(device):
        how = check(machine, device)
    else:
        make(machine, device)
        how = "made"
    link = machine.run_dir / "data-device"
    machine.run_dir.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(device)
    machine.note("data", {"how": how, "device": str(device)})
    machine.say(f"data: {how} {device}")


def system_disk(machine: Machine) -> Path:
    """The disk that the root came from, as the initramfs wrote it down."""
    try:
        root = Path((machine.root_dir / "device").read_text().strip())
    except OSError:
        raise StepError(words.NO_DISK) from None
    _, name = machine.run("lsblk", "-ndo", "PKNAME", str(root))
    if not name.strip():
        raise StepError(words.NO_DISK, str(root))
    return Path("/dev") / name.strip()


def partition(machine: Machine, disk: Path) -> Path:
    """The device of the data partition; its entry is written when the card has none, as after flashing."""
    table = read_table(machine, disk)
    ours = [part for part in table["partitions"] if part["start"] >= layout.DATA_START]
    others = [part for part in table["partitions"] if part["start"] < layout.DATA_START]
    if any(part["start"] + part["size"] > layout.DATA_START for part in others) or len(ours) > 1:
        raise StepError(words.STRANGE_TABLE)
    if ours:
        if ours[0]["start"] != layout.DATA_START:
            raise StepError(words.STRANGE_TABLE, ours[0]["node"])
        return Path(ours[0]["node"])
    add_entry(machine, disk)
    again = read_table(machine, disk)["partitions"]
    return Path(next(part["node"] for part in again if part["start"] == layout.DATA_START))


def read_table(machine: Machine, disk: Path) -> dict[str, Any]:
    _, text = machine.run("sfdisk", "--json", str(disk))
    table: dict[str, Any] = json.loads(text)["partitiontable"]
    if table["label"] != "dos" or int(table["id"], 16) != layout.DISK_ID:
        raise StepError(words.STRANGE_TABLE, f"{table['label']} {table.get('id')}")
    return table


def add_entry(machine: Machine, disk: Path) -> None:
    """Only the table's first sector changes; what lies on the card beyond it is not looked at yet."""
    _, text = machine.run("blockdev", "--getsize64", str(disk))
    size = int(text) // layout.SECTOR - layout.DATA_START - layout.DATA_TAIL
    if size < layout.DATA_LEAST:
        raise StepError(words.SMALL_CARD)
    line = f"start={layout.DATA_START}, size={size}, type=83\n"
    options = ["--quiet", "--append", "--no-reread", "--no-tell-kernel", "--wipe", "never"]
    machine.run("sfdisk", *options, "--wipe-partitions", "never", str(disk), text=line)
    number = str(layout.DATA_NUMBER)
    machine.run("partx", "--update", "--nr", number, str(disk))
    machine.run("udevadm", "settle", "--timeout=20", ok=(0, 1))


def look(machine: Machine, device: Path) -> tuple[str, str]:
    """Type and label of what lies there; both empty on a blank place. Anything else known is somebody's."""
    code, text = machine.run("blkid", "-p", "-o", "export", str(device), ok=(0, 2, 8))
    if code == 8:
        return "?", ""
    found = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    return found.get("TYPE", found.get("PTTYPE", "")), found.get("LABEL", "").replace("\\ ", " ")


def has_spare(device: Path) -> bool:
    """Whether ours lies there although its first block is spoilt, as a failing card may do: then nothing that
    looks at the beginning knows it. ext4 keeps copies of that block (the kernel's ext4/super.rst).
    """
    try:
        with device.open("rb") as disk:
            for group in _SPARES:
                disk.seek(group * _GROUP)
                block = disk.read(1024)
                if block[56:58] == _MAGIC and block[120:136].rstrip(b"\0") == layout.DATA_LABEL.encode():
                    return True
    except OSError:
        pass
    return False


def check(machine: Machine, device: Path) -> str:
    """Replays the journal; repairs what is plain, then what is not, and says so. Fills a larger card."""
    how = "adopted"
    if not sound(machine, device, "-p"):
        repair(machine, device)
        how = "repaired"
    _, text = machine.run("blockdev", "--getsize64", str(device))
    if int(text) // 4096 > blocks(machine, device):
        if not sound(machine, device, "-fp"):
            repair(machine, device)
            how = "repaired"
        try:
            machine.run("resize2fs", str(device))
        except StepError as error:  # it is as large as before, and the box starts
            machine.say(f"data: {error}")
    return how


def sound(machine: Machine, device: Path, how: str) -> bool:
    """The exit code of e2fsck is a sum: 4, errors are left; 8, it could not be done."""
    return not machine.run("e2fsck", how, str(device), ok=tuple(range(16)))[0] & (4 | 8)


def repair(machine: Machine, device: Path) -> None:
    if not sound(machine, device, "-fy") or look(machine, device) != ("ext4", layout.DATA_LABEL):
        raise StepError(words.DAMAGED)
    machine.trouble("data", words.REPAIRED)


def blocks(machine: Machine, device: Path) -> int:
    """The size that the file system believes it has, in blocks of 4 KiB."""
    _, text = machine.run("dumpe2fs", "-h", str(device))
    found = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    return int(found["Block count"]) * int(found["Block size"]) // 4096


def make(machine: Machine, device: Path) -> None:
    """A file system of ours."""
    options = ["-q", "-F", "-t", "ext4", "-L", layout.DATA_LABEL, "-m", "0", "-b", "4096"]
    machine.run("mke2fs", *options, str(device))


def already_wiped(machine: Machine, device: Path, found: tuple[str, str]) -> bool:
    """Whether this very request was carried out before: a card that cannot be written keeps the request."""
    if found != ("ext4", layout.DATA_LABEL):
        return False
    _, text = machine.run("debugfs", "-R", f"cat /system/{WIPED}", str(device))
    return text.strip() == wipe_mark(machine)


def wipe_mark(machine: Machine) -> str:
    """Tells one request from another: when the file was last written, as far as the card knows."""
    request = machine.laid(WIPE)
    return f"wiped {int(request.stat().st_mtime) if request else 0}"
