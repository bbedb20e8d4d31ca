"""Going out of a room, whoever decided it: who takes over, what ends with the last one. Inside a write."""

from collections.abc import Iterable

from appliance.base.clock import Clock
from appliance.domain.directory import Directory
from appliance.domain.events import EVERYONE, Event, Happened, MembershipChanged, SessionsEnded, only
from appliance.domain.guest_book import GuestBook
from appliance.domain.leftovers import Leftovers
from appliance.domain.policy import Membership
from appliance.domain.presence import Presence
from appliance.domain.room_access import PUBLIC
from appliance.domain.room_views import RoomClosed
from appliance.domain.roster import Roster
from appliance.store import events, files, guests, members, rooms
from appliance.store.database import Connection
from appliance.store.members import MemberRow
from appliance.store.rooms import RoomRow

UNUSED_MS = 10 * 60_000  # a room in memory that nobody ever came into


class Departures:
    """Called by everything that takes somebody out of a room; answers what has to be told."""

    def __init__(
        self,
        *,
        directory: Directory,
        presence: Presence,
        roster: Roster,
        book: GuestBook,
        leftovers: Leftovers,
        clock: Clock,
    ) -> None:
        self._leftovers = leftovers
        self._directory = directory
        self._presence = presence
        self._roster = roster
        self._book = book
        self._clock = clock

    def leave(
        self, db: Connection, row: RoomRow, user: str, why: str, *, banned: bool = False
    ) -> list[Event]:
        """One person out. An owner's place is taken by whoever is next; a room without anybody ends."""
        there = members.find(db, row.id, user)
        if there is None:
            return []
        members.remove(db, row.id, user)
        told = self._roster.left(db, user, row.id, why)
        if there.role == Membership.OWNER:
            told += self._hand_over(db, row)
        told += self._guests_gone(db, [user], banned=banned)
        return told + self._emptied(db, row)

    def close(self, db: Connection, row: RoomRow) -> list[Event]:
        """The whole room, with everything that was said in it."""
        inside = [one.user for one in members.of_room(db, row.id)]
        brought = files.of_room(db, row.id)
        rooms.delete(db, row.id)
        self._leftovers.drop(db, brought)
        audience = EVERYONE if row.kind == PUBLIC else only(*inside)
        told: list[Event] = [Happened(RoomClosed(ev=events.next_ev(db), room=row.id), audience)]
        if row.kind == PUBLIC and (visitors := [one for one in inside if self._book.has(one)]):
            told.append(Happened(RoomClosed(ev=events.next_ev(db), room=row.id), only(*visitors)))
        told += [MembershipChanged(one, row.id, False) for one in inside]
        return told + self._guests_gone(db, inside)

    def deserted(self, memory: Connection, user: str) -> list[Event]:
        """Somebody is gone: the rooms in memory where now nobody is end, and those that nobody came into."""
        told: list[Event] = []
        theirs = set(members.rooms_of(memory, user))
        for row in rooms.every(memory):
            unused = self._clock.now() - row.created > UNUSED_MS
            if (row.id in theirs or unused) and self._nobody_in(members.of_room(memory, row.id)):
                told += self.close(memory, row)
        return told

    def _emptied(self, db: Connection, row: RoomRow) -> list[Event]:
        left = members.of_room(db, row.id)
        if row.everyone or (row.kind == PUBLIC and not row.ephemeral):
            return []
        accounts = [one for one in left if self._directory.get(one.user)]
        if not accounts or (row.ephemeral and self._nobody_in(left)):
            return self.close(db, row)
        return []

    def _nobody_in(self, left: Iterable[MemberRow]) -> bool:
        return not any(self._presence.is_here(one.user) for one in left)

    def _hand_over(self, db: Connection, row: RoomRow) -> list[Event]:
        """To a moderator before a member, to who came first, and never to a guest."""
        able = (one for one in members.heirs(db, row.id) if self._directory.able(one.user))
        heir = next(able, None)
        rooms.set_owner(db, row.id, heir.user if heir else None)
        if heir is None or heir.role == Membership.OWNER:
            return []
        members.set_role(db, row.id, heir.user, Membership.OWNER)
        return [self._roster.changed(db, heir.user, row.id, Membership.OWNER, "handed_over")]

    def _guests_gone(self, db: Connection, users: Iterable[str], *, banned: bool = False) -> list[Event]:
        there = [user for user in users if self._book.has(user)]
        for guest in there:
            guests.delete(db, guest)
        sessions = self._book.drop(there)
        return [SessionsEnded(frozenset(sessions), banned)] if sessions else []
