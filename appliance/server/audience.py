"""A connection as the hub sees it, and what the audiences that it is in are called. Tells nobody anything."""

from dataclasses import dataclass, field
from typing import Protocol

from appliance.domain.actor import Actor
from appliance.domain.events import Audience, Frame
from appliance.server.fanout import Listener

EVERYONE, ADMINISTRATORS = "everyone", "administrators"


class Dialect(Protocol):
    """How a client of an older system is spoken to."""

    name: str

    def encode(self, frame: Frame) -> list[bytes]:
        """The texts that tell of it; none when such a client has no word for it."""
        ...


class Doorway(Protocol):
    """An open socket, whether or not it has said hello."""

    def end(self, code: int) -> None:
        """Says goodbye with a code; the client answers and is gone."""
        ...

    def abort(self) -> None:
        """Hangs up."""
        ...


@dataclass(slots=True, eq=False)
class Connection:
    """One socket that said hello. With `only` it hears that room and no other."""

    actor: Actor
    client: str
    listener: Listener
    doorway: Doorway
    channels: set[str] = field(default_factory=set)
    over: bool = False
    dialect: Dialect | None = None
    only: str | None = None


def names_of(audience: Audience) -> list[str]:
    if audience.users is not None:
        return [person_name(user) for user in audience.users]
    if audience.room is not None:
        return [room_name(audience.room)]
    return [ADMINISTRATORS if audience.administrators else EVERYONE]


def spoken(connection: Connection, name: str) -> str:
    """Who speaks a dialect listens beside the others."""
    return f"{connection.dialect.name} {name}" if connection.dialect else name


def room_name(room: str) -> str:
    return f"room {room}"


def person_name(user: str) -> str:
    return f"person {user}"
