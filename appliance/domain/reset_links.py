"""One-time links for a new password: an administrator makes one and hands it over; there is no mail here."""

from dataclasses import dataclass

from appliance.base import ids
from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.settings import Settings
from appliance.domain.events import Outcome
from appliance.domain.passwords import Hasher
from appliance.domain.sessions import Sessions
from appliance.domain.throttle import Throttle, network
from appliance.store import audit, links, users
from appliance.store.database import Connection, Database
from appliance.store.links import LinkRow
from appliance.store.users import UserRow

KIND = "reset"
TYPED_CHARS = 20  # 100 bits, for who copies them from one screen to another by hand
_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class ResetLink:
    """An address of this box; the secret is in the fragment, so no log and no server ever sees it."""

    row: LinkRow
    url: str


class ResetLinks:
    """Makes and uses them. Only the hash of a secret is stored."""

    def __init__(
        self,
        *,
        box: Database,
        hasher: Hasher,
        sessions: Sessions,
        throttle: Throttle,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._box = box
        self._hasher = hasher
        self._sessions = sessions
        self._throttle = throttle
        self._settings = settings
        self._clock = clock

    def make(self, user: str, *, typed: bool = False) -> ResetLink:
        """To be stored by `store` in the transaction of whoever decided it. `typed`: short enough to type."""
        secret = ids.grouped(ids.code(TYPED_CHARS)) if typed else ids.token()
        expires = self._clock.now() + self._settings.reset_link_hours * _HOUR
        row = LinkRow(ids.new_id("l"), KIND, user, ids.token_hash(secret), expires)
        return ResetLink(row, f"/reset#{secret}")

    def store(self, db: Connection, link: ResetLink) -> None:
        links.delete_over(db, self._clock.now())
        links.insert(db, link.row)

    async def use(self, token: str, password: str, address: str) -> Outcome[str]:
        """Sets the password and ends every session of the account; returns the user name to sign in with."""
        self._throttle.per_minute(f"reset:{network(address)}", self._settings.logins_per_minute)
        secret = ids.token_hash(_as_made(token))
        user = await self._box.read(lambda db: self._holder(db, secret))
        new_hash = await self._hasher.chosen(password, (user.username, user.name))
        now = self._clock.now()

        def work(db: Connection) -> tuple[str, list[str]]:
            holder = self._holder(db, secret)  # somebody else may have used it meanwhile
            links.delete_of_user(db, holder.id)
            users.change(db, holder.id, password_hash=new_hash)
            audit.write(db, now, (holder.id, holder.name), "reset_link_used", subject=holder.id)
            return holder.username, self._sessions.end(db, holder.id)

        username, ended = await self._box.write(work)
        return Outcome(username, self._sessions.ended(ended))

    def _holder(self, db: Connection, secret: bytes) -> UserRow:
        link = links.by_token(db, KIND, secret)
        user = users.by_id(db, link.user) if link and link.expires > self._clock.now() else None
        if user is None or user.disabled:
            raise Refusal(Code.BAD_CODE)
        return user


def _as_made(token: str) -> str:
    """A code that somebody typed, as it was shown; anything else as it is."""
    code = ids.normal_code(token[: 2 * TYPED_CHARS])
    return ids.grouped(code) if len(code) == TYPED_CHARS and len(token) <= 2 * TYPED_CHARS else token
