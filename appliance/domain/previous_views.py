"""Earlier sessions as administrators get them. Decides nothing."""

from msgspec import Struct

from appliance.domain.events import Who
from appliance.store.files import FileRow
from appliance.store.previous import Holds, PastMessage, PastRoom


class Left(Struct, frozen=True):
    """For the banner: earlier sessions that hold something which is not here, and how much."""

    sessions: int = 0
    files: int = 0
    messages: int = 0


class Session(Struct, frozen=True, kw_only=True):
    """One session. `ended_at`: when the last of it came, as far as the box's clock knew (ms).

    Of a damaged one nothing is known but that it is there; it can be erased.
    """

    epoch: str
    ended_at: int | None = None
    expires_in_seconds: int
    files: int = 0
    bytes: int = 0
    messages: int = 0
    rooms: int = 0
    damaged: bool = False


class Sessions(Struct, frozen=True, kw_only=True):
    """All of them, the newest first. `keeps_hours`: of running time. `erases_at_boot`: none will wait."""

    sessions: list[Session]
    keeps_hours: int
    erases_at_boot: bool


class LostFile(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    size: int
    type: str
    scan: str
    owner: Who
    created: int


class LostMessage(Struct, frozen=True, kw_only=True):
    """A message of a room that everybody could read. `changed`: it is here, without an edit or a reaction."""

    id: str
    room: str
    room_name: str
    sender: Who
    ts: int
    body: str
    files: int
    changed: bool = False


class LostRoom(Struct, frozen=True, kw_only=True):
    """A room of which something is missing. `open`: its messages can be read and chosen one by one; of
    others there are numbers alone, and they come back whole. `here`: the room itself is not missing.
    """

    id: str
    kind: str
    name: str | None
    open: bool
    here: bool
    messages: int
    files: int
    bytes: int


class Page(Struct, frozen=True):
    """`next` goes on."""

    items: list[LostFile] | list[LostMessage] | list[LostRoom]
    next: str | None


class BroughtBack(Struct, kw_only=True):
    """What came back. Of what was chosen: `already` is here, `gone` cannot be had (erased, rejected, never
    there), `lost` are files whose bytes are not what they were.
    """

    files: int = 0
    bytes: int = 0
    messages: int = 0
    rooms: int = 0
    already: int = 0
    gone: int = 0
    lost: int = 0


def session(epoch: str, left: float, holds: Holds | None) -> Session:
    """`left`: seconds of running time; `holds` None: damaged."""
    seconds = max(0, round(left))
    if holds is None:
        return Session(epoch=epoch, expires_in_seconds=seconds, damaged=True)
    return Session(
        epoch=epoch,
        ended_at=holds.ended,
        expires_in_seconds=seconds,
        files=holds.files,
        bytes=holds.bytes,
        messages=holds.messages,
        rooms=holds.rooms,
    )


def file(row: FileRow) -> LostFile:
    return LostFile(
        id=row.id,
        name=row.name,
        size=row.size,
        type=row.type,
        scan=row.scan,
        owner=Who(row.owner, row.owner_name),
        created=row.created,
    )


def message(row: PastMessage) -> LostMessage:
    return LostMessage(
        id=row.id,
        room=row.room,
        room_name=row.room_name,
        sender=Who(row.sender, row.sender_name),
        ts=row.ts,
        body=row.body,
        files=row.files,
        changed=row.changed,
    )


def room(row: PastRoom) -> LostRoom:
    return LostRoom(open=row.name is not None, **row._asdict())
