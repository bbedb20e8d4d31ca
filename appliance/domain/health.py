"""Whether the box can still do its work. Must not repair anything, and must not wear the card by asking."""

import asyncio
from collections.abc import Callable

from msgspec import Struct

from appliance.store.database import Connection, Database

SECONDS = 5.0
LEAST_FREE = 8 * 1024 * 1024  # below this a database cannot be counted on to commit


class Storage(Struct, frozen=True):
    """Bytes."""

    free: int
    total: int


class Health:
    """Asks both databases for an empty transaction, and the disk for its free space."""

    def __init__(self, box: Database, content: Database, space: Callable[[], tuple[int, int]]) -> None:
        self._databases = {"box_not_writable": box, "content_not_writable": content}
        self._space = space

    async def problems(self) -> list[str]:
        """What ails the box, as codes; empty when it is well."""
        found = [name for name, database in self._databases.items() if not await writable(database)]
        if (await self.storage()).free < LEAST_FREE:
            found.append("disk_full")
        return found

    async def storage(self) -> Storage:
        """What is left on the disk of the data folder."""
        return Storage(*await asyncio.to_thread(self._space))

    async def writable(self) -> bool:
        """Whether both databases take work; a program that cannot even do that is better started again."""
        return all([await writable(database) for database in self._databases.values()])


async def writable(database: Database) -> bool:
    """Whether the writer still takes work in time. Nothing is changed, so nothing reaches the card."""
    try:
        async with asyncio.timeout(SECONDS):  # wait_for of Python 3.11 may swallow that we are to end
            await database.write(_nothing)
    except Exception:  # whatever keeps it from committing is the answer
        return False
    return True


def _nothing(db: Connection) -> None:
    """An empty piece of work: it waits its turn, takes the lock, and writes nothing."""
