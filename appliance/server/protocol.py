"""The frames of `pichat.v1` and the bodies of the chat's REST calls, as types. Must not act on any of them.

A client's frame is decoded once, straight into the struct of its `type`. Events need nothing here: the
domain's structs are encoded as they stand.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from appliance.base.errors import Code, Refusal
from appliance.domain.events import Frame
from appliance.domain.room_views import MemberView, RoomEntry
from appliance.domain.transcript import Message
from appliance.server import parsing

VERSION = 1
SUBPROTOCOL = "pichat.v1"

FrameId = Annotated[int, Meta(ge=-(2**53), le=2**53)] | Annotated[str, Meta(max_length=64)]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
Secret = Annotated[str, Meta(max_length=256)]
Seq = Annotated[int, Meta(ge=0, le=2**53)]
Cid = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._:-]{1,64}\Z")]
FileIds = Annotated[list[Name], Meta(max_length=100)]
UserIds = Annotated[list[Name], Meta(max_length=1000)]
Seqs = Annotated[list[Seq], Meta(min_length=1, max_length=100)]
Emoji = Annotated[str, Meta(max_length=64)]
RoomKind = Literal["public", "private", "group", "direct"]
Mode = Literal["fresh", "resumed", "resync", "reset"]
RoomCode = bool | Annotated[str, Meta(max_length=64)]
Minutes = Annotated[int, Meta(ge=0, le=2**53)]
Reason = Annotated[str, Meta(max_length=2000)]


class Command(Struct, tag_field="type", frozen=True, kw_only=True):
    """What every frame of a client may carry: with an `id` it gets exactly one answer that bears it."""

    id: FrameId | None = None


class Hello(Command, tag="hello", frozen=True, kw_only=True):
    v: int
    client: Annotated[str, Meta(max_length=64)] = ""
    lang: Annotated[str, Meta(max_length=35)] = ""
    token: Secret | None = None
    resume: Annotated[str, Meta(max_length=64)] | None = None


class Join(Command, tag="join", frozen=True, kw_only=True):
    room: Name | None = None
    code: Annotated[str, Meta(max_length=64)] | None = None
    password: Secret | None = None


class Open(Command, tag="open", frozen=True, kw_only=True):
    room: Name


class Leave(Command, tag="leave", frozen=True, kw_only=True):
    room: Name


class CreateRoom(Command, tag="create_room", frozen=True, kw_only=True):
    name: Annotated[str, Meta(max_length=1000)] = ""
    kind: RoomKind = "private"
    members: UserIds = []
    code: RoomCode | None = None
    password: Secret | None = None
    ephemeral: bool = False
    e2e: bool = False
    announcement: bool = False
    slow: Seq = 0


class Send(Command, tag="send", frozen=True, kw_only=True):
    room: Name
    cid: Cid
    body: str | None = None
    enc: msgspec.Raw | None = None
    reply_to: Seq | None = None
    files: FileIds = []


class Edit(Command, tag="edit", frozen=True, kw_only=True):
    room: Name
    seq: Seq
    body: str


class Delete(Command, tag="delete", frozen=True, kw_only=True):
    room: Name
    seqs: Seqs


class React(Command, tag="react", frozen=True, kw_only=True):
    room: Name
    seq: Seq
    emoji: Emoji
    on: bool = True


class History(Command, tag="history", frozen=True, kw_only=True):
    room: Name
    before: Seq | None = None
    after: Seq | None = None
    around: Seq | None = None
    limit: Annotated[int, Meta(ge=1, le=10**6)] = 50


class Read(Command, tag="read", frozen=True, kw_only=True):
    room: Name
    seq: Seq


class Delivered(Command, tag="delivered", frozen=True, kw_only=True):
    room: Name
    seq: Seq


class Typing(Command, tag="typing", frozen=True, kw_only=True):
    room: Name
    on: bool = True


class Kick(Command, tag="kick", frozen=True, kw_only=True):
    room: Name
    user: Name
    reason: Reason = ""


class Mute(Command, tag="mute", frozen=True, kw_only=True):
    room: Name
    user: Name
    minutes: Minutes | None = None
    reason: Reason = ""


class Ban(Command, tag="ban", frozen=True, kw_only=True):
    room: Name
    user: Name
    minutes: Minutes | None = None
    reason: Reason = ""


class Report(Command, tag="report", frozen=True, kw_only=True):
    room: Name
    user: Name | None = None
    seq: Seq | None = None
    reason: Reason = ""


class Ping(Command, tag="ping", frozen=True, kw_only=True):
    pass


Inbound = (
    Hello
    | Join
    | Open
    | Leave
    | CreateRoom
    | Send
    | Edit
    | Delete
    | React
    | History
    | Read
    | Delivered
    | Typing
    | Ping
    | Kick
    | Mute
    | Ban
    | Report
)
TYPES: dict[str, type[Inbound]] = {str(kind.__struct_config__.tag): kind for kind in Inbound.__args__}


class Me(Struct, frozen=True):
    """Oneself."""

    id: str
    username: str
    name: str
    role: str


class Limits(Struct, frozen=True, omit_defaults=True):
    """Told beforehand: characters of a message, bytes of a frame, files of a message. `attach`: false for who
    may send none; `released_only`: one gets the bytes of released files alone.
    """

    body: int
    frame: int
    files: int
    attach: bool = True
    released_only: bool = False


class Welcome(Frame, tag="welcome", frozen=True, kw_only=True):
    """The answer to `hello`: everything that a client starts from."""

    id: FrameId | None = None
    v: int
    epoch: str
    ev: int
    mode: Mode
    me: Me
    rooms: list[RoomEntry]
    limits: Limits
    now: int
    box: str


class Ack(Frame, tag="ack", frozen=True, kw_only=True):
    """It is done. Which of the fields are there depends on what was asked."""

    id: FrameId | None = None
    room: str | UnsetType = UNSET
    seq: int | UnsetType = UNSET
    ts: int | UnsetType = UNSET
    message: str | UnsetType = UNSET
    dup: bool | UnsetType = UNSET
    members: list[MemberView] | UnsetType = UNSET
    items: list[Message] | UnsetType = UNSET
    read: int | UnsetType = UNSET
    next: int | UnsetType | None = UNSET
    entry: RoomEntry | UnsetType = UNSET


class Error(Frame, tag="error", frozen=True, kw_only=True):
    """It is not done, and why."""

    id: FrameId | None = None
    code: str
    params: dict[str, Any] | None = None
    retry_ms: int | None = None


class Pong(Frame, tag="pong", frozen=True, kw_only=True):
    id: FrameId | None = None


def batch(events: Sequence[bytes]) -> bytes:
    """A replay: events as they were encoded, in one frame."""
    return b'{"type":"batch","events":[' + b",".join(events) + b"]}"


class BadFrame(Refusal):
    """A frame that is refused before anybody looks at what it wants; its `id`, if it has a good one."""

    def __init__(self, refusal: Refusal, frame_id: FrameId | None) -> None:
        super().__init__(refusal.code)
        self.params = refusal.params
        self.frame_id = frame_id


def decode(text: str) -> Inbound:
    """A client's frame. Raises BadFrame, never anything else."""
    try:
        value = parsing.quick(text)
        if value is None:
            value = parsing.parse(text, Code.BAD_FRAME)
    except Refusal as refusal:
        raise BadFrame(refusal, None) from None
    return typed(value)


def typed(value: Any) -> Inbound:
    """A frame that is parsed already, as the struct of its type. Raises BadFrame."""
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str):
        raise BadFrame(Refusal(Code.BAD_FRAME, reason="type"), _id_of(value))
    if kind not in TYPES:
        raise BadFrame(Refusal(Code.UNKNOWN_TYPE), _id_of(value))
    try:
        return parsing.convert(value, TYPES[kind])
    except Refusal as refusal:
        raise BadFrame(refusal, _id_of(value)) from None


def _id_of(value: Any) -> FrameId | None:
    found = value.get("id") if isinstance(value, dict) else None
    if isinstance(found, bool):
        return None
    return found if isinstance(found, int) or (isinstance(found, str) and len(found) <= 64) else None
