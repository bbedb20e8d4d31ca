"""Takes rows out of an earlier session and puts them among those of this one. Decides nothing.

Everything is known by its id, so that doing it twice, or again after a crash, makes nothing double.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from appliance.store import events, members, mentions, messages, rooms
from appliance.store.database import Connection
from appliance.store.files import FileRow
from appliance.store.members import MemberRow
from appliance.store.messages import MessageRow
from appliance.store.previous import Past
from appliance.store.rooms import RoomRow

_COLUMNS = ", ".join(MessageRow._fields)


class Choice(NamedTuple):
    """What somebody wants back, by id. Messages are those of open rooms; other rooms come whole."""

    all: bool = False
    files: Sequence[str] = ()
    rooms: Sequence[str] = ()
    messages: Sequence[str] = ()


class Picked(NamedTuple):
    """The choice, as far as it can be had. `messages`: by room; None is all that is missing of a room."""

    files: list[FileRow]
    messages: dict[str, list[str] | None]
    already: int
    gone: int


class Moved(NamedTuple):
    """A message with what hangs on it; `reply_to` by id, since its place will be another one."""

    row: MessageRow
    reply_to: str | None
    files: list[str]
    mentions: list[str]
    reactions: list[tuple[str, str]]


class Reader(NamedTuple):
    """A member of a room, and the last message that they had read, of those that are missing."""

    row: MemberRow
    read: str | None


# Out of the earlier session


def pick(past: Past, choice: Choice) -> Picked:
    """Files that hang on a chosen message come with it."""
    if choice.all:
        return Picked(past.files(closed=True)[::-1], {room.id: None for room in past.rooms()}, 0, 0)
    lost = {row.id: row for row in past.files(closed=True)}
    single = {row.id for row in past.files()}.intersection(choice.files)
    whole = {room.id for room in past.rooms()}.intersection(choice.rooms)
    said = _open_messages(past, choice.messages)
    wanted = {*single, *_attached(past, whole, [one for one, _ in said])}
    wanted |= {row.id for row in lost.values() if row.room in whole}
    by_room: dict[str, list[str] | None] = {}
    for message, room in said:
        by_room.setdefault(room, []).append(message)  # type: ignore[union-attr]
    by_room |= dict.fromkeys(whole)
    missing = [
        *(("files", one) for one in set(choice.files) - single),
        *(("rooms", one) for one in set(choice.rooms) - whole),
        *(("messages", one) for one in set(choice.messages) - {one for one, _ in said}),
    ]
    here = sum(_is_here(past, table, one) for table, one in missing)
    files = sorted((lost[one] for one in wanted if one in lost), key=lambda row: row.ev)
    return Picked(files, by_room, here, len(missing) - here)


def room_of(past: Past, room: str) -> RoomRow:
    found = rooms.find(past.db, room)
    assert found is not None  # it was picked from this very database
    return found


def readers_of(past: Past, room: str) -> list[Reader]:
    """The members as they were. Guests are not among them: their stay ended with the session."""
    text = "SELECT id FROM lost_messages WHERE room = ? AND seq <= ? ORDER BY seq DESC LIMIT 1"
    guests = {one for (one,) in past.db.execute("SELECT id FROM main.guests WHERE room = ?", (room,))}
    found = []
    for row in members.of_room(past.db, room):
        read = past.db.execute(text, (room, row.read)).fetchone()
        if row.user not in guests:
            found.append(Reader(row, read[0] if read else None))
    return found


def count(past: Past, room: str, only: Sequence[str] | None) -> int:
    """How many messages will come."""
    if only is not None:
        return len(only)
    text = "SELECT count(*) FROM offered_messages WHERE room = ?"
    return int(past.db.execute(text, (room,)).fetchone()[0])


def messages_of(past: Past, room: str, only: Sequence[str] | None, after: int, limit: int) -> list[Moved]:
    """The missing ones of a room in their order, some at a time; `after`: the `seq` that one had last."""
    rows = _some(past, "lost_messages", room, only, after=after, limit=limit)
    return [hung(past.db, row) for row in rows]


def changes_of(past: Past, room: str, only: Sequence[str] | None, after: int, limit: int) -> list[Moved]:
    """As `messages_of`: those that are here and changed there, each with the reactions that are not here."""
    text = "SELECT emoji, user FROM lost_reactions WHERE message = ? ORDER BY ev"
    found = []
    for row in _some(past, "changed_messages", room, only, after=after, limit=limit):
        reacted = [(emoji, user) for emoji, user in past.db.execute(text, (row.id,))]
        found.append(hung(past.db, row)._replace(reactions=reacted))
    return found


# Into this one. Inside a write.


def target(db: Connection, row: RoomRow) -> str | None:
    """The room that it is here: the same, or the one of the same two people."""
    there = rooms.find(db, row.id) or (rooms.by_pair(db, row.pair) if row.pair else None)
    return there.id if there else None


def put_room(db: Connection, row: RoomRow) -> None:
    """Empty, as it was when nothing had been said. A code that is another room's by now is lost."""
    taken = row.code is not None and rooms.by_code(db, row.code) is not None
    rooms.insert(db, row._replace(head=0, code=None if taken else row.code))


