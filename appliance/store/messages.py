"""Messages as rows of content.db, by room and `seq`. Knows no rule, and never pages by time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from appliance.store import files
from appliance.store.database import Connection
from appliance.store.files import FileRow


class MessageRow(NamedTuple):
    """One message. The fields are the columns, in their order. (A tuple, because it is made so often.)"""

    room: str
    seq: int
    id: str
    ev: int
    sender: str
    sender_name: str
    cid: str
    ts: int
    body: str
    reply_to: int | None = None
    edited: int | None = None
    deleted: int | None = None
    restored: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Messages by rising `seq`; `more` says that others lie beyond, in the direction that was asked for."""

    rows: list[MessageRow]
    more: bool


_COLUMNS = ", ".join(MessageRow._fields)
_SELECT = f"SELECT {_COLUMNS} FROM messages"  # noqa: S608 (own columns)
_INSERT = (
    f"INSERT INTO messages ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    " ON CONFLICT (room, sender, cid) DO NOTHING"
)


def insert(db: Connection, row: MessageRow) -> bool:
    """Whether it is new; what this sender has said under the same `cid` stays as it was said."""
    return db.execute(_INSERT, row).rowcount > 0


def trim(db: Connection, room: str, upto: int) -> None:
    """Forgets what is that old."""
    db.execute("DELETE FROM messages WHERE room = ? AND seq <= ?", (room, upto))


def find(db: Connection, room: str, seq: int) -> MessageRow | None:
    found = db.execute(f"{_SELECT} WHERE room = ? AND seq = ?", (room, seq)).fetchone()
    return _row(found) if found else None


def rows_of(db: Connection, tail: str, args: Sequence[object]) -> list[MessageRow]:
    """For other modules of this floor: what follows the FROM is theirs."""
    columns = ", ".join(f"messages.{column}" for column in MessageRow._fields)
    text = f"SELECT {columns} FROM messages {tail}"  # noqa: S608 (own columns)
    return [_row(found) for found in db.execute(text, args)]


def by_cid(db: Connection, room: str, sender: str, cid: str) -> MessageRow | None:
    """What this sender has already said under this name."""
    text = f"{_SELECT} WHERE room = ? AND sender = ? AND cid = ?"
    found = db.execute(text, (room, sender, cid)).fetchone()
    return _row(found) if found else None


def before(db: Connection, room: str, seq: int | None, limit: int) -> Page:
    """The messages just before `seq`, or the newest ones."""
    bound = 1 << 62 if seq is None else seq
    text = f"{_SELECT} WHERE room = ? AND seq < ? ORDER BY seq DESC LIMIT ?"
    rows = [_row(found) for found in db.execute(text, (room, bound, limit + 1))]
    return Page(rows[:limit][::-1], len(rows) > limit)


def after(db: Connection, room: str, seq: int, limit: int) -> Page:
    """The messages that follow `seq`."""
    text = f"{_SELECT} WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?"
    rows = [_row(found) for found in db.execute(text, (room, seq, limit + 1))]
    return Page(rows[:limit], len(rows) > limit)


def around(db: Connection, room: str, seq: int, limit: int) -> Page:
    """`seq` in the middle of what lies before and after it."""
    earlier = before(db, room, seq, limit // 2)
    later = after(db, room, seq - 1, limit - limit // 2)
    return Page(earlier.rows + later.rows, earlier.more or later.more)


def attach(db: Connection, message: str, file_ids: Iterable[str]) -> None:
    pairs = [(message, file) for file in file_ids]
    db.executemany("INSERT INTO message_files (message, file) VALUES (?, ?) ON CONFLICT DO NOTHING", pairs)


def rooms_with(db: Connection, file_id: str) -> list[str]:
    """Where it was said with a message that stands."""
    text = (
        "SELECT DISTINCT messages.room FROM message_files"
        " JOIN messages ON messages.id = message_files.message WHERE message_files.file = ?"
    )
    return [room for (room,) in db.execute(text, (file_id,))]


def files_of(db: Connection, room: str, first: int, last: int) -> dict[str, list[FileRow]]:
    """The files of a range of messages by message id, in the order in which they arrived."""
    found = db.execute(
        "SELECT messages.id, message_files.file FROM messages"
        " JOIN message_files ON message_files.message = messages.id"
        " JOIN files ON files.id = message_files.file"
        " WHERE messages.room = ? AND messages.seq BETWEEN ? AND ? ORDER BY files.ev",
        (room, first, last),
    ).fetchall()
    attached: dict[str, list[FileRow]] = {}
    for message, file in found:
        attached.setdefault(message, []).extend(files.find_many(db, [file]))
    return attached


def _row(found: Any) -> MessageRow:
    return MessageRow(*found[:-1], restored=bool(found[-1]))  # type: ignore[misc]
