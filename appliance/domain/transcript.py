"""A message as people get it: in the frame that tells of it and in pages of history. Decides nothing."""

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from appliance.domain.events import StateFrame, Who
from appliance.store import changes, mentions, messages
from appliance.store.database import Connection
from appliance.store.files import FileRow
from appliance.store.messages import MessageRow, Page


class Attached(Struct, frozen=True, omit_defaults=True):
    """A file of a message; its bytes are asked for over HTTP. Of a picture also its size, as it is stored."""

    id: str
    name: str
    type: str
    size: int
    state: str
    scan: str
    width: int | None = None
    height: int | None = None


class Reacted(Struct, frozen=True):
    """One emoji of a message, and who put it there."""

    emoji: str
    users: list[str]


class Message(StateFrame, tag="message", frozen=True, kw_only=True):
    """One message. `ev` is that of its last change: of two copies the one with the higher is newer.

    `edited`, `deleted`: when; a deleted one has nothing but its place. `mentions`: the members it names.
    """

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
    edited: int | None = None
    deleted: int | None = None
    mentions: list[str] = field(default_factory=list)
    reactions: list[Reacted] = field(default_factory=list)


def message(
    row: MessageRow,
    files: Sequence[FileRow] = (),
    mentions: Sequence[str] = (),
    reactions: Mapping[str, list[str]] | None = None,
) -> Message:
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
        edited=row.edited,
        deleted=row.deleted,
        mentions=list(mentions),
        reactions=[Reacted(emoji, users) for emoji, users in (reactions or {}).items()],
    )


def attached(row: FileRow) -> Attached:
    return Attached(row.id, row.name, row.type, row.size, row.state, row.scan, row.width, row.height)


def items(db: Connection, room: str, page: Page) -> list[Message]:
    """A page of rows with all that hangs on them, as messages."""
    if not page.rows:
        return []
    first, last = page.rows[0].seq, page.rows[-1].seq
    files = messages.files_of(db, room, first, last)
    named = mentions.of_range(db, room, first, last)
    reacted = changes.reactions_of(db, room, first, last)
    return [
        message(row, files.get(row.id, ()), named.get(row.seq, ()), reacted.get(row.seq)) for row in page.rows
    ]
