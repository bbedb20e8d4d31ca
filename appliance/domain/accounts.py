"""Signing in and out, and the one place that holds what else concerns accounts.

Whatever is wrong (nobody of that name, disabled, no password yet, the wrong one) has one answer and one cost.
"""

from appliance.base import log
from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.settings import Settings
from appliance.domain import rules
from appliance.domain.actor import Actor
from appliance.domain.administration import Administration
from appliance.domain.attempts import Attempts
from appliance.domain.directory import Directory, Person
from appliance.domain.events import Outcome
from appliance.domain.passwords import Hasher
from appliance.domain.profile import Profile
from appliance.domain.registration import Registration
from appliance.domain.reset_links import ResetLinks
from appliance.domain.ripples import Ripples
from appliance.domain.sessions import Kind, Sessions, SignedIn
from appliance.domain.throttle import Throttle
from appliance.store import audit, users
from appliance.store.database import Connection, Database

_log = log.logger("accounts")


class Accounts:
    """The sign-in; `administration`, `profile`, `reset_links` and `registration` are what else one does."""

    def __init__(
        self,
        *,
        box: Database,
        hasher: Hasher,
        directory: Directory,
        sessions: Sessions,
        throttle: Throttle,
        settings: Settings,
        clock: Clock,
        ripples: Ripples | None = None,
    ) -> None:
        self._box = box
        self._sessions = sessions
        self._directory = directory
        self._clock = clock
        self._attempts = Attempts(hasher, throttle, settings, clock)
        self.reset_links = ResetLinks(
            box=box, hasher=hasher, sessions=sessions, throttle=throttle, settings=settings, clock=clock
        )
        self.administration = Administration(
            box=box,
            hasher=hasher,
            directory=directory,
            sessions=sessions,
            reset_links=self.reset_links,
            clock=clock,
            ripples=ripples,
        )
        self.profile = Profile(
            box=box,
            hasher=hasher,
            directory=directory,
            sessions=sessions,
            attempts=self._attempts,
            clock=clock,
            ripples=ripples,
        )
        self.registration = Registration(
            box=box, hasher=hasher, directory=directory, throttle=throttle, settings=settings, clock=clock
        )

    async def sign_in(
        self, username: str, password: str, *, kind: Kind, address: str, client: str
    ) -> Outcome[SignedIn]:
        """A session for whoever knows the password; `unauthorized` for everybody else."""
        key = rules.username_key(username)
        self._attempts.knock(key, address)
        found = await self._box.read(lambda db: users.by_key(db, key))
        stored = found.password_hash if found and not found.disabled else None
        verified = await self._attempts.fits(key, stored, password, address)
        if found is None or not verified.ok:
            # A name that nobody has may be a password in the wrong field: it is not written down.
            _log.info("sign-in refused: %s from %s", found.username if found else "nobody", address)
            raise Refusal(Code.UNAUTHORIZED)
        issued = self._sessions.issue(found.id, kind, address, client)
        now = self._clock.now()

        def work(db: Connection) -> tuple[Person, list[str]]:
            row = users.by_id(db, found.id)
            if row is None or row.disabled:
                raise Refusal(Code.UNAUTHORIZED)
            if row.password_hash != found.password_hash:  # changed a moment ago: ask again
                raise Refusal(Code.BUSY, retry_ms=1000)
            if verified.rehash:
                users.change(db, row.id, password_hash=verified.rehash)
            audit.write(db, now, (row.id, row.name), "sign_in", subject=row.id, detail={"from": address})
            return Person.of(row), self._sessions.begin(db, issued)

        person, over = await self._box.write(work)
        _log.info("sign-in: %s from %s", person.username, address)
        return Outcome(SignedIn.of(person, issued), self._sessions.ended(over))

    async def refresh(self, refresh_token: str, address: str) -> Outcome[SignedIn | None]:
        """New secrets for old. None is "unauthorized"; there may be something to tell all the same."""
        outcome = await self._sessions.refresh(refresh_token, address)
        issued = outcome.value
        person = self._directory.able(issued.row.user) if issued else None
        if issued is None or person is None:
            return Outcome(None, outcome.events)
        return Outcome(SignedIn.of(person, issued), outcome.events)

    async def sign_out(self, actor: Actor) -> Outcome[None]:
        return await self._sessions.revoke(actor, actor.session)

    async def check_password(self, actor: Actor, password: str, address: str) -> None:
        """Asks for one's own password again, before what cannot be undone: refuses with `wrong_password`."""
        await self.profile.check_password(actor, password, address)
