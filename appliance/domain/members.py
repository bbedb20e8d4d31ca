"""Joining, leaving, bringing somebody in, giving them a part: who is a member of which room."""

from collections.abc import Callable
from typing import TypeVar

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.settings import Settings
from appliance.domain import room_views
from appliance.domain.actor import Actor
from appliance.domain.codes import Codes
from appliance.domain.departures import Departures
from appliance.domain.directory import Directory
from appliance.domain.events import Event, Happened, Outcome, only
from appliance.domain.policy import Action, Membership, require
from appliance.domain.presence import Presence, UsersOnline
from appliance.domain.room_access import PUBLIC, inside, rank, seen, seen_for
from appliance.domain.room_views import MemberView, Opened, RoomMine
from appliance.domain.roster import Roster
from appliance.store import bans, members, rooms
from appliance.store.database import Connection
from appliance.store.events import next_ev
from appliance.store.homes import Homes
from appliance.store.members import MemberRow
from appliance.store.rooms import RoomRow

T = TypeVar("T")


class Members:
    """The members of all rooms."""

    def __init__(
        self,
        *,
        homes: Homes,
        directory: Directory,
        presence: Presence,
        roster: Roster,
        departures: Departures,
        codes: Codes,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._homes = homes
        self._directory = directory
        self._presence = presence
        self._roster = roster
        self._departures = departures
        self._codes = codes
        self._clock = clock
        self._most = settings.room_members

    async def listed(self, actor: Actor, room: str) -> list[MemberView]:
        def work(db: Connection) -> list[MemberView]:
            inside(db, actor, room)
            return room_views.members(db, room, self._directory, self._presence)

        return await self._homes.of(room).read(work)

    async def users_online(self, actor: Actor, room: str) -> UsersOnline:
        """Who is here among the members of a room."""
        listed = await self.listed(actor, room)
        return UsersOnline(room=room, users=self._presence.among(one.id for one in listed))

    async def join(
        self, actor: Actor, room: str, password: str | None = None, address: str = ""
    ) -> Outcome[Opened]:
        """Becomes a member of a public room; who is one already just walks in."""
        found = await self._homes.of(room).read(lambda db: seen(db, actor, room))
        if not found.role:
            require(actor, Action.JOIN_PUBLIC_ROOM, room=room)
            await self._codes.check(found.room, password, address)
        return await self._walk_in(actor, found.room)

    async def join_by_code(
        self, actor: Actor, code: str, password: str | None, address: str
    ) -> Outcome[Opened]:
        """Becomes a member of the room that a code opens."""
        require(actor, Action.JOIN_BY_CODE)
        return await self._walk_in(actor, await self._codes.room(code, password, address))

    async def leave(self, actor: Actor, room: str) -> Outcome[None]:
        """Is no member any more. The rooms that are everyone's cannot be left; a guest's stay is over."""

        def work(db: Connection) -> tuple[None, list[Event]]:
            found = seen_for(db, actor, room, Action.LEAVE_ROOM)
            if found.room.everyone and actor.signed_in:
                raise Refusal(Code.FORBIDDEN, action=Action.LEAVE_ROOM.value, reason="everyone")
            return None, self._departures.leave(db, found.room, actor.id, "leave")

        return await self._changed(room, work)

    async def mute_alerts(self, actor: Actor, room: str, muted: bool) -> Outcome[None]:
        """No alerts of this room on one's own screens, or again; nobody else hears of it."""

        def work(db: Connection) -> tuple[None, list[Event]]:
            found = seen_for(db, actor, room, Action.READ_ROOM)
            if found.room.everyone and actor.signed_in:  # who never connected has no row there yet
                members.enter_everyones(db, actor.id, self._clock.now())
            if not members.be_quiet(db, room, actor.id, muted):
                return None, []
            return None, [Happened(RoomMine(ev=next_ev(db), room=room, muted=muted), only(actor.id))]

        return await self._changed(room, work)

    async def put(self, actor: Actor, room: str, user: str, role: Membership) -> Outcome[MemberView]:
        """Brings somebody in, or changes what they are. Nobody gives, or takes, more than they have; an owner
        who makes another one is a moderator from then on.
        """

        def work(db: Connection) -> tuple[MemberView, list[Event]]:
            found = seen_for(db, actor, room, Action.MANAGE_MEMBERS)
            there = members.find(db, room, user)
            if self._directory.able(user) is None and (there is None or role is not Membership.MEMBER):
                raise Refusal(Code.NOT_FOUND, user=user)
            self._check_rank(rank(actor, found), role, there)
            if found.room.pair:
                raise _refused("direct")
            if there is None:
                happened = self._enter(db, found.room, user, "added", role)
            else:
                happened = self._promote(db, found.room, there, role)
            now = members.find(db, room, user)
            assert now is not None
            return room_views.member(now, self._directory, self._presence.is_here(user)), happened

        return await self._changed(room, work)

    def _promote(self, db: Connection, row: RoomRow, there: MemberRow, role: Membership) -> list[Event]:
        if there.role == Membership.OWNER and role is not Membership.OWNER:
            raise Refusal(Code.CONFLICT, reason="owner")  # make somebody else the owner first
        happened: list[Event] = []
        if role is Membership.OWNER:
            for one in members.of_room(db, row.id):
                if one.role == Membership.OWNER and one.user != there.user:
                    members.set_role(db, row.id, one.user, Membership.MODERATOR)
                    told = self._roster.changed(db, one.user, row.id, Membership.MODERATOR, "role")
                    happened.append(told)
            rooms.set_owner(db, row.id, there.user)
        members.set_role(db, row.id, there.user, role)
        return [
            *happened,
            self._roster.changed(db, there.user, row.id, role, "role", muted_until=there.muted),
        ]

    async def _walk_in(self, actor: Actor, row: RoomRow) -> Outcome[Opened]:
        room = row.id

        def work(db: Connection) -> tuple[Opened, list[Event]]:
            fresh = rooms.find(db, room)
            if fresh is None:
                raise Refusal(Code.NOT_FOUND, room=room)
            happened: list[Event] = []
            if members.find(db, room, actor.id) is None:
                if (fresh.code, fresh.password) != (row.code, row.password) and fresh.kind != PUBLIC:
                    raise Refusal(Code.BAD_CODE)  # changed in the very moment
                happened = self._enter(db, fresh, actor.id, "join", Membership.MEMBER)
            return room_views.opened(db, actor.id, room, self._directory, self._presence), happened

        return await self._changed(room, work)

    def _enter(self, db: Connection, row: RoomRow, user: str, why: str, role: Membership) -> list[Event]:
        """What was said before counts as read."""
        if bans.stands(db, row.id, user):
            raise _refused("banned")
        if row.archived:
            raise _refused("archived")
        if not row.everyone and members.count(db, row.id) >= self._most:
            raise Refusal(Code.ROOM_FULL, maximum=self._most)
        members.insert(db, MemberRow(row.id, user, role.value, self._clock.now(), row.head, row.head))
        happened = self._roster.entered(db, user, row.id, why, role)
        if role is Membership.OWNER:
            there = members.find(db, row.id, user)
            assert there is not None
            happened += self._promote(db, row, there, role)
        return happened

    def _check_rank(self, mine: Membership, given: Membership, there: MemberRow | None) -> None:
        theirs = Membership(there.role) if there else Membership.NONE
        if not (mine.at_least(given) and mine.at_least(theirs)):
            raise _refused("rank")

    async def _changed(self, room: str, work: Callable[[Connection], tuple[T, list[Event]]]) -> Outcome[T]:
        return Outcome(*await self._homes.of(room).write(work))


def _refused(reason: str) -> Refusal:
    return Refusal(Code.FORBIDDEN, action=Action.MANAGE_MEMBERS.value, reason=reason)
