"""The bodies of REST calls about rooms and the people in them, as types. Must not act on any of them."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from appliance.server.protocol import Minutes, Name, Reason, RoomCode, RoomKind, Secret, Seq, UserIds


class RoomBody(Struct, frozen=True, kw_only=True):
    """`POST /api/rooms`. `code`: a word, or true (or empty) for one that the box makes."""

    name: str = ""
    kind: RoomKind = "private"
    members: UserIds = []
    code: RoomCode | None = None
    password: Secret | None = None
    ephemeral: bool = False
    e2e: bool = False
    announcement: bool = False
    slow: Seq = 0


class RoomChange(Struct, frozen=True, kw_only=True):
    """`PATCH /api/rooms/{id}`: what is left out stays; null takes a code or a password away.

    `retention_days`: messages go at this age; 0: never; null: as the box does.
    """

    name: str | UnsetType = UNSET
    code: RoomCode | UnsetType | None = UNSET
    password: Secret | UnsetType | None = UNSET
    archived: bool | UnsetType = UNSET
    announcement: bool | UnsetType = UNSET
    slow: Seq | UnsetType = UNSET
    retention_days: Seq | UnsetType | None = UNSET


class MineBody(Struct, frozen=True, kw_only=True):
    """`PATCH /api/rooms/{id}/mine`: `muted`, no alerts of this room."""

    muted: bool


class JoinBody(Struct, frozen=True, kw_only=True):
    """`POST /api/rooms/{id}/join`."""

    password: Secret | None = None


class CodeBody(Struct, frozen=True, kw_only=True):
    """`POST /api/rooms/join`: for accounts, what `enter` is for guests."""

    code: Annotated[str, Meta(max_length=64)]
    password: Secret | None = None


class EnterBody(Struct, frozen=True, kw_only=True):
    """`POST /api/enter`."""

    code: Annotated[str, Meta(max_length=64)]
    name: str
    password: Secret | None = None
    session: Literal["cookie", "bearer"] = "bearer"


class MemberBody(Struct, frozen=True, kw_only=True):
    """`PUT /api/rooms/{id}/members/{user}`: `muted_until` is a time, 0 gives the word back."""

    role: Literal["owner", "moderator", "member"] | UnsetType = UNSET
    muted_until: Seq | UnsetType | None = UNSET


class BanBody(Struct, frozen=True, kw_only=True):
    """`POST /api/rooms/{id}/bans`; without minutes, for good."""

    user: Name
    minutes: Minutes | None = None
    reason: Reason = ""


class BoxBanBody(Struct, frozen=True, kw_only=True):
    """`POST /api/users/{id}/ban`."""

    reason: Reason = ""


class ReportBody(Struct, frozen=True, kw_only=True):
    """`POST /api/rooms/{id}/reports`: somebody, or a message by its `seq`."""

    user: Name | None = None
    seq: Seq | None = None
    reason: Reason = ""
