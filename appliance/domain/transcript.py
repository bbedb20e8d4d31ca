"""A message as people get it: in the frame that tells of it and in pages of history. Decides nothing."""

from collections.abc import Sequence

from msgspec import Struct, field

from appliance.domain.events import StateFrame, Who
from appliance.store import messages
from appliance.store.database import Connection
from appliance.store.files import FileRow
from appliance.store.messages import MessageRow, Page


class Attached(Struct, frozen=True):
    """A file of a message; its bytes are asked for over HTTP."""

    id: str
    name: str
    type: str
    size: int
    state: str
    scan: str


class Message(StateFrame, tag="message", frozen=True, kw_only=True):
    """One message. `ev` is that of its last change: of two copies the one with the higher is newer."""

    id: str
    room: str
    seq: int
    sender: Who = field(name="from")
    cid: str
    ts: int
    body: str
    files: list[Attached]
    reply_to: int | None = None
    restored: bool = False


def message(row: MessageRow, files: Sequence[FileRow] = ()) -> Message:
    return Message(
        ev=row.ev,
        id=row.id,
        room=row.room,
        seq=row.seq,
        sender=Who(row.sender, row.sender_name),
        cid=row.cid,
        ts=row.ts,
        body=row.body,
        files=[attached(file) for file in files],
        reply_to=row.reply_to,
        restored=row.restored,
    )


def attached(row: FileRow) -> Attached:
    return Attached(row.id, row.name, row.type, row.size, row.state, row.scan)


def items(db: Connection, room: str, page: Page) -> list[Message]:
    """A page of rows with their files, as messages."""
    if not page.rows:
        return []
    files = messages.files_of(db, room, page.rows[0].seq, page.rows[-1].seq)
    return [message(row, files.get(row.id, ())) for row in page.rows]
