"""Where the rows of a room live: in content.db, or, of an ephemeral room, in memory alone.

The memory is the same tables in an SQLite database without a file. Everything that touches it runs on the
writer thread of content.db, inside one of its transactions, which gives the events their numbers: one order
for all rooms. Of an ephemeral room nothing but that counter ever reaches the disk.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Protocol

from appliance.base.ids import epoch, new_id
from appliance.store import events, meta, schema
from appliance.store.database import Connection, Database, T, Work, migrate

PREFIX = "x"
_PAGE = 4096


class Home(Protocol):
    """What `Database` is too: work with a connection, on a thread of its own."""

    async def write(self, work: Work[T]) -> T: ...

    async def read(self, work: Work[T]) -> T: ...


class Ephemeral:
    """The rooms of this process, bounded in bytes. They carry an epoch of their own."""

    def __init__(self, content: Database, most_bytes: int) -> None:
        self.epoch = epoch()
        self._content = content
        self._db = _in_memory(most_bytes)

    async def write(self, work: Work[T]) -> T:
        def numbered(db: Connection) -> T:
            with self.within(db) as memory:
                return work(memory)

        return await self._content.write(numbered)

    async def read(self, work: Work[T]) -> T:
        return await self._content.write(lambda _: work(self._db))

    @contextlib.contextmanager
    def within(self, db: Connection) -> Iterator[Connection]:
        """The memory, for work that is in a write of content.db already: `db` is that write's connection."""
        before = events.last_ev(db)
        self._db.execute("BEGIN")
        try:
            meta.put(self._db, "ev", str(before))
            yield self._db
            taken = events.last_ev(self._db) - before
            if taken:
                events.next_ev(db, taken)
            self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def close(self) -> None:
        self._db.close()


class Homes:
    """The one place that tells the two kinds apart, by the id."""

    def __init__(self, content: Database, ephemeral_bytes: int) -> None:
        self.content = content
        self.ephemeral = Ephemeral(content, ephemeral_bytes)

    def close(self) -> None:
        """After content.db, whose thread uses the memory."""
        self.ephemeral.close()

    def of(self, room: str) -> Home:
        return self.ephemeral if is_ephemeral(room) else self.content


def is_ephemeral(room: str) -> bool:
    return room.startswith(f"{PREFIX}_")


def new_room(ephemeral: bool) -> str:
    return new_id(PREFIX if ephemeral else "r")


def _in_memory(most_bytes: int) -> Connection:
    db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    for pragma in ("foreign_keys = ON", "temp_store = MEMORY", "secure_delete = ON", f"page_size = {_PAGE}"):
        db.execute(f"PRAGMA {pragma}")
    migrate(db, schema.CONTENT)
    db.execute("DELETE FROM rooms")  # those of the factory are in content.db
    db.execute(f"PRAGMA max_page_count = {max(most_bytes // _PAGE, 256)}")
    return db
