"""Opens a data folder: the lock, the accounts, then the content, which a boot takes back to what was saved.

The only place that decides whether a start is a boot.
"""

import sqlite3
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import msgspec

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal, StartError
from appliance.base.log import logger
from appliance.base.settings import Settings
from appliance.store import audit, decisions, intents, waiting, wipe
from appliance.store.blobs import Blobs
from appliance.store.database import Database, refused
from appliance.store.disk import Disk
from appliance.store.opened import Store
from appliance.store.reserve import Reserve
from appliance.store.schema import CONTENT
from appliance.store.snapshot import sessions
from appliance.store.snapshot.boxfile import open_box
from appliance.store.snapshot.layout import CONTENT_DB, DataLock, Layout
from appliance.store.snapshot.outcome import BoxLost, NewerStore, NoGoodGeneration, RestoreOutcome, Why
from appliance.store.snapshot.restore import Boot, remembered, restore
from appliance.store.snapshot.sessions import BOOT_ID

__all__ = ["BOOT_ID", "BoxLost", "NewerStore", "NoGoodGeneration", "Store", "open_store"]

_BOX = ("box", "PiChat")
_log = logger("store")


def open_store(
    settings: Settings,
    clock: Clock,
    *,
    boot_id: Path = BOOT_ID,
    disk: Disk | None = None,
    now: bool = False,
) -> Store:
    """Everything of `settings.data`, restored if this start is a boot. `now` ends the session deliberately.

    Raises StartError, among them NoGoodGeneration (show the rescue page), BoxLost and NewerStore.
    """
    layout = Layout(settings.data.absolute())
    try:
        return _open(_Opening(settings, clock, disk or Disk(), layout, sessions.boot_id(boot_id)), now)
    except OSError as error:
        raise StartError(f"the data folder {layout.data} cannot be used: {error}") from error


def _open(opening: "_Opening", now: bool) -> Store:
    with ExitStack() as undo:
        opening.layout.make(opening.disk)
        lock = DataLock(opening.layout)
        undo.callback(lock.release)
        wipe.finish(opening.layout, opening.disk)
        box = open_box(opening.layout, opening.disk)
        undo.callback(box.close)
        if now:
            opening.intend_end(box)
        outcome, content = opening.open_content(box)
        undo.callback(content.close)
        opening.forget_earlier(box, outcome.epoch)
        store = opening.store(lock, box, content, outcome)
        opening.tell(store)
        store.tidied = store.work.submit(_tidy, store)
        undo.pop_all()
    return store


