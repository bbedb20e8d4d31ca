"""The directory: who has an account here, for everybody signed in. Shows names, never roles or states."""

import base64
import binascii
import json

from msgspec import Struct

from appliance.domain import rules
from appliance.domain.actor import Actor
from appliance.domain.directory import Directory, Person
from appliance.domain.file_list import searchable
from appliance.domain.policy import Action, require

MOST_CHARS = 100
# Whether one of their words begins so, the name as it is sorted, the id: unlike for everybody.
_Place = tuple[int, str, str]


class PersonView(Struct, frozen=True):
    """Somebody whom one can write to."""

    id: str
    username: str
    name: str


class PeoplePage(Struct, frozen=True):
    """Some people, and the cursor of those after them."""

    items: list[PersonView]
    next: str | None


class People:
    """Looks in the memory of the directory; nothing is read from the store."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def page(self, actor: Actor, q: str, after: str, limit: int) -> PeoplePage:
        """Those with `q` in their name or user name, first those with a word that begins so."""
        require(actor, Action.SEE_PEOPLE)
        if len(q) > MOST_CHARS:
            raise rules.bad("q", "long")
        wanted, last = searchable(q.strip()), _place(after) if after else None
        able = [person for person in self._directory if not person.disabled]
        placed = [(place, one) for one in able if (place := _found(one, wanted))]
        found = sorted([one for one in placed if last is None or one[0] > last], key=_place_of)
        shown = found[:limit]
        items = [PersonView(one.id, one.username, one.name) for _, one in shown]
        return PeoplePage(items, _cursor(shown[-1][0]) if len(found) > limit else None)


def _found(person: Person, wanted: str) -> _Place | None:
    name, username = searchable(person.name), searchable(person.username)
    wanted = wanted.removeprefix("@")
    if not (wanted in name or wanted in username):
        return None
    begins = f" {name}".find(f" {wanted}") >= 0 or username.startswith(wanted)
    return (0 if begins else 1, name, person.id)


def _place_of(one: tuple[_Place, Person]) -> _Place:
    return one[0]


def _cursor(place: _Place) -> str:
    text = json.dumps(place, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(cursor: str) -> _Place:
    try:
        begins, name, person = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(begins, int) and isinstance(name, str) and isinstance(person, str):
            return begins, name, person
    except (ValueError, TypeError, RecursionError, binascii.Error):
        pass
    raise rules.bad("after", "cursor")
