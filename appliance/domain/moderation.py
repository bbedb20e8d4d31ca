"""Showing somebody out of a room, making them silent for a while, keeping them out. Each of it is audited.

A deed is judged, then written down in box.db, then done: what is in the audit log was allowed.
"""

from collections.abc import Callable
from dataclasses import replace

from msgspec import Struct

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.domain import guests, room_views, rules
from appliance.domain.actor import Actor
from appliance.domain.administration import Administration
from appliance.domain.departures import Departures
from appliance.domain.directory import Directory
from appliance.domain.events import Event, Outcome, SessionsEnded
from appliance.domain.guest_book import GuestBook
from appliance.domain.policy import Action, Membership, require
from appliance.domain.presence import Presence
from appliance.domain.record import Record
from appliance.domain.room_access import rank, seen_for
from appliance.domain.room_views import MemberView
from appliance.domain.roster import Roster
from appliance.store import bans, decisions, members
from appliance.store.bans import BanRow
from appliance.store.database import Connection
from appliance.store.decisions import Decision, Kind
from appliance.store.homes import Homes, is_ephemeral
from appliance.store.members import MemberRow
from appliance.store.rooms import Seen

MINUTE = 60_000
MOST_MINUTES = 366 * 24 * 60
MUTED_MINUTES = 10  # where nobody says how long


class Ban(Struct, frozen=True):
    """Somebody who may not come in; `id` lifts it. Of guests the address and the name are kept out."""

    id: str
    name: str
    until: int | None
    reason: str
    by: str
    at: int


