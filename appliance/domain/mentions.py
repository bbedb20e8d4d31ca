"""Finding who is named in a text by `@username`. Tells nobody."""

import re

from appliance.domain import rules
from appliance.domain.directory import Directory
from appliance.store import members
from appliance.store.database import Connection
from appliance.store.rooms import RoomRow

MOST = 50  # names in one message that count
_NAME = re.compile(r"(?<![\w@])@([\w.\-]{2,64})")


def keys(body: str) -> set[str]:
    """The names as they are compared. A sign at the end is a sign, not a part of the name."""
    if "@" not in body:
        return set()
    found: set[str] = set()
    for name in _NAME.findall(body):
        found.add(rules.username_key(name))
        found.add(rules.username_key(name.rstrip("._-")))
        if len(found) >= MOST:
            break
    return found


def named(db: Connection, room: RoomRow, body: str, directory: Directory) -> list[str]:
    """The members of a room who are named, by id."""
    people = [one for key in keys(body) if (one := directory.called(key)) and not one.disabled]
    return sorted(one.id for one in people if room.everyone or members.find(db, room.id, one.id))
