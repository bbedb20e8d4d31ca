"""Rooms: the snapshot that a connection starts from, finding, opening, making, renaming, closing."""

from collections.abc import Sequence
from dataclasses import dataclass

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.ids import new_id
from appliance.domain import room_views, rules
from appliance.domain.actor import Actor
from appliance.domain.directory import Directory
from appliance.domain.events import EVERYONE, Event, Happened, MembershipChanged, Outcome, in_room, only
from appliance.domain.policy import Action, Membership, require
from appliance.domain.presence import Presence
from appliance.domain.room_access import DIRECT, GROUP, PRIVATE, PUBLIC, as_member, seen, seen_for
from appliance.domain.room_views import Opened, RoomChanged, RoomClosed, RoomEntry, Snapshot
from appliance.domain.roster import Roster
from appliance.store import events, members, rooms
from appliance.store.database import Connection, Database
from appliance.store.members import MemberRow
from appliance.store.rooms import RoomRow, Seen

MOST_INVITED = 200  # people named when a room is made


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A room that somebody would like to have. A direct one names the other person and needs no name."""

    name: str = ""
    kind: str = PRIVATE
    members: Sequence[str] = ()


class Rooms:
    """The rooms of one box."""

    def __init__(
        self, content: Database, directory: Directory, presence: Presence, roster: Roster, clock: Clock
    ) -> None:
        self._content = content
        self._directory = directory
        self._presence = presence
        self._roster = roster
        self._clock = clock

    async def snapshot(self, actor: Actor) -> Outcome[Snapshot]:
        """What a connection starts from. A write even when nothing changes, so that it stands in the order
        of the commits: who subscribes in the same turn of the loop misses nothing and hears nothing twice.
        """

        def work(db: Connection) -> tuple[Snapshot, list[Event]]:
            happened: list[Event] = []
            if actor.signed_in:
                for room in members.enter_everyones(db, actor.id, self._clock.now()):
                    happened += self._roster.entered(db, actor.id, room, "join")
            return Snapshot(ev=events.last_ev(db), rooms=self._entries(db, actor)), happened

        return Outcome(*await self._content.write(work))

    async def listed(self, actor: Actor, after: str, limit: int) -> tuple[list[RoomEntry], str | None]:
        """Public rooms and one's own, a page at a time; and where the next page begins."""
        require(actor, Action.LIST_ROOMS)
        found = await self._content.read(lambda db: rooms.public_or_own(db, actor.id, after, limit + 1))
        page = found[:limit]
        return [self._entry(one, actor) for one in page], page[-1].room.id if len(found) > limit else None

    async def find(self, actor: Actor, room: str) -> RoomEntry:
        """One room, with the number of its members."""

        def work(db: Connection) -> RoomEntry:
            return self._counted(db, seen(db, actor, room), actor)

        return await self._content.read(work)

    async def open(self, actor: Actor, room: str) -> Opened:
        """One of one's own rooms, or a public one, as one walks in."""

        def work(db: Connection) -> Opened:
            seen(db, actor, room)
            return room_views.opened(db, actor.id, room, self._directory, self._presence)

        return await self._content.read(work)

    async def create(self, actor: Actor, wish: Wish) -> Outcome[RoomEntry]:
        """A new room with its first members. Two people have but one direct room: it is found again."""
        require(actor, Action.OPEN_DIRECT if wish.kind == DIRECT else Action.CREATE_ROOM)
        others = self._others(actor, wish)
        direct = wish.kind == DIRECT
        row = RoomRow(
            id=new_id("r"),
            kind=wish.kind,
            name="" if direct else rules.room_name(wish.name),
            owner=None if direct else actor.id,
            created=self._clock.now(),
            pair=" ".join(sorted((actor.id, *others))) if direct else None,
        )

        def work(db: Connection) -> tuple[RoomEntry, list[Event]]:
            there = rooms.by_pair(db, row.pair) if row.pair else None
            happened = [] if there else self._make(db, row)
            happened += self._populate(db, there or row, actor.id, others)
            return self._counted(db, seen(db, actor, (there or row).id), actor), happened

        return Outcome(*await self._content.write(work))

    async def rename(self, actor: Actor, room: str, name: str) -> Outcome[RoomEntry]:
        good = rules.room_name(name)

        def work(db: Connection) -> tuple[RoomEntry, list[Event]]:
            found = self._managed(db, actor, room)
            rooms.rename(db, room, good)
            renamed = found._replace(room=found.room._replace(name=good))
            return self._counted(db, renamed, actor), [self._told(db, renamed.room)]

        return Outcome(*await self._content.write(work))

    async def close(self, actor: Actor, room: str) -> Outcome[None]:
        """Ends a room, with everything that was said in it."""

        def work(db: Connection) -> list[Event]:
            found = self._managed(db, actor, room)
            inside = [row.user for row in members.of_room(db, room)]
            rooms.delete(db, room)
            audience = EVERYONE if found.room.kind == PUBLIC else only(*inside)
            frame = RoomClosed(ev=events.next_ev(db), room=room)
            return [Happened(frame, audience), *(MembershipChanged(one, room, False) for one in inside)]

        return Outcome(None, await self._content.write(work))

    def _managed(self, db: Connection, actor: Actor, room: str) -> Seen:
        found = seen_for(db, actor, room, Action.MANAGE_ROOM)
        if found.room.pair:
            raise Refusal(Code.FORBIDDEN, action=Action.MANAGE_ROOM.value, reason="direct")
        return found

    def _others(self, actor: Actor, wish: Wish) -> list[str]:
        """The people who were named, once each and without the actor; every one of them must exist."""
        if wish.kind not in (PUBLIC, PRIVATE, GROUP, DIRECT):
            raise rules.bad("kind", "unknown")
        others = [user for user in dict.fromkeys(wish.members) if user != actor.id]
        if len(others) > MOST_INVITED or (wish.kind == DIRECT and len(others) != 1):
            raise rules.bad("members", "count")
        for user in others:
            if self._directory.able(user) is None:
                raise Refusal(Code.NOT_FOUND, user=user)
        return others

    def _make(self, db: Connection, row: RoomRow) -> list[Event]:
        rooms.insert(db, row)
        return [self._told(db, row, created=True)] if row.kind == PUBLIC else []

    def _populate(self, db: Connection, row: RoomRow, owner: str, others: list[str]) -> list[Event]:
        """Everybody who was named comes in; who is in already (of a direct room) stays."""
        happened: list[Event] = []
        first = Membership.MEMBER if row.pair else Membership.OWNER
        for user, role, why in [
            (owner, first, "join"),
            *((one, Membership.MEMBER, "added") for one in others),
        ]:
            new = MemberRow(row.id, user, role.value, self._clock.now(), row.head, row.head)
            if members.insert(db, new):
                happened += self._roster.entered(db, user, row.id, why, role.value)
        return happened

    def _told(self, db: Connection, row: RoomRow, created: bool = False) -> Happened:
        """A room's new face; everybody may know of a public one."""
        view = room_views.info(row, self._directory)
        frame = RoomChanged(ev=events.next_ev(db), room=row.id, info=view, created=created)
        return Happened(frame, EVERYONE if row.kind == PUBLIC else in_room(row.id))

    def _entries(self, db: Connection, actor: Actor) -> list[RoomEntry]:
        return [self._entry(one, actor) for one in rooms.of_user(db, actor.id)]

    def _entry(self, found: Seen, actor: Actor) -> RoomEntry:
        return room_views.entry(as_member(found, actor), actor.id, self._directory)

    def _counted(self, db: Connection, found: Seen, actor: Actor) -> RoomEntry:
        count = members.count(db, found.room.id)
        return room_views.entry(found, actor.id, self._directory, members=count)
