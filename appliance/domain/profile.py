"""One's own account: name, language, password. Must not touch anybody else's."""

from typing import Any

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.domain import policy, rules
from appliance.domain.actor import Actor
from appliance.domain.attempts import Attempts
from appliance.domain.directory import Directory, Person
from appliance.domain.events import Event, Outcome
from appliance.domain.passwords import Hasher
from appliance.domain.policy import Action
from appliance.domain.ripples import Ripples
from appliance.domain.sessions import Sessions
from appliance.store import audit, links, users
from appliance.store.database import Connection, Database


class Profile:
    """What everybody may change of themselves."""

    def __init__(
        self,
        *,
        box: Database,
        hasher: Hasher,
        directory: Directory,
        sessions: Sessions,
        attempts: Attempts,
        clock: Clock,
        ripples: Ripples | None = None,
    ) -> None:
        self._ripples = ripples
        self._box = box
        self._hasher = hasher
        self._directory = directory
        self._sessions = sessions
        self._attempts = attempts
        self._clock = clock

    def me(self, actor: Actor) -> Person:
        """Oneself, as the box knows it now."""
        person = self._directory.able(actor.id)
        if person is None:
            raise Refusal(Code.UNAUTHORIZED)
        return person

    async def change(
        self,
        actor: Actor,
        *,
        name: str | None = None,
        language: str | None = None,
        receipts: bool | None = None,
        password: str | None = None,
        old_password: str = "",
        address: str = "",
    ) -> Outcome[Person]:
        """Changes what is given. A new password needs the old one, and ends one's other sessions."""
        policy.require(actor, Action.CHANGE_OWN_PROFILE)
        values: dict[str, Any] = {}
        if name is not None:
            values["name"] = rules.person_name(name)
        if language is not None:
            values["language"] = rules.language(language)
        if receipts is not None:
            values["receipts"] = receipts
        if password is not None:
            person = self.me(actor)
            about = (person.username, values.get("name", person.name))
            self._hasher.accept(password, about)
            await self.check_password(actor, old_password, address)
            values["password_hash"] = await self._hasher.hash(password)
        if not values:
            return Outcome(self.me(actor))
        now = self._clock.now()

        def work(db: Connection) -> tuple[Person, list[str]]:
            ended: list[str] = []
            if "password_hash" in values:
                ended = self._sessions.end(db, actor.id, keep=actor.session)
                links.delete_of_user(db, actor.id)
                audit.write(db, now, (actor.id, actor.name), "own_password", subject=actor.id)
            users.change(db, actor.id, **values)
            row = users.by_id(db, actor.id)
            if row is None:
                raise Refusal(Code.UNAUTHORIZED)
            return Person.of(row), ended

        named = self._directory.name(actor.id)
        person, ended = await self._box.write(work)
        self._directory.put(person)
        told: list[Event] = [*self._sessions.ended(ended)]
        if self._ripples is not None and person.name != named:
            told += await self._ripples.renamed(person.id, person.name)
        return Outcome(person, told)

    async def check_password(self, actor: Actor, password: str, address: str) -> None:
        """Counted as a sign-in is, so that an open session is no way to guess; refuses `wrong_password`."""
        key = rules.username_key(actor.username)
        self._attempts.knock(key, address)
        row = await self._box.read(lambda db: users.by_id(db, actor.id))
        verified = await self._attempts.fits(key, row.password_hash if row else None, password, address)
        if not verified.ok:
            raise Refusal(Code.WRONG_PASSWORD)
