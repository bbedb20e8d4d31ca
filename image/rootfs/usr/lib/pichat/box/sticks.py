"""Step `sticks`: which USB sticks are plugged in, told to the page. Mounts nothing, writes on none."""

import re
from pathlib import Path
from typing import NamedTuple

from box import data, layout
from box.board import content
from box.machine import Machine
from box.words import StepError

GOOD = {"vfat": "FAT", "exfat": "exFAT", "ext4": "ext4"}  # what the kernel of the card writes, and its name
_NAMES = {"ntfs": "NTFS", "hfsplus": "HFS+", "apfs": "APFS", "crypto_LUKS": "LUKS", "iso9660": "ISO 9660"}
_MOST = 16  # more than a hub takes; what is told stays small
_LONGEST = 60


class Stick(NamedTuple):
    """One disk. `id`: of this time that it was plugged in. `why` it cannot be copied to: read_only,
    filesystem (`type` says which), pichat (it is the card of a box). `size`: bytes of the disk.
    """

    id: str
    name: str
    label: str
    type: str
    size: int
    why: str
    volume: str  # the kernel's name of what would be mounted


def sticks(machine: Machine) -> None:
    """Leaves sticks.json for the page."""
    told = [one._asdict() for one in found(machine)]
    for one in told:
        del one["volume"]
    machine.note("sticks", told)
    machine.say(f"sticks: {len(told)}")


def found(machine: Machine) -> list[Stick]:
    """Every USB disk but those that the box lives on, or that somebody has mounted."""
    taken = ours(machine)
    looked = []
    for entry in sorted((machine.root / "sys/block").glob("*")):
        disk = entry.resolve()
        if any(re.fullmatch(r"usb\d+", part) for part in disk.parts) and number(disk, "size"):
            volumes = partitions(disk) or [disk]
            names = {disk.name, *(path.name for path in volumes)}
            if not names & taken and not any(mounted(machine, path) for path in (disk, *volumes)):
                looked.append(stick(machine, disk, volumes))
    return looked[:_MOST]


def stick(machine: Machine, disk: Path, volumes: list[Path]) -> Stick:
    """Told by the largest of its volumes that can be written."""
    seen = [(path, *kind(machine, path)) for path in volumes]
    good = [one for one in seen if one[1] in GOOD]
    known = good or [one for one in seen if one[1]] or seen
    volume, type_, label = max(known, key=lambda one: number(one[0], "size"))
    if any(label == layout.DATA_LABEL for _, _, label in seen):
        why = "pichat"
    elif not good:
        why = "filesystem"
    else:
        why = "read_only" if number(disk, "ro") or number(volume, "ro") else ""
    return Stick(
        id=f"{plugged(disk)}-{volume.name}",
        name=plain(f"{content(disk / 'device/vendor')} {content(disk / 'device/model')}"),
        label=plain(label),
        type=GOOD.get(type_) or _NAMES.get(type_) or plain(type_),
        size=number(disk, "size") * layout.SECTOR,
        why=why,
        volume=volume.name,
    )


def there(machine: Machine, one: Stick) -> bool:
    """Whether it is still the same one in its place."""
    paths = (machine.root / "sys/block").glob("*")
    return any(one.id == f"{plugged(path)}-{one.volume}" for path in paths)


def plugged(disk: Path) -> str:
    """The kernel counts the disks that come, and never gives a number twice."""
    return content(disk / "diskseq")


def ours(machine: Machine) -> set[str]:
    """The kernel's names of what the root and the data come from."""
    places = [machine.run_dir / "data-device"]
    if said := content(machine.root_dir / "device"):
        places.append(Path(said))
    return {path.resolve().name for path in places}


def mounted(machine: Machine, volume: Path) -> bool:
    """By somebody else. The numbers are the third field."""
    lines = content(machine.root / "proc/self/mountinfo").splitlines()
    return content(volume / "dev") in {line.split()[2] for line in lines}


def partitions(disk: Path) -> list[Path]:
    return sorted(path.parent for path in disk.glob("*/partition"))


def kind(machine: Machine, volume: Path) -> tuple[str, str]:
    """Type and label; both empty where nothing is known or can be read."""
    try:
        type_, label = data.look(machine, machine.root / "dev" / volume.name)
    except (StepError, UnicodeDecodeError):
        return "", ""
    return ("", "") if type_ in ("?", "dos", "gpt") else (type_, label)


def number(path: Path, name: str) -> int:
    text = content(path / name)
    return int(text) if text.isdigit() else 0


def plain(text: str) -> str:
    """What its maker or its owner wrote on it, as a line that cannot do anything."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())[:_LONGEST]
