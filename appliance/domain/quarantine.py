"""How a file stands after its arrival: looked at before its row is written, then scanned, one after another.

Decides `scan` and keeps the queue. What administrators decide is in `review`, who may download in `custody`.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import BinaryIO, NamedTuple, Protocol

from appliance.base import tasks
from appliance.base.clock import Clock
from appliance.base.errors import Refusal
from appliance.base.log import logger
from appliance.domain.events import Audience, Event, Happened
from appliance.domain.file_types import type_of
from appliance.domain.file_views import changed
from appliance.domain.inspection.look import inspect
from appliance.domain.inspection.pictures import measured
from appliance.domain.inspection.reasons import Reason, Why, because, decoded, encoded, holds_back, kept
from appliance.domain.notices import Notice
from appliance.host.antivirus import Report, Told, Version
from appliance.host.sniff import Sniff
from appliance.store import audit, decisions
from appliance.store import files as rows
from appliance.store.database import Connection
from appliance.store.decisions import Kind
from appliance.store.events import next_ev
from appliance.store.files import FileRow
from appliance.store.opened import Store
from appliance.store.writer import Body

RETRY_SECONDS = 3.0
PAUSE_SECONDS = 1.0  # between two files that came while there was no antivirus: nobody waits for those
STRIKES = 2  # an antivirus that breaks twice over the same file is not to blame alone
_OPEN = frozenset({"pending", "unscanned"})  # what the antivirus may still have a word about
_BOX = ("box", "PiChat")
Publish = Callable[[Sequence[Event]], None]
_log = logger("quarantine")


class Looked(NamedTuple):
    """What was found in a body; `sides` are those of a picture."""

    reasons: Sequence[Reason]
    sides: tuple[int, int] | None


class Scanner(Protocol):
    """What is asked about bodies; `host/antivirus` is the real one."""

    async def scan(self, body: BinaryIO, size: int) -> Report: ...
    async def version(self) -> Version | None: ...


class Quarantine:
    """The service. `start` before the port opens; `close` leaves the queue to the next start."""

    def __init__(self, store: Store, sniff: Sniff, scanner: Scanner | None, clock: Clock) -> None:
        self._content = store.content
        self._box = store.box
        self._blobs = store.blobs
        self._sniff = sniff
        self.scanner = scanner
        self._clock = clock
        self.pool = ThreadPoolExecutor(1, "inspect")  # two at a time would keep the loop from its turn
        self._publish: Publish = lambda events: None
        self._arrived = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        self._strikes: Counter[str] = Counter()
        self._silent = False
        # Asked by the thread that writes rows, told before a decision reaches them: see `Review`.
        self.rejected: set[str] = set()

    async def start(self, publish: Publish) -> None:
        """Takes up what a crash left; `publish` tells people what comes of it."""
        self._publish = publish
        standing = await self._box.read(lambda db: decisions.every(db, Kind.REJECTED_BODY))
        self.rejected.update(one.subject for one in standing)
        if self.rejected:
            await self._content.write(self._reject_again)
        if self.scanner is None:
            await self._content.write(_wait_no_more)
        else:
            self._worker = asyncio.create_task(self._work())

    async def close(self) -> None:
        await tasks.end(self._worker)
        await asyncio.to_thread(self.pool.shutdown)

    # On arrival

    async def look(self, body: Body, name: str) -> Sequence[Reason]:
        """What can be said of a body that has just come."""
        loop = asyncio.get_running_loop()
        return (await loop.run_in_executor(self.pool, self.look_now, body, name)).reasons

    def look_now(self, body: Body, name: str) -> Looked:
        """As `look`, and how large a picture is. Blocks: for `pool`, and nowhere else."""
        with self._blobs.open_read(body.sha256) as file:
            reasons = inspect(file, name, body.size, self._sniff)
            return Looked(reasons, measured(file) if type_of(name).startswith("image/") else None)

    def placed(self, row: FileRow, reasons: Sequence[Reason]) -> FileRow:
        """The row with how it stands. Called where it is written."""
        if row.sha256 in self.rejected:
            reasons = [because(Why.REJECTED_BEFORE), *reasons]
            return replace(row, state="rejected", scan=_verdict(reasons), reasons=encoded(reasons))
        scan = "pending" if self.scanner is not None else _verdict(reasons)
        return replace(row, state="quarantined", scan=scan, reasons=encoded(reasons))

    def is_rejected(self, sha256: str) -> bool:
        """Whether an administrator said no to these bytes."""
        return sha256 in self.rejected

    def arrived(self, row: FileRow) -> list[Event]:
        """The row is committed: it is everybody's from now on, and the queue's."""
        if row.scan in _OPEN:
            self._arrived.set()
        return _told(row, row.ev)

    # The queue

    async def _work(self) -> None:
        """Never ends by itself: what cannot be scanned now is asked about again."""
        while True:
            try:
                if await self._scan_next():
                    continue
            except Exception:
                _log.exception("the queue of scans stumbled")
            await asyncio.sleep(RETRY_SECONDS)

    async def _scan_next(self) -> bool:
        """False: try again after a while."""
        self._arrived.clear()
        row = await self._content.read(_next)
        if row is None:
            await self._arrived.wait()
            return True
        report = await self._scan(row)
        if report.told is Told.UNREACHABLE:
            self._fell_silent()
            return False
        self._silent = False
        if report.told is Told.BROKEN:
            self._strikes[row.id] += 1
            if self._strikes[row.id] < STRIKES:
                return False
        self._strikes.pop(row.id, None)
        await self._judge(row, report)
        if row.scan != "pending":
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE_SECONDS):
                    await self._arrived.wait()
        return True

    async def _scan(self, row: FileRow) -> Report:
        assert self.scanner is not None
        loop = asyncio.get_running_loop()
        try:
            body = await loop.run_in_executor(self.pool, self._blobs.open_read, row.sha256)
        except Refusal:  # deleted meanwhile, or lost by the disk
            return Report(Told.LIMITS)
        with body:
            return await self.scanner.scan(body, row.size)

    async def _judge(self, row: FileRow, report: Report) -> None:
        """Writes down what the antivirus said, if the file is still there to hear it."""

        def write(db: Connection) -> tuple[FileRow, int] | None:
            found = rows.find(db, row.id)
            if found is None or found.scan not in _OPEN:
                return None
            reasons = kept([*_said(report), *decoded(found.reasons)])
            scan = "clean" if report.told is Told.CLEAN and not holds_back(reasons) else _verdict(reasons)
            # Released before the antivirus had spoken, in ignorance of what it would say.
            state = "quarantined" if scan == "flagged" and found.state == "released" else found.state
            judged = replace(found, state=state, scan=scan, reasons=encoded(reasons))
            rows.stand(db, row.id, state=state, scan=scan, reasons=judged.reasons)
            return judged, next_ev(db)

        written = await self._content.write(write)
        if written is not None:
            judged, ev = written
            self._publish(_told(judged, ev))
            _log.info("file %s: %s", judged.id, judged.scan)
            if judged.scan == "flagged":
                self._note(judged)

    def _note(self, row: FileRow) -> None:
        """For the audit log: nobody may have been there to see the notice."""
        at, detail = self._clock.now(), {"name": row.name, "sha256": row.sha256}
        self._box.later(lambda db: audit.write(db, at, _BOX, "file_flagged", subject=row.id, detail=detail))

    def _fell_silent(self) -> None:
        if not self._silent:
            self._silent = True
            _log.error("the antivirus does not answer: files wait until it does")
            self._publish(
                [Happened(Notice(code="antivirus_silent", params={}), Audience(administrators=True))]
            )

    def _reject_again(self, db: Connection) -> None:
        """A crash between a decision and the rows that it is about must not undo it."""
        for sha256 in self.rejected:
            for row in rows.of_body(db, sha256):
                if row.state != "rejected":
                    rows.stand(db, row.id, state="rejected", scan=row.scan, reasons=row.reasons)


def _next(db: Connection) -> FileRow | None:
    """Those that wait come first, then those that came while there was no antivirus."""
    waiting = rows.pending(db, 1)
    return waiting[0] if waiting else rows.unscanned(db, but=f'"{Why.ANTIVIRUS_LIMITS}"')


def _wait_no_more(db: Connection) -> None:
    """The antivirus was switched off while files waited for it."""
    for row in rows.pending(db):
        rows.stand(db, row.id, state=row.state, scan=_verdict(decoded(row.reasons)), reasons=row.reasons)


def _verdict(reasons: Sequence[Reason]) -> str:
    """Without the antivirus's word nothing is ever clean."""
    return "flagged" if holds_back(reasons) else "unscanned"


def _said(report: Report) -> list[Reason]:
    """The antivirus's answer as a reason; none when it found nothing."""
    match report.told:
        case Told.CLEAN:
            return []
        case Told.FOUND if report.name.startswith("Heuristics.Encrypted"):
            return [because(Why.ENCRYPTED)]
        case Told.FOUND:
            return [because(Why.VIRUS, name=report.name)]
        case Told.TIMEOUT:
            return [because(Why.ANTIVIRUS_TIMEOUT)]
        case Told.LIMITS:
            return [because(Why.ANTIVIRUS_LIMITS)]
    return [because(Why.ANTIVIRUS_BROKEN)]


def _told(row: FileRow, ev: int) -> list[Event]:
    """Everybody hears how it stands, administrators also that they have something to look at."""
    events: list[Event] = [changed(ev, row)]
    if row.scan == "flagged" and row.state == "quarantined":
        notice = Notice(code="file_flagged", params={"id": row.id, "name": row.name})
        events.append(Happened(notice, Audience(administrators=True)))
    return events
