"""Codes of rooms and the passwords beside them: making, finding, guessing. Must not let anybody in."""

from appliance.base import ids
from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.settings import Settings
from appliance.domain import rules
from appliance.domain.passwords import Hasher
from appliance.domain.throttle import Slowdown, Throttle, network
from appliance.store import rooms
from appliance.store.database import Connection
from appliance.store.homes import Homes
from appliance.store.rooms import RoomRow

MADE_CHARS = 8  # 40 bits
CHOSEN_CHARS = (6, 16)
ALL_ADDRESSES = 12  # of all addresses together, this many times what one may


class Codes:
    """The doors of rooms that have one."""

    def __init__(
        self, homes: Homes, hasher: Hasher, throttle: Throttle, settings: Settings, clock: Clock
    ) -> None:
        self._homes = homes
        self._hasher = hasher
        self._throttle = throttle
        self._settings = settings
        self._slowdown = Slowdown(clock, settings.login_failures, settings.login_failure_minutes * 60)

    async def chosen(self, code: str | bool | None) -> str | None:
        """The code that somebody wishes for a room: a word of theirs, or (True, empty) one that is made."""
        if code is None or code is False:
            return None
        if code is True or not code.strip():
            return ids.code(MADE_CHARS)
        kept = ids.normal_code(code[:64])
        if not CHOSEN_CHARS[0] <= len(kept) <= CHOSEN_CHARS[1]:
            raise rules.bad("code", "length")
        if not set(kept) <= set(ids.CROCKFORD):
            raise rules.bad("code", "characters")
        if await self._find(kept) is not None:
            raise Refusal(Code.NAME_TAKEN, field="code")
        return kept

    async def hashed(self, password: str | None) -> str | None:
        """A room's password as it is kept; none is none."""
        return await self._hasher.hash(rules.room_password(password)) if password else None

    async def room(self, code: str, password: str | None, address: str) -> RoomRow:
        """The room that a code opens, its password checked. Wrong codes count for the address, wrong
        passwords for the room and the address.
        """
        here, everywhere = f"code:{network(address)}", "code"
        count = self._settings.codes_per_minute
        self._throttle.per_minute(here, count)
        self._throttle.per_minute(everywhere, count * ALL_ADDRESSES)
        row = await self._find(ids.normal_code(code[:64]))
        if row is None:
            raise Refusal(Code.BAD_CODE)
        self._throttle.give_back(here)
        self._throttle.give_back(everywhere)
        await self.check(row, password, address)
        return row

    async def check(self, row: RoomRow, password: str | None, address: str) -> None:
        """Refuses with `wrong_password`, at the same cost however wrong it is; a missing one is no guess."""
        if row.password is None:
            return
        if not password:
            raise Refusal(Code.WRONG_PASSWORD, reason="missing")
        self._slowdown.begin(row.id, address)
        try:
            verified = await self._hasher.verify(row.password, password)
        except Refusal:
            self._slowdown.forgive(row.id, address)  # nobody looked at it
            raise
        if not verified.ok:
            raise Refusal(Code.WRONG_PASSWORD)
        self._slowdown.succeeded(row.id, address)

    async def _find(self, code: str) -> RoomRow | None:
        def work(db: Connection) -> RoomRow | None:
            return rooms.by_code(db, code)

        return await self._homes.content.read(work) or await self._homes.ephemeral.read(work)
