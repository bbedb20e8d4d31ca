"""Differences as administrators get them. What is in a closed room is a number and nothing else."""

from collections.abc import Mapping, Sequence

from msgspec import Struct, convert, field

from appliance.domain.directory import Directory
from appliance.domain.events import Who
from appliance.store.snapshot.contrast import Count, Found, RoomFound

ITEMS = ("files", "messages", "members")  # of which there are pages; of rooms too, whole


class Sum(Struct, frozen=True, kw_only=True):
    """How many. `bytes`: of the files that were added. `hidden`: how many of all are in rooms that are not
    open to everybody, and so in no list.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    bytes: int = 0
    hidden: int = 0


class Summary(Struct, frozen=True, kw_only=True):
    """By kind. A room counts as changed when anything in it did."""

    files: Sum
    messages: Sum
    rooms: Sum
    members: Sum


class Item(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One difference. `at`: when it came (ms), for display. A closed room has no `name`.

    Of a room: `itself` when not only what is in it differs; `messages` and `members` say how much does.
    """

    kind: str
    change: str
    id: str
    name: str | None = None
    excerpt: str | None = None
    room: str | None = None
    room_name: str | None = None
    room_kind: str | None = None
    seq: int | None = None
    owner: Who | None = None
    role: str | None = None
    bytes: int | None = None
    itself: bool | None = None
    messages: Sum | None = None
    members: Sum | None = None
    at: int


class Difference(Struct, frozen=True):
    """What `to` (null: what there is now) has otherwise than `since` (null: than what a box begins with)."""

    since: int | None = field(name="from")
    to: int | None
    summary: Summary
    items: list[Item]
    next: str | None


def summary(files: Count, rooms: Sequence[RoomFound]) -> Summary:
    """Rooms bring the messages and members with them."""
    said, who, themselves = Count(), Count(), Count()
    for room in rooms:
        themselves.add(room.change, 1)
        for total, count in ((said, room.messages), (who, room.members)):
            for change in ("added", "changed", "removed"):
                total.add(change, getattr(count, change))
            total.hidden += 0 if room.open else count.all
        themselves.hidden += not room.open
    return Summary(files=_sum(files), messages=_sum(said), rooms=_sum(themselves), members=_sum(who))


def found_item(kind: str, found: Found, rooms: Mapping[str, str], directory: Directory) -> Item:
    """A file, a message of an open room, or who is in one."""
    person = Who(found.person, directory.name(found.person, found.person_name))
    return Item(
        kind=kind,
        change=found.change,
        id=found.id,
        name=person.name if kind == "members" else found.text if kind == "files" else None,
        excerpt=found.text if kind == "messages" else None,
        room=found.room,
        room_name=rooms.get(found.room) if found.room else None,
        seq=found.seq,
        owner=person if kind != "members" else None,
        role=found.text if kind == "members" else None,
        bytes=found.bytes,
        at=found.at,
    )


def room_item(room: RoomFound) -> Item:
    return Item(
        kind="rooms",
        change=room.change,
        id=room.id,
        name=room.name,
        room_kind=room.kind,
        itself=room.itself,
        messages=_sum(room.messages),
        members=_sum(room.members),
        at=room.created,
    )


def _sum(count: Count) -> Sum:
    return convert(count, Sum, from_attributes=True)
