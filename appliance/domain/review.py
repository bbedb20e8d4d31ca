"""What administrators decide about files in quarantine. A rejection outlives every reset."""

from dataclasses import replace

from msgspec import Struct

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.domain import attaching
from appliance.domain.actor import Actor
from appliance.domain.custody import Custody, Release
from appliance.domain.events import Event, Outcome
from appliance.domain.file_views import File, Views, changed
from appliance.domain.inspection.reasons import LONGEST_WORD, Why, because, decoded, encoded, kept
from appliance.domain.policy import Action, require
from appliance.domain.quarantine import Quarantine
from appliance.store import audit, decisions
from appliance.store import files as rows
from appliance.store.database import Connection
from appliance.store.decisions import Decision, Kind
from appliance.store.events import next_ev
from appliance.store.files import FileRow
from appliance.store.opened import Store

_log = logger("quarantine")


class AntivirusState(Struct, frozen=True):
    """`on`: one is set up. `answers`: it is there now."""

    on: bool
    answers: bool = False
    version: str | None = None
    signatures_at: int | None = None


class Overview(Struct, frozen=True, kw_only=True):
    """How many files wait: to be looked at by somebody, to be scanned, and those that look dangerous."""

    waiting: int
    pending: int
    flagged: int
    release: Release
    antivirus: AntivirusState


class Review:
    """The service."""

    def __init__(
        self, store: Store, quarantine: Quarantine, views: Views, clock: Clock, release: Release
    ) -> None:
        self._views = views
        self._custody = Custody(release)
        self._box = store.box
        self._content = store.content
        self._quarantine = quarantine
        self._clock = clock
        self._release = release

    async def overview(self, actor: Actor) -> Overview:
        require(actor, Action.REVIEW_FILES)
        counted = await self._content.read(rows.standings)
        waiting = {scan: count for (state, scan), count in counted.items() if state == "quarantined"}
        return Overview(
            waiting=sum(waiting.values()),
            pending=sum(count for (_, scan), count in counted.items() if scan == "pending"),
            flagged=waiting.get("flagged", 0),
            release=self._release,
            antivirus=await self._antivirus(),
        )

    async def release(self, actor: Actor, file_id: str) -> Outcome[File]:
        """Everybody may have it from now on. What was rejected is no longer so, this body wherever it is."""
        require(actor, Action.REVIEW_FILES)
        row = await self._find(actor, file_id)
        at = self._clock.now()

        def decide(db: Connection) -> None:
            decisions.withdraw(db, Kind.REJECTED_BODY, row.sha256)
            self._audit(db, at, actor, "file_released", row)

        await self._box.write(decide)
        self._quarantine.rejected.discard(row.sha256)
        return await self._stand(row, {"rejected": "quarantined"}, "released", actor)

    async def reject(self, actor: Actor, file_id: str, said: str = "") -> Outcome[File]:
        """Nobody but administrators has it from now on, nor anything with the same bytes, now or later.

        What is `said` of it is for those who brought it.
        """
        require(actor, Action.REVIEW_FILES)
        row = await self._find(actor, file_id)
        detail = {"name": row.name, "said": said[:LONGEST_WORD]}
        decision = Decision(Kind.REJECTED_BODY, row.sha256, actor.id, self._clock.now(), detail)

        def decide(db: Connection) -> None:
            decisions.record(db, decision)
            self._audit(db, decision.at, actor, "file_rejected", row)

        await self._box.write(decide)
        self._quarantine.rejected.add(row.sha256)
        return await self._stand(row, dict.fromkeys(_OTHERS, "rejected"), "rejected", actor, said)

    # Inside

    async def _stand(
        self, row: FileRow, others: dict[str, str], state: str, actor: Actor, said: str = ""
    ) -> Outcome[File]:
        """This row gets `state`; those with the same body what `others` says of theirs."""

        def write(db: Connection) -> tuple[FileRow, list[Event]]:
            events: list[Event] = []
            for one in rows.of_body(db, row.sha256):
                wanted = state if one.id == row.id else others.get(one.state, one.state)
                if wanted != one.state:
                    reasons = _with_word(one.reasons, said)
                    rows.stand(db, one.id, state=wanted, scan=one.scan, reasons=reasons)
                    events.append(changed(next_ev(db), replace(one, state=wanted)))
            return attaching.find(db, row.id), events

        now, events = await self._content.write(write)
        _log.info("file %s %s by %s", row.id, state, actor.username)
        return Outcome(self._views.file(actor, now), events)

    async def _find(self, actor: Actor, file_id: str) -> FileRow:
        """Of a room that one is not in only what is held back: the rest of it is nobody's business."""

        def known(db: Connection) -> FileRow:
            row = attaching.find(db, file_id)
            if not attaching.known(db, actor, row, held=bool(self._custody.held_back(row))):
                raise Refusal(Code.NOT_FOUND)
            return row

        return await self._content.read(known)

    async def _antivirus(self) -> AntivirusState:
        scanner = self._quarantine.scanner
        if scanner is None:
            return AntivirusState(on=False)
        found = await scanner.version()
        if found is None:
            return AntivirusState(on=True)
        return AntivirusState(True, True, found.version, found.signatures_at)

    def _audit(self, db: Connection, at: int, actor: Actor, action: str, row: FileRow) -> None:
        detail = {"name": row.name, "sha256": row.sha256}
        audit.write(db, at, (actor.id, actor.name), action, subject=row.id, detail=detail)


def _with_word(reasons: str, said: str) -> str:
    """The reasons with the word of today's decision, and none of those before it."""
    others = [reason for reason in decoded(reasons) if reason.code is not Why.SAID]
    return encoded(kept([because(Why.SAID, text=said), *others] if said.strip() else others))


_OTHERS = ("quarantined", "released")