def put_messages(db: Connection, room: str, moved: Sequence[Moved]) -> list[MessageRow]:
    """New `seq`, old `ts`; answers those that were not here."""
    there = rooms.find(db, room)
    if there is None:
        return []  # closed in this very moment
    head, put = there.head, []
    for one in moved:
        if _seq_of(db, one.row.id) is not None:
            continue
        row = one.row._replace(
            room=room,
            seq=head + 1,
            ev=events.next_ev(db),
            reply_to=_seq_of(db, one.reply_to, room) if one.reply_to else None,
            restored=True,
        )
        if not messages.insert(db, row):
            continue  # said again by its sender meanwhile, under the same `cid`
        head += 1
        _hang_on(db, row, one)
        put.append(row)
    rooms.set_head(db, room, head)
    return put


def standing(db: Connection, message: str) -> MessageRow | None:
    """A message that is here and was not taken back."""
    found = messages.rows_of(db, "WHERE id = ? AND deleted IS NULL", (message,))
    return found[0] if found else None


def is_newer(there: MessageRow, here: MessageRow) -> bool:
    """Whether what it says there was written later. (The view `changed_messages` asks the same.)"""
    return there.edited is not None and there.edited > (here.edited or 0) and there.body != here.body


def put_marks(db: Connection, room: str, readers: Sequence[Reader]) -> None:
    """How far its members had read, in the places of now."""
    for one in readers:
        seq = _seq_of(db, one.read, room) if one.read else None
        if seq:
            members.advance(db, room, one.row.user, read=seq)


# Inside


def _some(
    past: Past, view: str, room: str, only: Sequence[str] | None, *, after: int, limit: int
) -> list[MessageRow]:
    rows = past.db.execute(
        f"SELECT {_COLUMNS} FROM {view} WHERE room = ?1 AND seq > ?2"  # noqa: S608 (own names)
        " AND (?3 IS NULL OR id IN (SELECT value FROM json_each(?3))) ORDER BY seq LIMIT ?4",
        (room, after, None if only is None else json.dumps(list(only)), limit),
    )
    return [MessageRow(*row) for row in rows.fetchall()]


def _open_messages(past: Past, wanted: Sequence[str]) -> list[tuple[str, str]]:
    rows = past.db.execute(
        "SELECT id, room FROM offered_messages WHERE room IN open_rooms"
        " AND id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(wanted)),),
    )
    return [(message, room) for message, room in rows]


def _attached(past: Past, whole: set[str], said: list[str]) -> set[str]:
    rows = past.db.execute(
        "SELECT DISTINCT links.file FROM main.message_files AS links"
        " JOIN lost_messages AS said ON said.id = links.message"
        " WHERE said.id IN (SELECT value FROM json_each(?))"
        " OR said.room IN (SELECT value FROM json_each(?))",
        (json.dumps(said), json.dumps(sorted(whole))),
    )
    return {file for (file,) in rows}


def _is_here(past: Past, table: str, one: str) -> bool:
    found = past.db.execute(f"SELECT 1 FROM live.{table} WHERE id = ?", (one,))  # noqa: S608 (own names)
    return found.fetchone() is not None


def hung(db: Connection, row: MessageRow) -> Moved:
    """A message of another database with what hangs on it there."""
    replied = None
    if row.reply_to is not None:
        text = "SELECT id FROM main.messages WHERE room = ? AND seq = ?"
        found = db.execute(text, (row.room, row.reply_to)).fetchone()
        replied = found[0] if found else None
    here = (row.room, row.seq)
    files = db.execute("SELECT file FROM main.message_files WHERE message = ?", (row.id,))
    named = db.execute("SELECT user FROM main.mentions WHERE room = ? AND seq = ?", here)
    reacted = db.execute(
        "SELECT emoji, user FROM main.reactions WHERE room = ? AND seq = ? ORDER BY ev", here
    )
    return Moved(
        row,
        replied,
        [one for (one,) in files],
        [one for (one,) in named],
        [(emoji, user) for emoji, user in reacted],
    )


def _hang_on(db: Connection, row: MessageRow, moved: Moved) -> None:
    messages.attach(db, row.id, moved.files)
    mentions.add(db, row.room, row.seq, moved.mentions)
    db.executemany(
        "INSERT INTO reactions (room, seq, emoji, user, ev) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(row.room, row.seq, emoji, user, row.ev) for emoji, user in moved.reactions],
    )


def _seq_of(db: Connection, message: str, room: str | None = None) -> int | None:
    """Where a message is, anywhere or in this room."""
    text = "SELECT seq FROM messages WHERE id = ?1 AND (?2 IS NULL OR room = ?2)"
    found = db.execute(text, (message, room)).fetchone()
    return int(found[0]) if found else None
