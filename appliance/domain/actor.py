"""Who acts: a signed-in person, a guest of one room, or the box itself. Must not look anything up."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is on the whole box. A guest has none of the three account roles."""

    ADMINISTRATOR = "administrator"
    CLIENTE = "cliente"
    USUARIO = "usuario"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody with a live session. `session` is its public id; `room` is a guest's only room."""

    id: str
    username: str
    name: str
    role: Role
    session: str
    room: str | None = None

    @property
    def signed_in(self) -> bool:
        """ "Signed in" never includes guests."""
        return self.role is not Role.GUEST


# The command line and the box's own deeds, as the audit log names them. Never comes in over the wire.
# What the timer and the clean shutdown do by themselves has another name than what the owner typed.
AUTOMATIC = Actor("automatic", "automatic", "automatic", Role.ADMINISTRATOR, "")
BOX = Actor("box", "box", "PiChat", Role.ADMINISTRATOR, "")
