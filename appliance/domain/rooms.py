"""Rooms: the snapshot that a connection starts from, finding, opening, making, changing, closing."""

from collections.abc import Callable, Sequence

from msgspec import UNSET

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.settings import Settings
from appliance.domain import room_views, rules
from appliance.domain.actor import Actor
from appliance.domain.codes import Codes
from appliance.domain.departures import Departures
from appliance.domain.directory import Directory
from appliance.domain.events import EVERYONE, Event, Happened, MembershipChanged, Outcome, in_room, only
from appliance.domain.policy import Action, Membership, may, require
from appliance.domain.presence import Presence
from appliance.domain.record import Record
from appliance.domain.room_access import DIRECT, PUBLIC, as_member, inside, membership, seen, seen_for
from appliance.domain.room_kinds import MOST_INVITED, Change, Wish
from appliance.domain.room_views import Opened, RoomChanged, RoomEntry, Snapshot
from appliance.domain.roster import Roster
from appliance.domain.throttle import Throttle
from appliance.store import decisions, events, guests, members, mentions, rooms
from appliance.store.database import Connection
from appliance.store.decisions import Decision, Kind
from appliance.store.homes import Homes, is_ephemeral, new_room
from appliance.store.members import MemberRow
from appliance.store.rooms import RoomRow, Seen

TOLD_NEW = 5  # people a second who are in a room of everybody for the first time


