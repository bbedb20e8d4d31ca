"""Who is this: opaque tokens of 256 bits, stored hashed, with a cache in front of the table.

Two kinds: a cookie ends when it is not used for some hours; a bearer token is short-lived and comes with a
refresh token that changes at each use. Must not check passwords, and knows no wire.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from appliance.base import ids
from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.settings import Settings
from appliance.domain import policy
from appliance.domain.actor import Actor
from appliance.domain.directory import Directory, Person
from appliance.domain.events import Event, Outcome, SessionsEnded
from appliance.domain.guest_book import GuestBook
from appliance.domain.policy import Action
from appliance.domain.throttle import Throttle, network
from appliance.store import sessions as rows
from appliance.store.database import Connection, Database
from appliance.store.sessions import SessionRow

Kind = Literal["cookie", "bearer"]
TOKEN_CHARS = 43
CACHED = 2048
SEEN_MS = 60_000
CLIENT_CHARS = 200
_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000


@dataclass(frozen=True, slots=True)
class Issued:
    """The secrets of a session, told once. `expires_in` is of the access token (or cookie), in seconds."""

    row: SessionRow
    access_token: str
    refresh_token: str | None
    expires_in: int
    seen: Sequence[tuple[str, int]] = ()  # uses of others, written before what is over is removed


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a sign-in gives: who it is, and the secrets."""

    actor: Actor
    session: str
    access_token: str
    refresh_token: str | None
    expires_in: int

    @classmethod
    def of(cls, person: Person, issued: Issued) -> "SignedIn":
        actor = person.actor(issued.row.id)
        return cls(actor, issued.row.id, issued.access_token, issued.refresh_token, issued.expires_in)


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as its owner sees it."""

    id: str
    kind: str
    client: str
    address: str
    created: int
    seen: int
    current: bool


class Sessions:
    """Every end of a session goes through here, so that the cache and the sockets hear of it."""

    def __init__(
        self,
        box: Database,
        directory: Directory,
        throttle: Throttle,
        settings: Settings,
        clock: Clock,
        *,
        guests: GuestBook | None = None,
    ) -> None:
        self._guests = guests
        self._box = box
        self._directory = directory
        self._throttle = throttle
        self._settings = settings
        self._clock = clock
        self._by_token: OrderedDict[bytes, SessionRow] = OrderedDict()
        self._token_of: dict[str, bytes] = {}
        self._ended = 0  # rises with every end, so that a row read before it is not cached after it
        self._seen: dict[str, int] = {}  # last uses since the start, so newer than the table
        self._unwritten: set[str] = set()
        self._seen_written = clock.monotonic()
        box.write_now(lambda db: rows.delete_over(db, *self._over()))

    async def actor_for(self, token: str) -> Actor | None:
        """Who holds this token, or None. Notes the use."""
        if len(token) != TOKEN_CHARS or not token.isascii():
            return None
        token_hash = ids.token_hash(token)
        if self._guests is not None and (guest := self._guests.holder(token_hash)):
            return guest
        row = await self._find(token_hash)
        if row is None or self._clock.now() >= row.token_expires:
            return None
        return await self._used(row)

    async def still(self, session: str) -> Actor | None:
        """Who holds this session, asked again by an open connection: its token may be spent meanwhile."""
        if self._guests is not None and (guest := self._guests.still(session)):
            return guest
        token_hash = self._token_of.get(session)
        cached = self._by_token.get(token_hash) if token_hash else None
        row = cached or await self._box.read(lambda db: rows.by_id(db, session))
        return None if row is None else await self._used(row)

    def issue(self, user: str, kind: Kind, address: str, client: str) -> Issued:
        """A new session, to be stored by `begin` in the caller's transaction."""
        now = self._clock.now()
        token, refresh = ids.token(), ids.token() if kind == "bearer" else None
        expires = now + self._settings.session_days * _DAY
        until = min(expires, now + self._settings.access_token_minutes * _MINUTE) if refresh else expires
        row = SessionRow(
            id=ids.new_id("s"),
            user=user,
            kind=kind,
            token_hash=ids.token_hash(token),
            refresh_hash=ids.token_hash(refresh) if refresh else None,
            spent_hash=None,
            created=now,
            seen=now,
            token_expires=until,
            expires=expires,
            client=client[:CLIENT_CHARS],
            address=address,
        )
        return Issued(row, token, refresh, (until - now) // 1000, self._take_seen())

    def begin(self, db: Connection, issued: Issued) -> list[str]:
        """Stores a session; returns those that it pushed out: the ended, and one's own beyond the limit."""
        rows.saw(db, issued.seen)
        over = rows.delete_over(db, *self._over())
        mine = rows.of_user(db, issued.row.user)
        for old in mine[self._settings.sessions_per_person - 1 :]:
            rows.delete(db, old.id)
            over.append(old.id)
        rows.insert(db, issued.row)
        return over

    def end(self, db: Connection, user: str, keep: str | None = None) -> list[str]:
        """Deletes all of somebody's sessions (but `keep`) in the caller's transaction, for `ended`."""
        return rows.delete_of_user(db, user, keep)

    async def refresh(self, refresh_token: str, address: str) -> Outcome[Issued | None]:
        """New secrets for old. A refresh token that was used before ends its session: somebody stole it."""
        self._throttle.per_minute(f"refresh:{network(address)}", 2 * self._settings.logins_per_minute)
        old = ids.token_hash(refresh_token[: 2 * TOKEN_CHARS])
        fresh = self.issue("", "bearer", address, "")
        now = self._clock.now()

        def work(db: Connection) -> tuple[SessionRow | None, list[str]]:
            rows.saw(db, fresh.seen)
            row = rows.by_refresh(db, old)
            if row is None:
                stolen = rows.by_spent(db, old)
                return None, [stolen.id] if stolen and rows.delete(db, stolen.id) else []
            if now >= row.expires:
                return None, []
            new = replace(
                row,
                token_hash=fresh.row.token_hash,
                refresh_hash=fresh.row.refresh_hash,
                spent_hash=old,
                token_expires=min(row.expires, fresh.row.token_expires),
                seen=now,
                address=address,
            )
            rows.rotate(db, new)
            return new, []

        row, ended = await self._box.write(work)
        if row is None or self._directory.able(row.user) is None:
            return Outcome(None, self.ended(ended))
        self._forget(row.id)
        left = (row.token_expires - now) // 1000
        return Outcome(Issued(row, fresh.access_token, fresh.refresh_token, left))

    async def of(self, actor: Actor) -> list[SessionView]:
        """One's own, the newest use first."""
        policy.require(actor, Action.OWN_SESSIONS)
        found = await self._box.read(lambda db: rows.of_user(db, actor.id))
        views = [
            SessionView(
                row.id,
                row.kind,
                row.client,
                row.address,
                row.created,
                self._last_use(row),
                row.id == actor.session,
            )
            for row in found
            if not self._is_over(row)
        ]
        return sorted(views, key=lambda view: -view.seen)

    async def revoke(self, actor: Actor, session: str) -> Outcome[None]:
        """Ends one of one's own; somebody else's is not found."""
        policy.require(actor, Action.OWN_SESSIONS)

        def work(db: Connection) -> list[str]:
            row = rows.by_id(db, session)
            if row is None or row.user != actor.id:
                raise Refusal(Code.NOT_FOUND)
            rows.delete(db, session)
            return [session]

        return Outcome(None, self.ended(await self._box.write(work)))

    def ended(self, sessions: Iterable[str]) -> tuple[Event, ...]:
        """To be called after the commit that deleted them: forgets them and tells the sockets."""
        gone = frozenset(sessions)
        self._ended += 1
        for session in gone:
            self._forget(session)
            self._seen.pop(session, None)
            self._unwritten.discard(session)
        return (SessionsEnded(gone),) if gone else ()

    def close(self) -> None:
        """Writes down the last uses that are not in the table yet."""
        seen = self._take_seen()
        with suppress(Refusal):  # a full disk does not keep a box from stopping
            self._box.write_now(lambda db: rows.saw(db, seen))

    async def _find(self, token_hash: bytes) -> SessionRow | None:
        row = self._by_token.get(token_hash)
        if row is not None:
            self._by_token.move_to_end(token_hash)
            return row
        before = self._ended
        row = await self._box.read(lambda db: rows.by_token(db, token_hash))
        if row is not None and before == self._ended:
            self._by_token[token_hash] = row
            self._token_of[row.id] = token_hash
            if len(self._by_token) > CACHED:
                _, oldest = self._by_token.popitem(last=False)
                self._token_of.pop(oldest.id, None)
        return row

    async def _used(self, row: SessionRow) -> Actor | None:
        person = self._directory.able(row.user)
        if person is None or self._is_over(row):
            return None
        now = self._clock.now()
        if now - self._last_use(row) >= SEEN_MS:
            self._seen[row.id] = now
            self._unwritten.add(row.id)
        if self._unwritten and self._clock.monotonic() - self._seen_written >= SEEN_MS / 1000:
            seen = self._take_seen()
            self._box.later(lambda db: rows.saw(db, seen))
        return person.actor(row.id)

    def _take_seen(self) -> list[tuple[str, int]]:
        seen = [(session, self._seen[session]) for session in self._unwritten]
        self._unwritten.clear()
        self._seen_written = self._clock.monotonic()
        return seen

    def _last_use(self, row: SessionRow) -> int:
        return max(row.seen, self._seen.get(row.id, 0))

    def _forget(self, session: str) -> None:
        self._ended += 1
        token_hash = self._token_of.pop(session, None)
        if token_hash is not None:
            self._by_token.pop(token_hash, None)

    def _over(self) -> tuple[int, int]:
        now = self._clock.now()
        return now, now - self._settings.session_idle_hours * _HOUR

    def _is_over(self, row: SessionRow) -> bool:
        now, idle_since = self._over()
        return now >= row.expires or (row.kind == "cookie" and self._last_use(row) <= idle_since)
