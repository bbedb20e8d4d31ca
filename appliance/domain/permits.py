"""Who may bring which file where: into the area of files, or with the messages of a room. Takes no byte."""

from dataclasses import dataclass

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.settings import Settings
from appliance.domain import file_types, rules
from appliance.domain.actor import Actor
from appliance.domain.attaching import require_attach
from appliance.domain.file_views import Allowed
from appliance.domain.policy import Action, Membership, may, require
from appliance.domain.room_access import seen
from appliance.domain.speaking import Speaking
from appliance.store.database import Connection
from appliance.store.homes import is_ephemeral

ANY_KIND = "*"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a file is to be: a folder of the area, or the messages of a room."""

    folder: str = ""
    room: str | None = None

    @classmethod
    def of(cls, folder: str, room: str) -> "Destination":
        """As a client says it; what belongs to a room lies in no folder."""
        return cls(room=room) if room else cls(rules.folder(folder))


HERE = Destination()


class Permits:
    """The rules of every door. What is in question is looked at again when the file gets its row."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self._speaking = Speaking(clock)
        self._settings = settings

    def require(self, actor: Actor, room: str | None) -> None:
        """What can be said without a look at the room."""
        if room is None:
            require(actor, Action.UPLOAD)
        else:
            require(actor, Action.ATTACH, Membership.MEMBER, room)

    def check(self, db: Connection, actor: Actor, room: str | None) -> None:
        """Refuses who may not say something in this room with a file."""
        self.require(actor, room)
        if room is None:
            return
        if is_ephemeral(room):
            raise rules.bad("for", "ephemeral")
        found = seen(db, actor, room)
        require_attach(actor, found, guests=self._settings.guests_attach)
        self._speaking.require(actor, found)

    def named(self, actor: Actor, name: str, room: str | None) -> str:
        """The name as it will be shown; refuses kinds that this person may not bring."""
        self.require(actor, room)
        name = rules.file_name(name)
        kinds, ending = self._endings(actor, room), file_types.ending(name)
        if not (ANY_KIND in kinds or ending in kinds):
            raise Refusal(Code.BAD_TYPE, name=name, extension=ending)
        return name

    def largest(self, actor: Actor | None, room: str | None = None) -> int:
        """The size of the largest file that somebody may bring."""
        if actor is not None and may(actor, Action.UPLOAD_LARGE):
            return self._settings.upload_max_bytes_administrator
        if room is not None and not (actor and may(actor, Action.UPLOAD)):
            return self._settings.attach_max_bytes
        return self._settings.upload_max_bytes

    def allowed(self, actor: Actor | None, room: str | None = None) -> Allowed:
        """What may come, for the one who asks (strangers hear what a cliente hears)."""
        endings = self._endings(actor, room)
        kinds = [] if ANY_KIND in endings else file_types.types_of(endings)
        return Allowed(list(endings), kinds, self.largest(actor, room), self._settings.upload_max_files)

    def _endings(self, actor: Actor | None, room: str | None) -> tuple[str, ...]:
        """With messages come also the kinds that phones record."""
        kinds = self._settings.upload_extensions
        if ANY_KIND in kinds or (actor is not None and may(actor, Action.UPLOAD_ANY_KIND)):
            return (ANY_KIND,)
        return kinds if room is None else tuple(dict.fromkeys([*kinds, *self._settings.attach_extensions]))