class Rooms:
    """The rooms of one box."""

    def __init__(
        self,
        *,
        homes: Homes,
        directory: Directory,
        presence: Presence,
        roster: Roster,
        departures: Departures,
        codes: Codes,
        record: Record,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._homes = homes
        self._directory = directory
        self._presence = presence
        self._roster = roster
        self._departures = departures
        self._codes = codes
        self._record = record
        self._clock = clock
        self._settings = settings
        self._newcomers = Throttle(clock)

    async def snapshot(self, actor: Actor) -> Outcome[Snapshot]:
        """What a connection starts from. A write even when nothing changes, so that it stands in the order
        of the commits: who subscribes in the same turn of the loop misses nothing and hears nothing twice.
        """

        def work(db: Connection) -> tuple[Snapshot, list[Event]]:
            happened: list[Event] = []
            if actor.signed_in:
                for room in members.enter_everyones(db, actor.id, self._clock.now()):
                    happened += self._first_time(db, actor.id, room)
            mine, named = rooms.of_user(db, actor.id), mentions.unread(db, actor.id)
            with self._homes.ephemeral.within(db) as memory:
                mine += rooms.of_user(memory, actor.id)
                named |= mentions.unread(memory, actor.id)
            entries = [self._entry(one, actor, mentions=named.get(one.room.id, 0)) for one in mine]
            return Snapshot(ev=events.last_ev(db), rooms=entries), happened

        return Outcome(*await self._homes.content.write(work))

    def _first_time(self, db: Connection, user: str, room: str) -> list[Event]:
        """In a room of everybody since the boot. Of a crowd not each is told: they were members before they
        had a row, and presence names them.
        """
        try:
            self._newcomers.take(room, burst=TOLD_NEW, per_second=TOLD_NEW)
        except Refusal:
            return [MembershipChanged(user, room, True)]
        return self._roster.entered(db, user, room, "join")

    async def listed(
        self, actor: Actor, after: str, limit: int, archived: bool = False
    ) -> tuple[list[RoomEntry], str | None]:
        """Public rooms and one's own, a page at a time; and where the next page begins."""
        require(actor, Action.LIST_ROOMS)

        def page(db: Connection) -> list[Seen]:
            return rooms.public_or_own(db, actor.id, after, limit + 1, archived)

        found = await self._homes.content.read(page)
        if len(found) <= limit:  # those in memory come last: so their ids begin
            found += await self._homes.ephemeral.read(page)
        shown = found[:limit]
        following = shown[-1].room.id if len(found) > limit else None
        return [self._entry(one, actor) for one in shown], following

    async def find(self, actor: Actor, room: str) -> RoomEntry:
        """One room, with the number of its members."""
        return await self._homes.of(room).read(lambda db: self._counted(db, seen(db, actor, room), actor))

    async def open(self, actor: Actor, room: str) -> Opened:
        """One of one's own rooms, or a public one, as one walks in."""

        def work(db: Connection) -> Opened:
            inside(db, actor, room)
            return room_views.opened(db, actor.id, room, self._directory, self._presence)

        return await self._homes.of(room).read(work)

    async def card(self, actor: Actor, room: str) -> RoomEntry:
        """For the sheet on the table: a room with its code, for those who may bring others in."""

        def work(db: Connection) -> RoomEntry:
            found = seen_for(db, actor, room, Action.MANAGE_MEMBERS)
            if found.room.code is None:
                raise Refusal(Code.NOT_FOUND, field="code")
            return self._counted(db, found, actor)

        return await self._homes.of(room).read(work)

    async def create(self, actor: Actor, wish: Wish) -> Outcome[RoomEntry]:
        """A new room with its first members. Two people have but one direct room: it is found again."""
        require(actor, Action.OPEN_DIRECT if wish.kind == DIRECT else Action.CREATE_ROOM)
        wish.check()
        others = self._others(actor, wish)
        direct = wish.kind == DIRECT
        row = RoomRow(
            id=new_room(wish.ephemeral),
            kind=wish.kind,
            name="" if direct else rules.room_name(wish.name),
            owner=None if direct else actor.id,
            created=self._clock.now(),
            pair=" ".join(sorted((actor.id, *others))) if direct else None,
            ephemeral=wish.ephemeral,
            code=await self._codes.chosen(wish.wants_code),
            password=await self._codes.hashed(wish.password),
            announcement=wish.announcement,
            slow=wish.slow,
        )

        def work(db: Connection) -> tuple[RoomEntry, list[Event]]:
            there = rooms.by_pair(db, row.pair) if row.pair else None
            happened = [] if there else self._make(db, row)
            happened += self._populate(db, there or row, actor.id, others)
            return self._counted(db, seen(db, actor, (there or row).id), actor), happened

        return Outcome(*await self._homes.of(row.id).write(work))

    async def change(self, actor: Actor, room: str, change: Change) -> Outcome[RoomEntry]:
        """Another name, code, password, pace; archived and back. Of the door a reset undoes nothing."""
        home = self._homes.of(room)
        before = (await home.read(lambda db: self._managed(db, actor, room))).room
        code = before.code
        if change.code is not UNSET and change.code != code:
            code = await self._codes.chosen(change.code or None)
        password = None if change.password is UNSET else await self._codes.hashed(change.password)
        change.put_on(before, code, password)  # refuses what cannot be, before anything is written down
        kept = before.password if change.password is UNSET else password
        door = _door(actor, room, kept, code, self._clock) if change.of_the_door else ()
        await self._record.write(actor, "room_changed", room, {"fields": change.fields}, door)

        def work(db: Connection) -> tuple[RoomEntry, list[Event]]:
            found = self._managed(db, actor, room)
            if code is not None and code != found.room.code and rooms.by_code(db, code):
                raise Refusal(Code.NAME_TAKEN, field="code")
            row = change.put_on(found.room, code, password)
            rooms.change(db, row)
            happened: list[Event] = []
            if found.room.archived and not row.archived:  # who connected meanwhile did not hear it
                inside = members.of_room(db, room)
                happened += [MembershipChanged(one.user, room, True) for one in inside]
            return self._counted(db, found._replace(room=row), actor), [*happened, *self._told(db, row)]

        return Outcome(*await home.write(work))

    async def close(self, actor: Actor, room: str) -> Outcome[None]:
        """Ends a room, with everything that was said in it."""

        def work(db: Connection) -> list[Event]:
            return self._departures.close(db, self._managed(db, actor, room).room)

        home = self._homes.of(room)
        await home.read(lambda db: self._managed(db, actor, room))
        await self._record.write(actor, "room_closed", room)
        return Outcome(None, await home.write(work))

    def _managed(self, db: Connection, actor: Actor, room: str) -> Seen:
        found = seen_for(db, actor, room, Action.MANAGE_ROOM)
        if found.room.pair:
            raise Refusal(Code.FORBIDDEN, action=Action.MANAGE_ROOM.value, reason="direct")
        return found

    def _others(self, actor: Actor, wish: Wish) -> list[str]:
        """The people who were named, once each and without the actor; every one of them must exist."""
        others = [user for user in dict.fromkeys(wish.members) if user != actor.id]
        if len(others) > MOST_INVITED or (wish.kind == DIRECT and len(others) != 1):
            raise rules.bad("members", "count")
        for user in others:
            if self._directory.able(user) is None:
                raise Refusal(Code.NOT_FOUND, user=user)
        return others

    def _make(self, db: Connection, row: RoomRow) -> list[Event]:
        if row.ephemeral and rooms.count(db) >= self._settings.ephemeral_rooms:
            raise Refusal(Code.CONFLICT, reason="ephemeral_rooms")
        each = "ephemeral_rooms_each" if row.ephemeral else "rooms_each"
        most: int = getattr(self._settings, each)
        if row.owner and rooms.count(db, row.owner) >= most:
            raise Refusal(Code.CONFLICT, reason=each, maximum=most)
        if row.code is not None and rooms.by_code(db, row.code):
            raise Refusal(Code.NAME_TAKEN, field="code")
        rooms.insert(db, row)
        return self._told(db, row, created=True) if row.kind == PUBLIC else []

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

    def _told(self, db: Connection, row: RoomRow, created: bool = False) -> list[Event]:
        """A room's new face; everybody may know of a public one, its guests too."""
        view = room_views.info(row, self._directory)
        audiences = [in_room(row.id)]
        if row.kind == PUBLIC:
            visitors = guests.of_room(db, row.id)
            audiences = [EVERYONE, only(*visitors)] if visitors else [EVERYONE]
        return [
            Happened(RoomChanged(ev=events.next_ev(db), room=row.id, info=view, created=created), audience)
            for audience in audiences
        ]

    def _entry(self, found: Seen, actor: Actor, count: int | None = None, mentions: int = 0) -> RoomEntry:
        found = as_member(found, actor)
        room = found.room
        shows = room.code is not None and may(actor, Action.MANAGE_MEMBERS, membership(found), room.id)
        return room_views.entry(
            found,
            actor.id,
            self._directory,
            members=UNSET if count is None else count,
            mentions=mentions,
            code=room.code if shows else None,
            epoch=self._homes.ephemeral.epoch if room.ephemeral else None,
        )

    def _counted(self, db: Connection, found: Seen, actor: Actor) -> RoomEntry:
        return self._entry(found, actor, members.count(db, found.room.id))


def _door(
    actor: Actor, room: str, password: str | None, code: str | None, clock: Clock
) -> Sequence[Callable[[Connection], None]]:
    """What a reset must not undo; of a room in memory there is nothing to come back."""
    if is_ephemeral(room):
        return ()
    detail = {"password": password, "code": code}
    decision = Decision(Kind.ROOM_PASSWORD, room, actor.id, clock.now(), detail)
    return (lambda db: decisions.record(db, decision),)
