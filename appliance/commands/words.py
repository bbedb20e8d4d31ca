"""Numbers and times as the console says them; the one way out for lines."""

import sys
from datetime import datetime


def say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def size(count: int) -> str:
    """Bytes for people: `340 MB`."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def moment(ms: int | None) -> str:
    """Milliseconds since 1970 in the time of this machine."""
    if ms is None:
        return "?"
    return datetime.fromtimestamp(ms / 1000).astimezone().strftime("%Y-%m-%d %H:%M")
