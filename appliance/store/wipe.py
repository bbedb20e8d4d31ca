"""Back to the box as it was delivered: everything of the data folder goes. Meant first, durably, then done.

What is meant and not finished is finished by the next start, before anything is opened.
"""

import fnmatch
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from appliance.base.errors import StartError
from appliance.base.log import logger
from appliance.store import audit
from appliance.store.disk import Disk, replace
from appliance.store.snapshot.boxfile import open_box
from appliance.store.snapshot.layout import Layout

# By name, because others keep things in a data folder too: a mount point has its lost+found.
_OURS = (
    *("box.db*", "claim.txt", "secrets", "live", "stable", "blobs", "reserve", "scrub.json"),
    *("stable.aside-*", "blobs.aside-*", "archives", "*.new"),
)
_log = logger("store")


class Intent(Struct, frozen=True):
    """Who wanted it (id, name), and when."""

    by: tuple[str, str]
    at: int


def is_ours(layout: Layout) -> bool:
    """Whether this is a data folder of PiChat at all, however damaged."""
    return (
        layout.box.exists() or _marker(layout).exists() or (layout.live.is_dir() and layout.stable.is_dir())
    )


def intend(layout: Layout, disk: Disk, intent: Intent) -> None:
    """From here on nothing in the folder counts any more. Raises StartError for a folder that is not ours."""
    if not is_ours(layout):
        raise StartError(f"{layout.data} is not a data folder of PiChat: nothing was changed")
    replace(disk, _marker(layout), msgspec.json.encode(intent), durable=True)


def finish(layout: Layout, disk: Disk) -> bool:
    """Does what was meant; whether there was anything. Needs the lock of the data folder, which stays."""
    marker = _marker(layout)
    if not marker.exists():
        return False
    _log.warning("factory reset: everything in %s is erased", layout.data)
    for path in list(_everything(layout)):
        disk.remove(path)
    disk.sync_folder(layout.data)
    layout.make(disk)
    intent = Intent(("box", "PiChat"), 0)
    with suppress(msgspec.MsgspecError):
        intent = msgspec.json.decode(marker.read_bytes(), type=Intent)
    box = open_box(layout, disk)
    try:
        box.write_now(lambda db: audit.write(db, intent.at, intent.by, "factory_reset"))
    finally:
        box.close()
    disk.remove(marker)
    disk.sync_folder(layout.data)
    return True


def _marker(layout: Layout) -> Path:
    return layout.data / "factory-reset"


def _everything(layout: Layout) -> Iterator[Path]:
    """The accounts last: while they stand, the folder is told from a stranger's."""
    found = [p for p in layout.data.iterdir() if any(fnmatch.fnmatchcase(p.name, one) for one in _OURS)]
    yield from sorted(found, key=lambda path: path.name.startswith("box.db"))
