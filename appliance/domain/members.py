"""Joining, leaving, bringing somebody in, showing somebody out: who is a member of which room."""

from collections.abc import Callable
from typing import TypeVar

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.domain import room_views
from appliance.domain.actor import Actor
from appliance.domain.directory import Directory
from appliance.domain.events import Event, Outcome
from appliance.domain.policy import Action, Membership, require
from appliance.domain.presence import Presence, UsersOnline
from appliance.domain.room_access import membership, seen, seen_for
from appliance.domain.room_views import MemberView, Opened
from appliance.domain.roster import Roster
from appliance.store import members
from appliance.store.database import Connection, Database
from appliance.store.members import MemberRow

T = TypeVar("T")


class Members:
    """The members of all rooms."""

    def __init__(
        self, content: Database, directory: Directory, presence: Presence, roster: Roster, clock: Clock
    ) -> None:
        self._content = content
        self._directory = directory
        self._presence = presence
        self._roster = roster
        self._clock = clock

    async def listed(self, actor: Actor, room: str) -> list[MemberView]:
        def work(db: Connection) -> list[MemberView]:
            seen(db, actor, room)
            return room_views.members(db, room, self._directory, self._presence)

        return await self._content.read(work)

    async def users_online(self, actor: Actor, room: str) -> UsersOnline:
        """Who is here among the members of a room."""
        listed = await self.listed(actor, room)
        return UsersOnline(room=room, users=self._presence.among(one.id for one in listed))

    async def join(self, actor: Actor, room: str) -> Outcome[Opened]:
        """Becomes a member of a public room; who is one already just walks in."""

        def work(db: Connection) -> tuple[Opened, list[Event]]:
            found = seen(db, actor, room)
            happened: list[Event] = []
            if not found.role:
                require(actor, Action.JOIN_PUBLIC_ROOM, room=room)
                self._insert(db, room, actor.id, Membership.MEMBER, found.room.head)
                happened = self._roster.entered(db, actor.id, room, "join")
            return room_views.opened(db, actor.id, room, self._directory, self._presence), happened

        return await self._changed(work)

    async def leave(self, actor: Actor, room: str) -> Outcome[None]:
        """Is no member any more. The rooms that are everyone's cannot be left."""

        def work(db: Connection) -> tuple[None, list[Event]]:
            found = seen_for(db, actor, room, Action.LEAVE_ROOM)
            if found.room.everyone:
                raise Refusal(Code.FORBIDDEN, action=Action.LEAVE_ROOM.value, reason="everyone")
            return None, self._remove(db, room, actor.id, "leave")

        return await self._changed(work)

    async def put(self, actor: Actor, room: str, user: str, role: Membership) -> Outcome[MemberView]:
        """Brings somebody in, or changes what they are. Nobody gives, or takes, more than they have."""
        person = self._directory.able(user)
        if person is None:
            raise Refusal(Code.NOT_FOUND, user=user)

        def work(db: Connection) -> tuple[MemberView, list[Event]]:
            found = seen_for(db, actor, room, Action.MANAGE_MEMBERS)
            there = members.find(db, room, user)
            self._check_rank(membership(found), role, there)
            if found.room.pair:
                raise Refusal(Code.FORBIDDEN, action=Action.MANAGE_MEMBERS.value, reason="direct")
            if there is None:
                self._insert(db, room, user, role, found.room.head)
                happened = self._roster.entered(db, user, room, "added", role)
            else:
                members.set_role(db, room, user, role)
                happened = [self._roster.changed(db, user, room, role, "role")]
            here = self._presence.is_here(user)
            return MemberView(id=user, name=person.name, role=role.value, here=here), happened

        return await self._changed(work)

    async def remove(self, actor: Actor, room: str, user: str) -> Outcome[None]:
        """Shows somebody out."""

        def work(db: Connection) -> tuple[None, list[Event]]:
            found = seen_for(db, actor, room, Action.MANAGE_MEMBERS)
            there = members.find(db, room, user)
            if there is None:
                raise Refusal(Code.NOT_FOUND, user=user)
            self._check_rank(membership(found), Membership.MEMBER, there)
            if found.room.everyone:
                raise Refusal(Code.FORBIDDEN, action=Action.MANAGE_MEMBERS.value, reason="everyone")
            return None, self._remove(db, room, user, "kick")

        return await self._changed(work)

    def _check_rank(self, mine: Membership, given: Membership, there: MemberRow | None) -> None:
        theirs = Membership(there.role) if there else Membership.NONE
        if not (mine.at_least(given) and mine.at_least(theirs)):
            raise Refusal(Code.FORBIDDEN, action=Action.MANAGE_MEMBERS.value, reason="rank")

    def _insert(self, db: Connection, room: str, user: str, role: Membership, head: int) -> None:
        """What was said before counts as read."""
        members.insert(db, MemberRow(room, user, role.value, self._clock.now(), head, head))

    def _remove(self, db: Connection, room: str, user: str, why: str) -> list[Event]:
        members.remove(db, room, user)
        return self._roster.left(db, user, room, why)

    async def _changed(self, work: Callable[[Connection], tuple[T, list[Event]]]) -> Outcome[T]:
        return Outcome(*await self._content.write(work))
