"""How far people have received and read: told to a room merged, and never of those who switched it off.

Says what to tell; how often is the caller's.
"""

from collections.abc import Collection

from msgspec import Struct, field

from appliance.base.errors import Refusal
from appliance.domain.directory import Directory
from appliance.domain.events import Event, Frame, Happened, in_room
from appliance.store import members, rooms
from appliance.store.database import Connection
from appliance.store.homes import Homes
from appliance.store.members import MemberRow

MOST_NAMED = 30  # members: in larger rooms only numbers are told


class Receipt(Struct, frozen=True):
    """Everything up to these."""

    user: str
    delivered: int
    read: int


class Counts(Struct, frozen=True):
    """How many of how many members have received and read the newest message, which was `seq` then."""

    seq: int
    delivered: int
    read: int
    members: int


class Receipts(Frame, tag="receipts", frozen=True, kw_only=True):
    """`items` are those whose marks moved; `counts` stands instead in large rooms."""

    room: str
    items: list[Receipt] = field(default_factory=list)
    counts: Counts | None = None


class ReadingMarks:
    """The marks of all rooms, as others may know of them."""

    def __init__(self, homes: Homes, directory: Directory) -> None:
        self._homes = homes
        self._directory = directory

    async def moved(self, room: str, users: Collection[str]) -> list[Event]:
        """What a room is told when the marks of these have moved."""
        try:
            frame = await self._homes.of(room).read(lambda db: self._frame(db, room, users))
        except Refusal:
            return []  # the box stops; the next snapshot has it all
        return [Happened(frame, in_room(room), volatile=True)] if frame else []

    def _frame(self, db: Connection, room: str, users: Collection[str]) -> Receipts | None:
        row = rooms.find(db, room)
        if row is None:
            return None
        if members.count(db, room) > MOST_NAMED:
            shown = [one for one in members.of_room(db, room) if shows(self._directory, one.user)]
            return Receipts(room=room, counts=_counted(row.head, shown))
        found = [members.find(db, room, user) for user in sorted(users) if shows(self._directory, user)]
        items = [Receipt(one.user, one.delivered, one.read) for one in found if one]
        return Receipts(room=room, items=items) if items else None


def shows(directory: Directory, user: str) -> bool:
    """Whether others may know what somebody has read. Guests have no such switch."""
    person = directory.get(user)
    return person is None or person.receipts


def _counted(head: int, shown: list[MemberRow]) -> Counts:
    received = sum(one.delivered >= head for one in shown)
    return Counts(head, received, sum(one.read >= head for one in shown), len(shown))