@dataclass(frozen=True, slots=True)
class _Opening:
    settings: Settings
    clock: Clock
    disk: Disk
    layout: Layout
    boot: str | None

    @property
    def reserve(self) -> Reserve:
        return Reserve(self.layout.reserve, self.settings.reserve_bytes)

    def intend_end(self, box: Database) -> None:
        current = sessions.current(self.layout)
        if current is not None:
            at = self.clock.now()
            box.write_now(lambda db: intents.intend(db, current.epoch, _BOX[0], at))

    def open_content(self, box: Database) -> tuple[RestoreOutcome, Database]:
        intended = box.read_now(intents.unused)
        current = sessions.current(self.layout)
        why = self._why(current, intended)
        if current is not None and why is None:
            reopened = self._reopen(current.epoch)
            if reopened is not None:
                self._carry_out(box, intended)
                return reopened
            why = "damaged"
        ended = current.epoch if current else None
        boot = Boot(self.boot, why or "boot", self.clock.now(), ended, erased=ended in intended)
        outcome = self._restore(boot, box)
        content = self._content(outcome.epoch)
        self._carry_out(box, intended)
        return outcome, content

    def _why(self, current: sessions.Current | None, intended: frozenset[str]) -> Why | None:
        """Why this start is a boot; None when it is not one."""
        if current is None:
            return "boot"
        if current.epoch in intended:
            return "reset"
        if self.settings.restore == "start":
            return "start"
        if self.boot is None or current.boot != self.boot:
            return "boot"
        return None

    def _reopen(self, epoch: str) -> tuple[RestoreOutcome, Database] | None:
        """The session that a process of this boot left; None when it is damaged, which a crash cannot do."""
        try:
            content = self._content(epoch)
        except sqlite3.OperationalError as error:
            raise StartError(f"the content of this boot cannot be opened: {error}") from error
        except sqlite3.DatabaseError as error:
            _log.error("the content of this boot is damaged (%s): back to what was saved", error)
            return None
        began = sessions.record(self.layout, epoch)
        if began is None:
            outcome = RestoreOutcome(how="reopened", why="same_boot", epoch=epoch)
        else:
            outcome = msgspec.structs.replace(began.outcome, how="reopened", why="same_boot", ended=None)
        return outcome, content

    def _restore(self, boot: Boot, box: Database) -> RestoreOutcome:
        """A full disk must not keep the box down: the reserve goes first, then sessions of the past."""
        began = self.clock.monotonic()
        standing = box.read_now(decisions.every)
        past = box.read_now(remembered)
        for make_room in (self.reserve.give_up, self._drop_earlier, None):
            try:
                outcome = restore(self.layout, self.disk, boot, standing, past)
            except (Refusal, OSError, sqlite3.Error) as error:
                if not _is_full(error) or make_room is None:
                    raise StartError(f"the content cannot be brought back: {error}") from error
                make_room()
            else:
                took = round((self.clock.monotonic() - began) * 1000)
                return msgspec.structs.replace(outcome, milliseconds=took)
        raise AssertionError  # the last turn returns or raises

    def _drop_earlier(self) -> None:
        _log.warning("the disk is full: sessions of the past are erased to make room")
        for epoch in sessions.earlier(self.layout, but=""):
            sessions.mark_erased(self.layout, epoch)
        sessions.sweep(self.layout, "", Event())

    def _content(self, epoch: str) -> Database:
        try:
            return Database(self.layout.session(epoch) / CONTENT_DB, CONTENT, "NORMAL", self.reserve.give_up)
        except Refusal as refusal:
            raise NewerStore(f"the content of this boot belongs to a newer PiChat ({refusal})") from refusal

    def _carry_out(self, box: Database, intended: frozenset[str]) -> None:
        """Sessions that were to end are over, whether or not one of them was the last one open."""
        if intended:
            for epoch in intended:
                sessions.mark_erased(self.layout, epoch)
            at = self.clock.now()
            box.write_now(lambda db: intents.use(db, intended, at))

    def forget_earlier(self, box: Database, epoch: str) -> None:
        """For classrooms: nothing waits to be brought back."""
        waits = box.read_now(lambda db: waiting.read(db, self.settings))
        there = sessions.earlier(self.layout, but=epoch) if waits.erase else []
        at = self.clock.now()
        for one in there:
            box.write_now(lambda db, one=one: audit.write(db, at, _BOX, "previous_erased", subject=one))  # type: ignore[misc]
            sessions.mark_erased(self.layout, one)

    def store(self, lock: DataLock, box: Database, content: Database, outcome: RestoreOutcome) -> Store:
        return Store(
            layout=self.layout,
            disk=self.disk,
            lock=lock,
            box=box,
            content=content,
            blobs=Blobs(self.layout.session(outcome.epoch), self.layout.blobs),
            reserve=self.reserve,
            outcome=outcome,
        )

    def tell(self, store: Store) -> None:
        """One line for the console; what went wrong, loudly; a row for the audit log."""
        outcome, at = store.outcome, self.clock.now()
        for one in outcome.passed:
            _log.error("passed over %s", one)
        if outcome.lost:
            _log.error("%d saved files have lost their bytes (run `pichat check`)", len(outcome.lost))
        if outcome.how == "reopened":
            _log.info("content: the session of this boot goes on, epoch %s", outcome.epoch)
            return
        origin = f"generation {outcome.generation}" if outcome.generation else "nothing was saved yet"
        _log.info("content: %s (%s), epoch %s", origin, outcome.why, outcome.epoch)
        detail = msgspec.to_builtins(outcome)
        subject = str(outcome.generation or "")
        store.box.write_now(lambda db: audit.write(db, at, _BOX, outcome.how, subject=subject, detail=detail))


def _is_full(error: Exception) -> bool:
    found = refused(error)
    return isinstance(found, Refusal) and found.code is Code.NO_SPACE


def _tidy(store: Store) -> None:
    try:
        store.tidy()
    except Exception:
        _log.exception("tidying up after the start failed")
