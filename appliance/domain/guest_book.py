"""Who is in without an account: guests' sessions in memory, in front of the rows beside their room.

Decides nothing: `guests` lets them in, `departures` shows them out.
"""

from collections.abc import Iterable

from appliance.base.clock import Clock
from appliance.domain.actor import Actor, Role
from appliance.domain.directory import Directory
from appliance.store import guests
from appliance.store.database import Database
from appliance.store.guests import GuestRow


class GuestBook:
    """Read once at the start; a reset, which empties the table, empties it too."""

    def __init__(self, content: Database, directory: Directory, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock
        self._by_id: dict[str, GuestRow] = {}
        self._by_token: dict[bytes, GuestRow] = {}
        self._by_session: dict[str, GuestRow] = {}
        for row in content.read_now(guests.every):
            self.add(row)

    def add(self, row: GuestRow) -> None:
        self._by_id[row.id] = row
        self._by_token[row.token_hash] = row
        self._by_session[row.session] = row
        self._directory.call_guest(row.id, row.name)

    def has(self, user: str) -> bool:
        return user in self._by_id

    def get(self, user: str) -> GuestRow | None:
        return self._by_id.get(user)

    def holder(self, token_hash: bytes) -> Actor | None:
        """Who holds this token."""
        return self._actor(self._by_token.get(token_hash))

    def still(self, session: str) -> Actor | None:
        """Who holds this session."""
        return self._actor(self._by_session.get(session))

    def of_room(self, room: str) -> list[GuestRow]:
        return [row for row in list(self._by_id.values()) if row.room == room]

    def expired(self, now: int) -> list[GuestRow]:
        """Those whose stay is over (`now` in ms)."""
        return [row for row in list(self._by_id.values()) if row.expires <= now]

    def of_address(self, address: str) -> int:
        now = self._clock.now()
        return sum(row.address == address and row.expires > now for row in list(self._by_id.values()))

    def drop(self, guests: Iterable[str]) -> list[str]:
        """Forgets them; answers the sessions that are over."""
        over = []
        for guest in guests:
            row = self._by_id.pop(guest, None)
            if row is not None:
                self._by_token.pop(row.token_hash, None)
                self._by_session.pop(row.session, None)
                self._directory.forget_guest(guest)
                over.append(row.session)
        return over

    def _actor(self, row: GuestRow | None) -> Actor | None:
        if row is None or row.expires <= self._clock.now():
            return None
        return Actor(row.id, "", row.name, Role.GUEST, row.session, room=row.room)
