"""The directory: who has an account here, for everybody signed in. Shows names, never roles or states."""

from msgspec import Struct

from appliance.domain import cursors, rules
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
        wanted, last = searchable(q.strip()), cursors.read(after, tuple[int, str, str]) if after else None
        able = [person for person in self._directory if not person.disabled]
        placed = [(place, one) for one in able if (place := _found(one, wanted))]
        found = sorted([one for one in placed if last is None or one[0] > last], key=_place_of)
        shown = found[:limit]
        items = [PersonView(one.id, one.username, one.name) for _, one in shown]
        return PeoplePage(items, cursors.written(shown[-1][0]) if len(found) > limit else None)


def _found(person: Person, wanted: str) -> _Place | None:
    name, username = searchable(person.name), searchable(person.username)
    wanted = wanted.removeprefix("@")
    if not (wanted in name or wanted in username):
        return None
    begins = f" {name}".find(f" {wanted}") >= 0 or username.startswith(wanted)
    return (0 if begins else 1, name, person.id)


def _place_of(one: tuple[_Place, Person]) -> _Place:
    return one[0]
