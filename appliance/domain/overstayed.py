"""Guests whose stay is over are shown out, also of rooms where nobody comes in. Judges nobody else."""

from appliance.base.clock import Clock
from appliance.base.log import logger
from appliance.base.tasks import Rounds
from appliance.domain.bringing import Publish
from appliance.domain.departures import Departures
from appliance.domain.events import Event
from appliance.domain.guest_book import GuestBook
from appliance.store import guests, rooms
from appliance.store.database import Connection
from appliance.store.guests import GuestRow
from appliance.store.homes import Homes

ROUND_SECONDS = 600.0
_log = logger("guests")


class Overstayed:
    """The service: a round at the start, and again and again."""

    def __init__(self, homes: Homes, book: GuestBook, departures: Departures, clock: Clock) -> None:
        self._homes = homes
        self._book = book
        self._departures = departures
        self._clock = clock
        self._rounds = Rounds(ROUND_SECONDS, _log, "guests whose stay is over are still there")

    def start(self, publish: Publish) -> None:
        self._rounds.start(lambda: self.round(publish))

    async def close(self) -> None:
        await self._rounds.close()

    async def round(self, publish: Publish) -> int:
        """How many went."""
        over = self._book.expired(self._clock.now())
        for guest in over:
            publish(await self._show_out(guest))
        return len(over)

    async def _show_out(self, guest: GuestRow) -> list[Event]:
        def work(db: Connection) -> list[Event]:
            room = rooms.find(db, guest.room)
            told = self._departures.leave(db, room, guest.id, "leave") if room else []
            guests.delete(db, guest.id)
            self._book.drop([guest.id])  # also where neither room nor place is left
            return told

        return await self._homes.of(guest.room).write(work)
