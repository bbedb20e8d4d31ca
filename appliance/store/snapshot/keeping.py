"""The bodies that a generation names: each gets a durable name in `<data>/blobs`. Under the save lock."""

from pathlib import Path

from appliance.base.log import logger
from appliance.store.blobs import body_path, has_body
from appliance.store.disk import Disk
from appliance.store.opened import Store
from appliance.store.snapshot.telling import Tell

_log = logger("store")


def keep_bodies(store: Store, named: dict[str, int], tell: Tell) -> int:
    """Durable names in `<data>/blobs` for all of them; answers how many are lost.

    A body that is there was synced before it got its name; its folder is synced again, because the process
    that put it there may have ended before.
    """
    lost, done, total = 0, 0, sum(named.values())
    for sha256, size in named.items():
        tell("bodies", done, total)
        done += size
        if not has_body(store.layout.blobs, sha256, size) and not _keep_body(store, sha256, size):
            _log.error("the body %s is lost; the file that names it is saved without it", sha256)
            lost += 1
    for folder in sorted({sha256[:2] for sha256 in named}):
        if (store.layout.blobs / folder).is_dir():
            store.disk.sync_folder(store.layout.blobs / folder)
    store.disk.sync_folder(store.layout.blobs)
    return lost


def _keep_body(store: Store, sha256: str, size: int) -> bool:
    """Whether there was such a body in this session. One of the wrong length is replaced."""
    if not has_body(store.live / "blobs", sha256, size):
        return False
    target = body_path(store.layout.blobs, sha256)
    fresh = target.with_name(f"{sha256}.new")
    store.disk.mkdir(target.parent)
    store.disk.remove(fresh)
    _link_or_copy(store.disk, body_path(store.live / "blobs", sha256), fresh)
    store.disk.sync(fresh)
    store.disk.rename(fresh, target)
    return True


def _link_or_copy(disk: Disk, source: Path, target: Path) -> None:
    """Not every file system knows two names for one file."""
    try:
        disk.link(source, target)
    except OSError:
        disk.copy(source, target, 0o440)
