"""What administrators do with accounts. The last one who can sign in is never removed, demoted, disabled."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from appliance.base import log
from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.domain import policy, rules
from appliance.domain.actor import BOX, Actor, Role
from appliance.domain.directory import Directory, Person
from appliance.domain.events import Event, Outcome
from appliance.domain.newcomer import newcomer
from appliance.domain.passwords import Hasher
from appliance.domain.policy import Action
from appliance.domain.reset_links import KIND, ResetLinks
from appliance.domain.ripples import Ripples
from appliance.domain.sessions import Sessions
from appliance.store import audit, decisions, links, users
from appliance.store.database import Connection, Database
from appliance.store.decisions import Decision, Kind
from appliance.store.users import UserRow

PAGE = 100
_log = log.logger("accounts")


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as administrators see it. `link_expires`: a one-time link is out until then."""

    id: str
    username: str
    name: str
    role: Role
    disabled: bool
    created: int
    has_password: bool
    link_expires: int | None = None

    @classmethod
    def of(cls, row: UserRow, link_expires: int | None = None) -> "AccountView":
        return cls(
            row.id,
            row.username,
            row.name,
            Role(row.role),
            row.disabled,
            row.created,
            row.password_hash is not None,
            link_expires,
        )


@dataclass(frozen=True, slots=True)
class Created:
    account: AccountView
    reset_link: str | None


