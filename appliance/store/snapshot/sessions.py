"""Live folders: which one is open, what each began as, which of the earlier ones hold nothing.

A session is what happened between two restores. Must not decide whether a start is a boot: `opening` does.
"""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from threading import Event

import msgspec
from msgspec import Struct

from appliance.store.disk import Disk, replace
from appliance.store.events import last_ev
from appliance.store.snapshot.layout import CONTENT_DB, Layout
from appliance.store.snapshot.outcome import RestoreOutcome

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_RECORD = "session.json"
_ERASED = ".erased"


class Current(Struct, frozen=True):
    """`live/CURRENT`. Needs no fsync: after a power cut the boot id differs, whatever it says."""

    boot: str | None
    epoch: str


class Session(Struct, frozen=True):
    """How a live folder began. `ev` is the counter then: the same one later means that nothing happened."""

    epoch: str
    boot: str | None
    started: int
    ev: int
    outcome: RestoreOutcome


def boot_id(source: Path) -> str | None:
    """The kernel's name for this boot; None where it does not say."""
    try:
        return source.read_text().strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def current(layout: Layout) -> Current | None:
    """The session that was open last, if its folder is whole."""
    try:
        found = msgspec.json.decode(layout.live_current.read_bytes(), type=Current)
    except (OSError, msgspec.MsgspecError):
        return None
    if not found.epoch.isalnum() or not (layout.session(found.epoch) / CONTENT_DB).is_file():
        return None
    return found


def begin(layout: Layout, disk: Disk, session: Session) -> None:
    """The folder is complete: from this rename on it is the live one."""
    record = layout.session(session.epoch) / _RECORD
    replace(disk, record, msgspec.json.encode(session), durable=False)
    pointer = msgspec.json.encode(Current(session.boot, session.epoch))
    replace(disk, layout.live_current, pointer, durable=False)


def record(layout: Layout, epoch: str) -> Session | None:
    """How this live folder began; None when its record is lost."""
    try:
        return msgspec.json.decode((layout.session(epoch) / _RECORD).read_bytes(), type=Session)
    except (OSError, msgspec.MsgspecError):
        return None


def earlier(layout: Layout, but: str) -> list[str]:
    """Epochs of the sessions before this one that are still there."""
    folders = (folder for folder in layout.live.iterdir() if folder.is_dir())
    return sorted(folder.name for folder in folders if folder.name.isalnum() and folder.name != but)


def look(layout: Layout, epoch: str) -> sqlite3.Connection:
    """The content of a session; never makes a database where there is none."""
    return sqlite3.connect(f"{(layout.session(epoch) / CONTENT_DB).as_uri()}?mode=rw", uri=True)


def is_empty(layout: Layout, epoch: str) -> bool:
    """Whether nothing happened in an earlier session. In doubt, something did."""
    folder = layout.session(epoch)
    if any((folder / "blobs").glob("??/*")) or any((folder / "incoming").glob("*.part")):
        return False
    began = record(layout, epoch)
    if began is None:  # a restore that never came to its end leaves a folder without record or log
        return not (folder / f"{CONTENT_DB}-wal").exists()
    try:
        with closing(look(layout, epoch)) as db:
            return last_ev(db) == began.ev
    except (sqlite3.Error, TypeError):
        return False


def mark_erased(layout: Layout, epoch: str) -> None:
    """One rename, and the session is gone for everybody; its bytes go in the background."""
    with suppress(FileNotFoundError):
        layout.session(epoch).rename(erased(layout, epoch))


def erased(layout: Layout, epoch: str) -> Path:
    """The name of a session that is over for good."""
    return layout.live / f"{epoch}{_ERASED}"


def sweep(layout: Layout, epoch: str, stop: Event) -> None:
    """Unlinks what was erased and drops earlier sessions that are empty. Stops between two files."""
    for name in earlier(layout, but=epoch):
        if is_empty(layout, name):
            mark_erased(layout, name)
    for folder in layout.live.glob(f"*{_ERASED}"):
        erase_tree(folder, stop)


def settle(layout: Layout, epoch: str) -> int:
    """Makes the copy durable once, so that the session can be looked at after a power cut.

    Answers the descriptor of the database, to be closed after the last connection to it and not before:
    closing it drops every lock that this process has on the file, SQLite's own included, and the next
    process that looks at the database would unlink the log that we still write to.
    """
    folder = layout.session(epoch)
    database = os.open(folder / CONTENT_DB, os.O_RDONLY | os.O_CLOEXEC)
    os.fdatasync(database)
    for path in (folder / _RECORD, folder, layout.live):
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
    return database


def erase_tree(folder: Path, stop: Event) -> None:
    """As `rmtree`, but a large one can be left half done: the next start goes on."""
    for root, folders, files in os.walk(folder, topdown=False):
        for name in files:
            if stop.is_set():
                return
            (Path(root) / name).unlink(missing_ok=True)
        for name in folders:
            (Path(root) / name).rmdir()
    folder.rmdir()
