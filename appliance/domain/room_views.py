"""Rooms and members as people get them, and the frames that tell of their changes. Decides nothing."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from appliance.domain import transcript
from appliance.domain.directory import Directory
from appliance.domain.events import StateFrame, Who
from appliance.domain.policy import Membership
from appliance.domain.presence import Presence
from appliance.domain.transcript import Message
from appliance.store import members as rows
from appliance.store import messages
from appliance.store.database import Connection
from appliance.store.rooms import RoomRow, Seen

LATEST = 40  # messages that come with a room


class RoomEntry(Struct, omit_defaults=True, frozen=True, kw_only=True):
    """A room as one person sees it. `peer` is the other one of a direct room."""

    id: str
    kind: str
    name: str
    head: int
    read: int
    unread: int
    role: str
    ephemeral: bool
    e2e: bool
    everyone: bool = False
    peer: Who | None = None
    members: int | UnsetType = UNSET


class MemberView(Struct, frozen=True, kw_only=True):
    """A member of a room. `here`: has a connection now."""

    id: str
    name: str
    role: str
    here: bool


class RoomInfo(Struct, omit_defaults=True, frozen=True, kw_only=True):
    """What a room is, whoever looks. `users` are the two people of a direct room."""

    kind: str
    name: str
    head: int
    ephemeral: bool
    e2e: bool
    everyone: bool = False
    users: list[Who] | None = None


class Snapshot(Struct, frozen=True, kw_only=True):
    """Everything a connection starts from, and the number of the last event that it includes."""

    ev: int
    rooms: list[RoomEntry]


class Opened(Struct, frozen=True, kw_only=True):
    """A room somebody walks into: who is a member, the newest messages, how far they had read."""

    room: str
    members: list[MemberView]
    items: list[Message]
    read: int


class RoomChanged(StateFrame, tag="room_changed", frozen=True, kw_only=True):
    """A room is new, or is called something else now."""

    room: str
    info: RoomInfo
    created: bool = False


class RoomClosed(StateFrame, tag="room_closed", frozen=True, kw_only=True):
    """A room is no more."""

    room: str


class MemberChanged(StateFrame, tag="member_changed", frozen=True, kw_only=True):
    """Somebody's place in a room; `role` is `none` for who is no member any more.

    `info` lets the person concerned show the room without asking for it; who comes in has read all.
    """

    room: str
    user: Who
    role: str
    why: str
    info: RoomInfo | None = None


def entry(seen: Seen, viewer: str, directory: Directory, **more: Any) -> RoomEntry:
    """A room as `viewer` sees it."""
    row = seen.room
    peer = next((who for who in pair_of(row, directory) or () if who.id != viewer), None)
    return RoomEntry(
        id=row.id,
        kind=row.kind,
        name=peer.name if peer else row.name,
        head=row.head,
        read=seen.read,
        unread=row.head - seen.read if seen.role else 0,
        role=seen.role or Membership.NONE.value,
        ephemeral=row.ephemeral,
        e2e=row.e2e,
        everyone=row.everyone,
        peer=peer,
        **more,
    )


def info(row: RoomRow, directory: Directory) -> RoomInfo:
    return RoomInfo(
        kind=row.kind,
        name=row.name,
        head=row.head,
        ephemeral=row.ephemeral,
        e2e=row.e2e,
        everyone=row.everyone,
        users=pair_of(row, directory),
    )


def pair_of(row: RoomRow, directory: Directory) -> list[Who] | None:
    """The two people of a direct room."""
    if row.pair is None:
        return None
    return [who(user, directory) for user in row.pair.split(" ")]


def who(user: str, directory: Directory) -> Who:
    return Who(user, directory.name(user))


def members(db: Connection, room: str, directory: Directory, presence: Presence) -> list[MemberView]:
    """Everybody in a room."""
    return [
        MemberView(id=row.user, name=directory.name(row.user), role=row.role, here=presence.is_here(row.user))
        for row in rows.of_room(db, room)
    ]


def opened(db: Connection, viewer: str, room: str, directory: Directory, presence: Presence) -> Opened:
    """A room as `viewer` walks in."""
    mine = rows.find(db, room, viewer)
    return Opened(
        room=room,
        members=members(db, room, directory, presence),
        items=transcript.items(db, room, messages.before(db, room, None, LATEST)),
        read=mine.read if mine else 0,
    )
