"""Everybody with an account, in memory: names and roles are asked for on every request and every message.

Only mirrors box.db: whoever changes an account tells it afterwards. Of guests it knows the names alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from appliance.domain.actor import Actor, Role
from appliance.store import users
from appliance.store.database import Database
from appliance.store.users import UserRow


@dataclass(frozen=True, slots=True)
class Person:
    """What the rest of the box needs to know of an account. `key`: the username as names are compared."""

    id: str
    username: str
    key: str
    name: str
    role: Role
    language: str
    disabled: bool
    receipts: bool = True

    @classmethod
    def of(cls, row: UserRow) -> "Person":
        return cls(
            row.id,
            row.username,
            row.username_key,
            row.name,
            Role(row.role),
            row.language,
            row.disabled,
            row.receipts,
        )

    def actor(self, session: str) -> Actor:
        return Actor(self.id, self.username, self.name, self.role, session)


class Directory:
    """id -> person, read once at the start."""

    def __init__(self, box: Database) -> None:
        self._people = {row.id: Person.of(row) for row in box.read_now(users.everyone)}
        self._by_key = {person.key: person for person in self._people.values()}
        self._guests: dict[str, str] = {}

    def get(self, user: str) -> Person | None:
        return self._people.get(user)

    def able(self, user: str) -> Person | None:
        """The person, if the account is there and not disabled."""
        person = self._people.get(user)
        return None if person is None or person.disabled else person

    def called(self, key: str) -> Person | None:
        """Who has this username; `key` is what `rules.username_key` makes of it."""
        return self._by_key.get(key)

    def name(self, user: str, fallback: str = "") -> str:
        """The name of today; `fallback` is the one that was written down, for those who are gone."""
        person = self._people.get(user)
        return person.name if person else self._guests.get(user, fallback)

    def knows(self, user: str) -> bool:
        """Whether it is an account, or a guest who is in."""
        return user in self._people or user in self._guests

    def call_guest(self, guest: str, name: str) -> None:
        self._guests[guest] = name

    def forget_guest(self, guest: str) -> None:
        self._guests.pop(guest, None)

    def role(self, user: str) -> Role | None:
        person = self._people.get(user)
        return person.role if person else None

    def administrators(self) -> frozenset[str]:
        """Those who can act: not the disabled ones."""
        return frozenset(p.id for p in self if p.role is Role.ADMINISTRATOR and not p.disabled)

    def put(self, person: Person) -> None:
        before = self._people.get(person.id)
        self._people[person.id] = self._by_key[person.key] = person
        self._forget_name(before)

    def drop(self, user: str) -> None:
        self._forget_name(self._people.pop(user, None))

    def _forget_name(self, person: Person | None) -> None:
        """Of somebody who is gone or called otherwise, unless it is another's by now."""
        if person is not None and self._by_key.get(person.key) is person:
            del self._by_key[person.key]

    def __iter__(self) -> Iterator[Person]:
        return iter(list(self._people.values()))

    def __len__(self) -> int:
        return len(self._people)
