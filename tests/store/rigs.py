"""A data folder that is opened, lived in and closed by hand, boot after boot, without a server."""

import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from appliance.base.ids import new_id
from appliance.base.settings import Settings
from appliance.store.database import Connection
from appliance.store.disk import Disk
from appliance.store.events import next_ev
from appliance.store.files import FileRow
from appliance.store.files import insert as insert_file
from appliance.store.opening import Store, open_store
from appliance.store.snapshot.layout import Layout
from appliance.store.snapshot.manifest import Manifest
from appliance.store.snapshot.save import Wish, save

GENERAL = "r_general"
ADMIN = ("u_admin", "Marta")


class StillClock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.ms = 1_790_000_000_000

    def now(self) -> int:
        return self.ms

    def monotonic(self) -> float:
        return self.ms / 1000


class Rig:
    """One data folder. `open` is a start of the program, `new_boot` a power cut or a reboot."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder
        self.boot_id = folder / "boot_id"
        self.boots = 0
        self.clock = StillClock()
        self.settings = replace(Settings(data=folder / "data", reserve_bytes=0), **settings)  # type: ignore[arg-type]
        self.layout = Layout(self.settings.data)
        self.opened: list[Store] = []
        self.new_boot()

    def new_boot(self) -> None:
        self.boots += 1
        self.boot_id.write_text(f"boot-{self.boots}\n")

    def open(self, *, disk: Disk | None = None, now: bool = False) -> Store:
        store = open_store(self.settings, self.clock, boot_id=self.boot_id, disk=disk, now=now)
        self.opened.append(store)
        assert store.tidied is not None
        store.tidied.result(10)
        return store

    def rebooted(self, store: Store) -> Store:
        """The power went and came back."""
        store.close()
        self.new_boot()
        return self.open()

    def close(self) -> None:
        for store in self.opened:
            store.close()

    def twin(self, folder: Path) -> "Rig":
        """The same data on another disk, byte for byte."""
        shutil.copytree(self.settings.data, folder / "data", symlinks=True)
        other = Rig(folder)
        other.boots = self.boots
        shutil.copy(self.boot_id, other.boot_id)
        return other


def keep(store: Store, note: str = "", **more: object) -> Manifest:
    return save(store, Wish(at=store_time(store), by=ADMIN, note=note, **more))  # type: ignore[arg-type]


def store_time(store: Store) -> int:
    return 1_790_000_000_000 + len(list(store.layout.stable.iterdir()))


def say(store: Store, *texts: str, room: str = GENERAL) -> list[str]:
    """Messages, as somebody sends them; answers their ids."""

    def work(db: Connection) -> list[str]:
        return [_message(db, text, room) for text in texts]

    return store.content.write_now(work)


def _message(db: Connection, text: str, room: str) -> str:
    one = new_id("m")
    db.execute("UPDATE rooms SET head = head + 1 WHERE id = ?", (room,))
    seq = db.execute("SELECT head FROM rooms WHERE id = ?", (room,)).fetchone()[0]
    db.execute(
        "INSERT INTO messages (room, seq, id, ev, sender, sender_name, cid, ts, body)"
        " VALUES (?, ?, ?, ?, 'u_ana', 'Ana', ?, 0, ?)",
        (room, seq, one, next_ev(db), one, text),
    )
    return one


def bring(store: Store, data: bytes, name: str = "a.pdf", **columns: object) -> str:
    """A file, as somebody uploads it; answers its id."""
    file_id = new_id("f")
    writer = store.blobs.writer(file_id)
    writer.write(data)
    body = writer.finish()
    row = FileRow(
        id=file_id,
        ev=0,
        name=name,
        name_key=name,
        size=body.size,
        type="application/pdf",
        sha256=body.sha256,
        state="quarantined",
        scan="unscanned",
        owner="u_ana",
        owner_name="Ana",
        created=0,
    )
    row = replace(row, **columns)  # type: ignore[arg-type]
    store.content.write_now(lambda db: insert_file(db, replace(row, ev=next_ev(db))))
    writer.settled()
    return file_id


def drop(store: Store, file_id: str) -> None:
    """A file is deleted by its owner."""
    sql = "DELETE FROM files WHERE id = ? RETURNING sha256"
    sha256 = store.content.write_now(lambda db: db.execute(sql, (file_id,)).fetchall())[0][0]
    store.discard(sha256)


def said(store: Store) -> list[str]:
    return column(store, "SELECT body FROM messages ORDER BY room, seq")


def files(store: Store) -> list[str]:
    return column(store, "SELECT name FROM files ORDER BY ev")


def column(store: Store, sql: str) -> list[str]:
    return store.content.read_now(lambda db: [row[0] for row in db.execute(sql).fetchall()])


def body_of(store: Store, name: str) -> bytes:
    found = store.content.read_now(
        lambda db: db.execute("SELECT sha256 FROM files WHERE name = ?", (name,)).fetchall()
    )
    with store.blobs.open_read(found[0][0]) as file:
        return file.read()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def in_generation(rig: Rig, number: int, sql: str) -> list[str]:
    """What stands in a saved database."""
    path = rig.layout.generation(number) / "content.db"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        return [row[0] for row in db.execute(sql).fetchall()]


def spoil(path: Path, change: Callable[[bytes], bytes]) -> None:
    """A card that does not keep what was written to it."""
    path.chmod(0o600)
    path.write_bytes(change(path.read_bytes()))