class Moderation:
    """What moderators do in their rooms, and administrators on the box."""

    def __init__(
        self,
        *,
        homes: Homes,
        administration: Administration,
        directory: Directory,
        presence: Presence,
        roster: Roster,
        departures: Departures,
        book: GuestBook,
        record: Record,
        clock: Clock,
    ) -> None:
        self._homes = homes
        self._administration = administration
        self._directory = directory
        self._presence = presence
        self._roster = roster
        self._departures = departures
        self._book = book
        self._record = record
        self._clock = clock

    async def kick(self, actor: Actor, room: str, user: str, reason: str = "") -> Outcome[None]:
        """Out of the room; whoever may come in may come back."""
        reason = rules.reason(reason)
        found = await self._judged(actor, room, user, leaves=True)
        await self._record.write(actor, "room_kick", room, {"user": user, "reason": reason})

        def work(db: Connection) -> list[Event]:
            return self._departures.leave(db, found.room, user, "kick")

        return Outcome(None, await self._homes.of(room).write(work))

    async def mute(
        self, actor: Actor, room: str, user: str, minutes: int | None, reason: str = ""
    ) -> Outcome[MemberView]:
        """Silent for so many minutes; 0 gives the word back."""
        span = _checked(MUTED_MINUTES if minutes is None else minutes, least=0)
        return await self.mute_until(actor, room, user, self._clock.now() + span if span else 0, reason)

    async def mute_until(
        self, actor: Actor, room: str, user: str, until: int, reason: str = ""
    ) -> Outcome[MemberView]:
        reason = rules.reason(reason)
        await self._judged(actor, room, user)
        await self._record.write(actor, "room_mute", room, {"user": user, "until": until, "reason": reason})

        def work(db: Connection) -> tuple[MemberView, list[Event]]:
            if self._directory.able(user):
                members.enter_everyones(db, user, self._clock.now())
            there = members.find(db, room, user)
            if there is None:
                raise Refusal(Code.NOT_FOUND, user=user)
            members.mute(db, room, user, until)
            told = self._roster.changed(db, user, room, Membership(there.role), "mute", muted_until=until)
            view = room_views.member(
                replace(there, muted=until), self._directory, self._presence.is_here(user)
            )
            return view, [told]

        return Outcome(*await self._homes.of(room).write(work))

    async def ban(
        self, actor: Actor, room: str, user: str, minutes: int | None = None, reason: str = ""
    ) -> Outcome[None]:
        """Out, and not in again for so many minutes, or for good. A reset does not change that."""
        reason = rules.reason(reason)
        now = self._clock.now()
        until = None if minutes is None else now + _checked(minutes, least=1)
        found = await self._judged(actor, room, user, leaves=True, member=False)
        guest = self._book.get(user)
        # The name of a guest in memory alone stays there.
        name = "" if guest and is_ephemeral(room) else self._directory.name(user)
        kept = [
            BanRow(room, subject, name, until, reason, actor.name, now)
            for subject in (guests.subjects(guest) if guest else (user,))
        ]
        decided = [] if is_ephemeral(room) else [_deciding(actor, row) for row in kept]
        detail = {"user": user, "name": name, "until": until, "reason": reason}
        await self._record.write(actor, "room_ban", room, detail, decided)

        def work(db: Connection) -> list[Event]:
            for row in kept:
                bans.put(db, row)
            return self._departures.leave(db, found.room, user, "ban", banned=True)

        return Outcome(None, await self._homes.of(room).write(work))

    async def banned(self, actor: Actor, room: str) -> list[Ban]:
        """Everybody who may not come into a room."""

        def work(db: Connection) -> list[BanRow]:
            seen_for(db, actor, room, Action.MODERATE)
            return bans.of_room(db, room)

        found = await self._homes.of(room).read(work)
        return [Ban(row.subject, row.name, row.until, row.reason, row.by_name, row.at) for row in found]

    async def lift(self, actor: Actor, room: str, subject: str) -> None:
        """May come in again."""

        def work(db: Connection) -> None:
            seen_for(db, actor, room, Action.MODERATE)
            if all(row.subject != subject for row in bans.of_room(db, room)):
                raise Refusal(Code.NOT_FOUND)

        home = self._homes.of(room)
        await home.read(work)
        gone = [lambda db: decisions.withdraw(db, Kind.BAN, f"{room} {subject}")]
        await self._record.write(actor, "room_unban", room, {"user": subject}, gone)
        await home.write(lambda db: bans.lift(db, room, subject))

    async def ban_from_box(self, actor: Actor, user: str, reason: str = "") -> Outcome[None]:
        """The account is closed, at once and over every reset, until an administrator opens it again."""
        require(actor, Action.BAN)
        reason = rules.reason(reason)
        if user == actor.id:
            raise rules.bad("user", "self")
        decision = Decision(Kind.BAN, user, actor.id, self._clock.now(), {"reason": reason})
        outcome = await self._administration.change(actor, user, disabled=True)
        deciding = [lambda db: decisions.record(db, decision)]
        await self._record.write(actor, "box_ban", user, {"reason": reason}, deciding)
        ended = [replace(one, banned=True) for one in outcome.events if isinstance(one, SessionsEnded)]
        return Outcome(None, ended)

    async def _judged(
        self, actor: Actor, room: str, user: str, *, leaves: bool = False, member: bool = True
    ) -> Seen:
        """Whether the actor may do so to this person; refuses otherwise."""

        def work(db: Connection) -> Seen:
            found = seen_for(db, actor, room, Action.MODERATE)
            there = members.find(db, room, user)
            if user == actor.id:
                raise rules.bad("user", "self")
            if found.room.pair or (leaves and found.room.everyone and self._directory.get(user)):
                raise _refused("direct" if found.room.pair else "everyone")
            account = self._directory.get(user)
            always = found.room.everyone and account is not None  # a member, whether ever connected or not
            if there is None and not always and (member or account is None):
                raise Refusal(Code.NOT_FOUND, user=user)
            self._check_rank(actor, found, there)
            return found

        return await self._homes.of(room).read(work)

    def _check_rank(self, actor: Actor, found: Seen, there: MemberRow | None) -> None:
        if not rank(actor, found).at_least(Membership(there.role) if there else Membership.NONE):
            raise _refused("rank")


def _deciding(actor: Actor, row: BanRow) -> Callable[[Connection], None]:
    detail = {"name": row.name, "until": row.until, "reason": row.reason, "by": row.by_name}
    decision = Decision(Kind.BAN, f"{row.room} {row.subject}", actor.id, row.at, detail)
    return lambda db: decisions.record(db, decision)


def _checked(minutes: int, *, least: int) -> int:
    """Minutes as milliseconds."""
    if not least <= minutes <= MOST_MINUTES:
        raise rules.bad("minutes", "range")
    return minutes * MINUTE


def _refused(reason: str) -> Refusal:
    return Refusal(Code.FORBIDDEN, action=Action.MODERATE.value, reason=reason)
