"""Rooms and members as people get them, and the frames that tell of their changes. Decides nothing."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from appliance.domain import receipts, transcript
from appliance.domain.directory import Directory
from appliance.domain.events import StateFrame, Who
from appliance.domain.policy import Membership
from appliance.domain.presence import Presence
from appliance.domain.transcript import Message
from appliance.store import members as rows
from appliance.store import messages
from appliance.store.database import Connection
from appliance.store.members import MemberRow
from appliance.store.rooms import RoomRow, Seen

LATEST = 40  # messages that come with a room


class RoomEntry(Struct, omit_defaults=True, frozen=True, kw_only=True):
    """A room as one person sees it. `peer` is the other one of a direct room.

    `mentions`: how many of the unread ones name the person. `code` is for those who may bring others in.
    `muted`: one wants no alerts of it; `muted_until`: one may say nothing. `epoch`: of the process, where
    messages live in memory.
    """

    id: str
    kind: str
    name: str
    head: int
    read: int
    unread: int
    role: str
    ephemeral: bool
    e2e: bool
    mentions: int = 0
    everyone: bool = False
    peer: Who | None = None
    members: int | UnsetType = UNSET
    code: str | None = None
    password: bool = False
    archived: bool = False
    announcement: bool = False
    slow: int = 0
    muted_until: int = 0
    muted: bool = False
    epoch: str | None = None
    retention_days: int | None = None


class MemberView(Struct, omit_defaults=True, frozen=True, kw_only=True):
    """A member of a room. `here`: has a connection now. In small rooms also how far they have read.

    Guests have no `username`; they cannot be named with @.
    """

    id: str
    name: str
    role: str
    here: bool
    username: str = ""
    guest: bool = False
    muted_until: int = 0
    delivered: int = 0
    read: int = 0


class RoomInfo(Struct, omit_defaults=True, frozen=True, kw_only=True):
    """What a room is, whoever looks. `users` are the two people of a direct room."""

    kind: str
    name: str
    head: int
    ephemeral: bool
    e2e: bool
    everyone: bool = False
    users: list[Who] | None = None
    password: bool = False
    archived: bool = False
    announcement: bool = False
    slow: int = 0
    retention_days: int | None = None


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
    username: str = ""
    info: RoomInfo | None = None
    muted_until: int = 0


class RoomMine(StateFrame, tag="room_mine", frozen=True, kw_only=True):
    """Somebody wants no alerts of a room, or wants them again: told to their own screens alone."""

    room: str
    muted: bool


class UserChanged(StateFrame, tag="user_changed", frozen=True, kw_only=True):
    """Somebody has another name."""

    user: Who


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
        password=row.password is not None,
        archived=row.archived,
        announcement=row.announcement,
        slow=row.slow,
        retention_days=row.retention_days,
        muted_until=seen.muted,
        muted=seen.quiet,
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
        password=row.password is not None,
        archived=row.archived,
        announcement=row.announcement,
        slow=row.slow,
        retention_days=row.retention_days,
    )


def pair_of(row: RoomRow, directory: Directory) -> list[Who] | None:
    """The two people of a direct room."""
    if row.pair is None:
        return None
    return [who(user, directory) for user in row.pair.split(" ")]


def who(user: str, directory: Directory) -> Who:
    return Who(user, directory.name(user))


def members(db: Connection, room: str, directory: Directory, presence: Presence) -> list[MemberView]:
    """Everybody in a room; accounts that are gone are not."""
    there = [row for row in rows.of_room(db, room) if directory.knows(row.user)]
    told = len(there) <= receipts.MOST_NAMED
    return [
        member(row, directory, presence.is_here(row.user), told and receipts.shows(directory, row.user))
        for row in there
    ]


def member(row: MemberRow, directory: Directory, here: bool, marks: bool = False) -> MemberView:
    person = directory.get(row.user)
    return MemberView(
        id=row.user,
        name=directory.name(row.user),
        role=row.role,
        here=here,
        username=person.username if person else "",
        guest=person is None,
        muted_until=row.muted,
        delivered=row.delivered if marks else 0,
        read=row.read if marks else 0,
    )


def opened(db: Connection, viewer: str, room: str, directory: Directory, presence: Presence) -> Opened:
    """A room as `viewer` walks in."""
    mine = rows.find(db, room, viewer)
    return Opened(
        room=room,
        members=members(db, room, directory, presence),
        items=transcript.items(db, room, messages.before(db, room, None, LATEST)),
        read=mine.read if mine else 0,
    )
