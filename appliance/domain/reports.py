"""What people tell the moderators of a room, and the list of it. Nothing happens by itself because of it."""

from msgspec import Struct

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.ids import new_id
from appliance.domain import rules
from appliance.domain.actor import Actor, Role
from appliance.domain.directory import Directory
from appliance.domain.events import Audience, Event, Happened, Outcome, Who, only
from appliance.domain.notices import Notice
from appliance.domain.policy import Action, Membership
from appliance.domain.record import Record
from appliance.domain.room_access import seen_for
from appliance.domain.throttle import Throttle
from appliance.store import members, messages, reports
from appliance.store.database import Connection
from appliance.store.homes import Homes
from appliance.store.reports import ReportRow
from appliance.store.rooms import Seen

PER_MINUTE = 5


class Report(Struct, omit_defaults=True, frozen=True, kw_only=True):
    """Somebody, or a message by its `seq`, and why. `body` is what it said when it was reported."""

    id: str
    room: str
    room_name: str
    user: Who | None = None
    seq: int | None = None
    reason: str
    by: Who
    at: int
    body: str | None = None


class Reports:
    """The reports of one box. They lie beside their room: those of rooms in memory end with them."""

    def __init__(
        self, homes: Homes, directory: Directory, record: Record, throttle: Throttle, clock: Clock
    ) -> None:
        self._homes = homes
        self._directory = directory
        self._record = record
        self._throttle = throttle
        self._clock = clock

    async def report(
        self, actor: Actor, room: str, user: str | None, seq: int | None, reason: str
    ) -> Outcome[str]:
        """Tells the moderators of the room and the administrators."""
        why = rules.reason(reason)
        if user is None and seq is None:
            raise rules.bad("user", "missing")
        self._throttle.per_minute(f"report:{actor.id}", PER_MINUTE)
        home = self._homes.of(room)

        def judged(db: Connection) -> Seen:
            found = seen_for(db, actor, room, Action.REPORT)
            if seq is not None and not 1 <= seq <= found.room.head:
                raise rules.bad("seq", "unknown")
            if user is not None and not self._directory.knows(user):
                raise Refusal(Code.NOT_FOUND, user=user)
            return found

        await home.read(judged)
        await self._record.write(actor, "room_report", room, {"user": user, "seq": seq})
        name = self._directory.name(actor.id, actor.name)
        report = new_id("w")

        def work(db: Connection) -> list[Event]:
            row = ReportRow(
                report,
                room,
                judged(db).room.name,
                user,
                self._directory.name(user) if user is not None else None,
                seq,
                why,
                actor.id,
                name,
                self._clock.now(),
                _words(db, room, seq),
            )
            reports.insert(db, row)
            notice = Notice(code="reported", params={"room": room, "report": report})
            moderators = [one.user for one in members.of_room(db, room) if one.role != Membership.MEMBER]
            plain = [one for one in moderators if self._directory.role(one) is not Role.ADMINISTRATOR]
            return [Happened(notice, Audience(administrators=True)), Happened(notice, only(*plain))]

        return Outcome(report, await home.write(work))

    async def listed(self, actor: Actor, after: str, limit: int) -> tuple[list[Report], str | None]:
        """The newest first: administrators see all, others those of the rooms that they moderate."""
        moderator = None if actor.role is Role.ADMINISTRATOR else actor.id

        def page(db: Connection) -> list[ReportRow]:
            return reports.newest(db, moderator, limit + 1, after)

        found = await self._homes.content.read(page)
        shown, more = found[:limit], len(found) > limit
        # The few of rooms in memory stand on the first page, whatever its length.
        passing = [] if after else await self._homes.ephemeral.read(page)
        return [_view(row) for row in [*passing, *shown]], shown[-1].id if more else None

    async def settle(self, actor: Actor, report: str) -> None:
        """Somebody saw to it: off the list."""
        for home in (self._homes.content, self._homes.ephemeral):
            row = await home.read(lambda db: reports.find(db, report))
            if row is None:
                continue
            room = row.room
            if actor.role is not Role.ADMINISTRATOR:
                await home.read(lambda db, room=room: seen_for(db, actor, room, Action.MODERATE))  # type: ignore[misc]
            await self._record.write(actor, "report_settled", room, {"report": report})
            await home.write(lambda db: reports.delete(db, report))
            return
        raise Refusal(Code.NOT_FOUND)


def _view(row: ReportRow) -> Report:
    about = Who(row.user, row.user_name or "") if row.user else None
    return Report(
        id=row.id,
        room=row.room,
        room_name=row.room_name,
        user=about,
        seq=row.seq,
        reason=row.reason,
        by=Who(row.by, row.by_name),
        at=row.at,
        body=row.body,
    )


def _words(db: Connection, room: str, seq: int | None) -> str | None:
    """A copy: what was reported can be looked at also when it was edited or taken back meanwhile."""
    said = messages.find(db, room, seq) if seq is not None else None
    return said.body if said and said.deleted is None else None
