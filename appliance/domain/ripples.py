"""What a change of an account does to the rooms: gone from all of them, or called something else in all."""

from appliance.domain.departures import Departures
from appliance.domain.events import EVERYONE, Event, Happened, Who, only
from appliance.domain.presence import Presence
from appliance.domain.room_views import UserChanged
from appliance.store import events, guests, members, rooms
from appliance.store.database import Connection
from appliance.store.homes import Homes


class Ripples:
    """Called by what changes accounts, after its commit."""

    def __init__(self, homes: Homes, departures: Departures, presence: Presence) -> None:
        self._homes = homes
        self._departures = departures
        self._presence = presence

    async def gone(self, user: str) -> list[Event]:
        """A member nowhere any more; what they owned goes over to others."""

        def leave_all(db: Connection) -> list[Event]:
            told: list[Event] = []
            for room in members.rooms_of(db, user):
                row = rooms.find(db, room)
                told += self._departures.leave(db, row, user, "account_gone") if row else []
            return told

        def work(db: Connection) -> list[Event]:
            with self._homes.ephemeral.within(db) as memory:
                told = leave_all(memory)
            return [*told, *leave_all(db)]

        return await self._homes.content.write(work)

    async def renamed(self, user: str, name: str) -> list[Event]:
        """Told to everybody: names stand in lists, and over messages of today."""
        self._presence.renamed(user, name)

        def work(db: Connection) -> list[Event]:
            with self._homes.ephemeral.within(db) as memory:
                visitors = guests.around(memory, user)
            visitors += guests.around(db, user)
            audiences = [EVERYONE, only(*visitors)] if visitors else [EVERYONE]
            return [
                Happened(UserChanged(ev=events.next_ev(db), user=Who(user, name)), audience)
                for audience in audiences
            ]

        return await self._homes.content.write(work)
