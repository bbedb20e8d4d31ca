"""Coming into one room with a code and a name alone. A stay ends by itself, or with the room."""

from dataclasses import dataclass
from typing import Literal

from appliance.base import ids
from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.settings import Settings
from appliance.domain import room_views, rules
from appliance.domain.actor import Actor
from appliance.domain.codes import Codes
from appliance.domain.departures import Departures
from appliance.domain.directory import Directory
from appliance.domain.events import Event, Outcome
from appliance.domain.guest_book import GuestBook
from appliance.domain.policy import Membership
from appliance.domain.presence import Presence
from appliance.domain.room_views import RoomEntry
from appliance.domain.roster import Roster
from appliance.domain.throttle import network
from appliance.store import bans, guests, members, rooms
from appliance.store.database import Connection
from appliance.store.guests import GuestRow
from appliance.store.homes import Homes
from appliance.store.members import MemberRow
from appliance.store.rooms import RoomRow, Seen

_HOUR = 3_600_000
Kind = Literal["cookie", "bearer"]


@dataclass(frozen=True, slots=True)
class Entered:
    """A guest, the room, and the secret of the stay, told once. `expires_in` is in seconds."""

    actor: Actor
    room: RoomEntry
    token: str
    expires_in: int


class Guests:
    """The door for people without an account."""

    def __init__(
        self,
        *,
        homes: Homes,
        directory: Directory,
        presence: Presence,
        roster: Roster,
        departures: Departures,
        book: GuestBook,
        codes: Codes,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._homes = homes
        self._directory = directory
        self._presence = presence
        self._roster = roster
        self._departures = departures
        self._book = book
        self._codes = codes
        self._clock = clock
        self._settings = settings

    async def enter(self, code: str, password: str | None, name: str, address: str) -> Outcome[Entered]:
        """Somebody new in the room that the code opens."""
        if not self._settings.guests:
            raise Refusal(Code.FORBIDDEN, reason="guests")
        called = rules.person_name(name)
        row = await self._codes.room(code, password, address)
        token, now = ids.token(), self._clock.now()
        guest = GuestRow(
            id=ids.new_id("g"),
            room=row.id,
            name=called,
            session=ids.new_id("s"),
            token_hash=ids.token_hash(token),
            address=network(address),
            created=now,
            expires=now + self._settings.guest_hours * _HOUR,
        )

        def work(db: Connection) -> tuple[RoomEntry, list[Event]]:
            fresh = rooms.find(db, row.id)
            if fresh is None or (fresh.code, fresh.password) != (row.code, row.password):
                raise Refusal(Code.BAD_CODE)  # changed in the very moment
            happened = self._old_ones_out(db, fresh, guest)
            self._check(db, fresh, guest)
            self._book.add(guest)  # here, so that whoever comes in the same moment is judged after
            guests.insert(db, guest)
            members.insert(db, MemberRow(row.id, guest.id, Membership.MEMBER, now, fresh.head, fresh.head))
            happened += self._roster.entered(db, guest.id, row.id, "join")
            seen = Seen(fresh, Membership.MEMBER, fresh.head)
            count = members.count(db, row.id)
            return room_views.entry(seen, guest.id, self._directory, members=count), happened

        try:
            entry, happened = await self._homes.of(row.id).write(work)
        except BaseException:
            self._book.drop([guest.id])
            raise
        actor = self._book.still(guest.session)
        assert actor is not None
        return Outcome(Entered(actor, entry, token, self._settings.guest_hours * 3600), happened)

    def _old_ones_out(self, db: Connection, row: RoomRow, guest: GuestRow) -> list[Event]:
        """Those whose stay is over, and the one who comes again: same name, same address, not here."""
        happened: list[Event] = []
        for old in self._book.of_room(row.id):
            again = _key(old.name) == _key(guest.name) and old.address == guest.address
            if old.expires <= guest.created or (again and not self._presence.is_here(old.id)):
                happened += self._departures.leave(db, row, old.id, "leave")
        return happened

    def _check(self, db: Connection, row: RoomRow, guest: GuestRow) -> None:
        """Nobody who was shown out, nobody who could be taken for somebody else, and not too many."""
        key = _key(guest.name)
        if bans.stands(db, row.id, *subjects(guest)):
            raise Refusal(Code.FORBIDDEN, reason="banned")
        if row.archived:
            raise Refusal(Code.FORBIDDEN, reason="archived")
        there = self._book.of_room(row.id)
        names = {_key(one.name) for one in there}
        names |= {_key(text) for person in self._directory for text in (person.name, person.username)}
        if key in names:
            raise Refusal(Code.NAME_TAKEN, field="name")
        most = self._settings.guests_per_room
        if len(there) >= most:
            raise Refusal(Code.ROOM_FULL, maximum=most)
        if members.count(db, row.id) >= self._settings.room_members and not row.everyone:
            raise Refusal(Code.ROOM_FULL, maximum=self._settings.room_members)
        if self._book.of_address(guest.address) >= self._settings.guests_per_address:
            raise Refusal(Code.ROOM_FULL, reason="address", maximum=self._settings.guests_per_address)


def subjects(guest: GuestRow) -> tuple[str, str]:
    """How a guest is banned: the next one from there, and the next one of that name."""
    return f"@{guest.address}", f"~{_key(guest.name)}"


def _key(name: str) -> str:
    return rules.username_key(name)
