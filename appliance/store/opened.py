"""Everything that is open of one data folder, and how it is closed. `opening` makes it."""

import os
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock

from appliance.store import files
from appliance.store.blobs import Blobs
from appliance.store.database import Connection, Database
from appliance.store.disk import Disk
from appliance.store.reserve import Reserve
from appliance.store.snapshot import generations, sessions
from appliance.store.snapshot.layout import DataLock, Layout
from appliance.store.snapshot.outcome import RestoreOutcome


@dataclass(slots=True, kw_only=True)
class Store:
    """One open store. Long work (saving, erasing, hashing) runs on `work`, never on the event loop."""

    layout: Layout
    disk: Disk
    lock: DataLock
    box: Database
    content: Database
    blobs: Blobs
    reserve: Reserve
    outcome: RestoreOutcome
    saving: Lock = field(default_factory=Lock)
    stopping: Event = field(default_factory=Event)
    work: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "store"))
    held: list[int] = field(default_factory=list)  # descriptors that outlive the connections
    tidied: "Future[None] | None" = None

    @property
    def epoch(self) -> str:
        return self.outcome.epoch

    @property
    def live(self) -> Path:
        """The folder of this boot."""
        return self.layout.session(self.epoch)

    def discard(self, sha256: str) -> None:
        """Drops a body of this session if no row names it. Blocks: for worker threads."""

        def unneeded(db: Connection) -> Path | None:
            return None if files.is_named(db, sha256) else self.blobs.detach(sha256)

        gone = self.content.write_now(unneeded)
        if gone is not None:
            gone.unlink(missing_ok=True)
            self.reserve.keep()

    def sweep_bodies(self) -> None:
        """What generations kept and nobody needs any more. Only under the save lock."""
        generations.sweep_bodies(self.layout, self.disk, self.epoch, self.blobs.pinned)

    def tidy(self) -> None:
        """Once after the opening: what ended processes left, erased and empty sessions."""
        with self.saving:
            if generations.clear_leftovers(self.layout, self.disk):
                self.sweep_bodies()
        for left in (self.live / "incoming").glob("*.gone"):
            left.unlink(missing_ok=True)
        self._drop_unnamed()
        sessions.sweep(self.layout, self.epoch, self.stopping)
        self.held.append(sessions.settle(self.layout, self.epoch))
        self.reserve.keep()

    def _drop_unnamed(self) -> None:
        """Bodies without a row: deletions that could still be undone, uploads whose row never came."""
        there = [path.name for path in self.blobs.in_session()]
        named = self.content.read_now(files.named) if there else frozenset()
        for sha256 in there:
            if self.stopping.is_set():
                return
            if sha256 not in named:
                self.discard(sha256)

    def close(self) -> None:
        """Waits for a save under way, then lets go of everything; a second call does nothing."""
        self.stopping.set()
        self.work.shutdown()
        self.content.close()
        self.box.close()
        while self.held:
            os.close(self.held.pop())
        self.lock.release()
