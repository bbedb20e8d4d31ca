"""What happened, and who may hear of it. The domain returns these; the server floor sends them.

An event is a msgspec struct whose tag is the frame's `type`, so it is encoded as it stands, once.
Each feature defines its own events beside its methods; only what every feature shares is here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Frame(Struct, tag_field="type", omit_defaults=True, frozen=True, kw_only=True):
    """A server frame. Subclasses say `tag="message"`; a None field is left out."""


class Who(Struct, frozen=True):
    """Somebody, as frames name them."""

    id: str
    name: str


class StateFrame(Frame, frozen=True, kw_only=True):
    """A frame that tells of a change of state: numbered, kept in the ring, replayed on resume."""

    ev: int


@dataclass(frozen=True, slots=True)
class Audience:
    """Who hears: members of `room`, these `users`, administrators, or (none given) everyone signed in.

    One of them at a time: whoever is to hear twice is told twice.
    """

    room: str | None = None
    users: frozenset[str] | None = None
    administrators: bool = False


EVERYONE = Audience()


def in_room(room: str) -> Audience:
    return Audience(room=room)


def only(*users: str) -> Audience:
    return Audience(users=frozenset(users))


@dataclass(frozen=True, slots=True)
class Happened:
    """One frame and its audience. `volatile` frames may be dropped for a slow listener."""

    frame: Frame
    audience: Audience = EVERYONE
    volatile: bool = False


@dataclass(frozen=True, slots=True)
class SessionsEnded:
    """These sessions are over: their sockets close at once with 4001, or 4003. Never sent as a frame."""

    sessions: frozenset[str]
    banned: bool = False


@dataclass(frozen=True, slots=True)
class MembershipChanged:
    """Somebody's rooms changed: the hub must hear before the next frame. Never sent as a frame."""

    user: str
    room: str
    member: bool


@dataclass(frozen=True, slots=True)
class MarksMoved:
    """Somebody received or read more: the hub tells of it, merged. Never sent as a frame."""

    user: str
    room: str


Event = Happened | SessionsEnded | MembershipChanged | MarksMoved


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What a domain method answers, and what happened on the way."""

    value: T
    events: Sequence[Event] = field(default=())
