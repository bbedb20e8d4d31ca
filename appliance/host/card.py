"""What the kernel knows of the wear of the memory card. Most SD cards do not say; eMMC does (JESD84)."""

from pathlib import Path

from msgspec import Struct

SYS = Path("/sys/block")
_ENDS = {1: "normal", 2: "warning", 3: "urgent"}


class Card(Struct, frozen=True):
    """`worn_percent`: at most so much of its life is used up, null where it does not say; `spare`: normal,
    warning (80 % of the spare blocks are used), urgent, or unknown.
    """

    device: str
    name: str
    kind: str
    worn_percent: int | None
    spare: str


def card(sys: Path = SYS) -> Card | None:
    """The first one of the machine; None where there is none."""
    for block in sorted(sys.glob("mmcblk[0-9]")):
        device = block / "device"
        if device.is_dir():
            return Card(
                device=block.name,
                name=_text(device / "name"),
                kind=_text(device / "type"),
                worn_percent=_worn(_text(device / "life_time")),
                spare=_ENDS.get(_number(_text(device / "pre_eol_info")), "unknown"),
            )
    return None


def _worn(text: str) -> int | None:
    """Two estimates in tenths, 0x01 for up to 10 %, 0x0b for more than all of it; 0: it does not say."""
    tenths = max((_number(part) for part in text.split()), default=0)
    return min(tenths, 11) * 10 if tenths else None


def _number(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace").strip()[:64]
    except OSError:
        return ""