class Administration:
    """Every method asks the policy first, and once more in its transaction."""

    def __init__(
        self,
        *,
        box: Database,
        hasher: Hasher,
        directory: Directory,
        sessions: Sessions,
        reset_links: ResetLinks,
        clock: Clock,
        ripples: Ripples | None = None,
    ) -> None:
        self._ripples = ripples
        self._box = box
        self._hasher = hasher
        self._directory = directory
        self._sessions = sessions
        self._links = reset_links
        self._clock = clock

    async def page(
        self, actor: Actor, after: str = "", limit: int = PAGE
    ) -> tuple[list[AccountView], str | None]:
        """Accounts in the order of their user names, and the cursor of the next page."""
        policy.require(actor, Action.MANAGE_ACCOUNTS)
        key, count = _key(after), max(1, min(limit, PAGE))
        now = self._clock.now()

        def work(db: Connection) -> tuple[list[UserRow], dict[str, int]]:
            return users.page(db, count + 1, key), links.pending(db, KIND, now)

        rows, pending = await self._box.read(work)
        views = [AccountView.of(row, pending.get(row.id)) for row in rows[:count]]
        return views, _cursor(rows[count - 1].username_key) if len(rows) > count else None

    async def create(
        self, actor: Actor, username: str, role: Role, name: str = "", password: str | None = None
    ) -> Outcome[Created]:
        """A new account; without a password it gets a one-time link to choose one."""
        policy.require(actor, Action.MANAGE_ACCOUNTS)
        wish = newcomer(username, name, role)
        password_hash = None
        if password is not None:
            password_hash = await self._hasher.chosen(password, wish.about)
        row = wish.row(password_hash, self._clock.now())
        link = self._links.make(row.id) if password is None else None

        def work(db: Connection) -> None:
            if not users.insert(db, row):
                raise Refusal(Code.NAME_TAKEN)
            if link:
                self._links.store(db, link)
            self._note(db, actor, "account_created", row, {"role": row.role})

        await self._box.write(work)
        self._directory.put(Person.of(row))
        view = AccountView.of(row, link.row.expires if link else None)
        return Outcome(Created(view, link.url if link else None))

    async def change(
        self,
        actor: Actor,
        user: str,
        *,
        username: str | None = None,
        name: str | None = None,
        role: Role | None = None,
        disabled: bool | None = None,
    ) -> Outcome[AccountView]:
        """Changes what is given. Another role and being disabled end the account's sessions."""
        policy.require(actor, Action.MANAGE_ACCOUNTS)
        wanted: dict[str, Any] = {}
        if username is not None:
            wanted["username"] = rules.username(username)
            wanted["username_key"] = rules.username_key(username)
        if name is not None:
            wanted["name"] = rules.person_name(name)
        if role is not None:
            if role is Role.GUEST:
                raise rules.bad("role", "unknown")
            wanted["role"] = role.value
        if disabled is not None:
            wanted["disabled"] = disabled

        def work(db: Connection) -> tuple[UserRow, list[str]]:
            before = _found(db, user)
            values = {key: value for key, value in wanted.items() if getattr(before, key) != value}
            if not values:
                return before, []
            self._no_namesake(db, before, values)
            users.change(db, user, **values)
            ended = []
            if "role" in values or "disabled" in values:
                ended = self._sessions.end(db, user)
                _somebody_left(db, before)
            if values.get("disabled"):
                links.delete_of_user(db, user)
            elif "disabled" in values:
                decisions.withdraw(db, Kind.BAN, user)
            told = {key: value for key, value in values.items() if key != "username_key"}
            self._note(db, actor, "account_changed", before, told)
            return _found(db, user), ended

        named = self._directory.name(user)
        row, ended = await self._box.write(work)
        self._directory.put(Person.of(row))
        told: list[Event] = [*self._sessions.ended(ended)]
        if self._ripples is not None and row.name != named:
            told += await self._ripples.renamed(user, row.name)
        return Outcome(AccountView.of(row), told)

    async def delete(self, actor: Actor, user: str) -> Outcome[None]:
        """For good: the decision is remembered, so that no snapshot brings the person back."""
        policy.require(actor, Action.MANAGE_ACCOUNTS)
        now = self._clock.now()

        def work(db: Connection) -> list[str]:
            before = _found(db, user)
            ended = self._sessions.end(db, user)
            users.delete(db, user)
            _somebody_left(db, before)
            decisions.record(db, Decision(Kind.ACCOUNT_GONE, user, actor.id, now))
            self._note(db, actor, "account_deleted", before, {"username": before.username})
            return ended

        ended = await self._box.write(work)
        told: list[Event] = [*self._sessions.ended(ended)]
        try:
            told += await self._ripples.gone(user) if self._ripples is not None else []
        except Refusal as refusal:  # a full disk; the next boot takes them out of their rooms
            _log.warning("%s stays in the lists of rooms for now: %s", user, refusal)
        self._directory.drop(user)
        return Outcome(None, told)

    async def reset_link(self, actor: Actor, user: str, *, typed: bool = False) -> str:
        """A one-time address for a new password; the one before it stops working, the password does not.

        `typed`: one that a person can copy by hand.
        """
        policy.require(actor, Action.MANAGE_ACCOUNTS)
        link = self._links.make(user, typed=typed)

        def work(db: Connection) -> None:
            row = _found(db, user)
            if row.disabled:
                raise Refusal(Code.CONFLICT, reason="disabled")
            self._links.store(db, link)
            self._note(db, actor, "reset_link_made", row, {})

        await self._box.write(work)
        return link.url

    async def set_password(self, actor: Actor, username: str, password: str) -> Outcome[AccountView]:
        """For the command line: a new password at once; ends the account's sessions."""
        policy.require(actor, Action.MANAGE_ACCOUNTS)
        key = rules.username_key(username)
        row = await self._box.read(lambda db: users.by_key(db, key))
        if row is None:
            raise Refusal(Code.NOT_FOUND, reason="account")
        password_hash = await self._hasher.chosen(password, (row.username, row.name))

        def work(db: Connection) -> tuple[UserRow, list[str]]:
            users.change(db, row.id, password_hash=password_hash)
            links.delete_of_user(db, row.id)
            self._note(db, actor, "password_set", row, {})
            return _found(db, row.id), self._sessions.end(db, row.id)

        after, ended = await self._box.write(work)
        return Outcome(AccountView.of(after), self._sessions.ended(ended))

    def _note(
        self, db: Connection, actor: Actor, action: str, subject: UserRow, detail: dict[str, Any]
    ) -> None:
        """Writes the deed down, unless whoever does it stopped being an administrator a moment ago."""
        if actor != BOX:
            doer = users.by_id(db, actor.id) if actor.id != subject.id else subject
            if doer is None or doer.disabled or doer.role != actor.role:
                raise Refusal(Code.FORBIDDEN, action=Action.MANAGE_ACCOUNTS.value)
        at = self._clock.now()
        audit.write(db, at, (actor.id, actor.name), action, subject=subject.id, detail=detail)

    @staticmethod
    def _no_namesake(db: Connection, before: UserRow, values: dict[str, Any]) -> None:
        other = users.by_key(db, values["username_key"]) if "username_key" in values else None
        if other is not None and other.id != before.id:
            raise Refusal(Code.NAME_TAKEN)


def _found(db: Connection, user: str) -> UserRow:
    row = users.by_id(db, user)
    if row is None:
        raise Refusal(Code.NOT_FOUND)
    return row


def _somebody_left(db: Connection, before: UserRow) -> None:
    """Looks after the change, so that of two at once the second sees what the first did."""
    if before.role == Role.ADMINISTRATOR and users.able(db, Role.ADMINISTRATOR.value) == 0:
        raise Refusal(Code.LAST_ADMINISTRATOR)


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _key(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        raise rules.bad("after", "unknown") from None
