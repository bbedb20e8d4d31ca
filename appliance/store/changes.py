"""What becomes of a message after it was said: edited, deleted, reacted to. Knows no rule."""

from appliance.store.database import Connection


def edit(db: Connection, room: str, seq: int, body: str, *, ev: int, at: int) -> None:
    db.execute(
        "UPDATE messages SET body = ?, edited = ?, ev = ? WHERE room = ? AND seq = ?",
        (body, at, ev, room, seq),
    )


def empty(db: Connection, room: str, seq: int, *, ev: int, at: int) -> None:
    """Takes the text and all that hangs on it away; the place stays."""
    here = (room, seq)
    db.execute(
        "DELETE FROM message_files WHERE message = (SELECT id FROM messages WHERE room = ? AND seq = ?)", here
    )
    for table in ("reactions", "mentions"):
        db.execute(f"DELETE FROM {table} WHERE room = ? AND seq = ?", here)  # noqa: S608 (own names)
    number = "SELECT number FROM indexed WHERE room = ? AND seq = ?"
    db.execute(f"DELETE FROM words WHERE rowid = ({number})", here)  # noqa: S608
    db.execute(
        "UPDATE messages SET body = '', deleted = ?, ev = ? WHERE room = ? AND seq = ?", (at, ev, room, seq)
    )


def react(db: Connection, room: str, seq: int, user: str, emoji: str, *, ev: int) -> bool:
    """Whether it is new."""
    found = db.execute(
        "INSERT INTO reactions (room, seq, emoji, user, ev) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (room, seq, emoji, user, ev),
    )
    return found.rowcount > 0


def unreact(db: Connection, room: str, seq: int, user: str, emoji: str) -> bool:
    """Whether there was one."""
    where = "DELETE FROM reactions WHERE room = ? AND seq = ? AND emoji = ? AND user = ?"
    return db.execute(where, (room, seq, emoji, user)).rowcount > 0


def touch(db: Connection, room: str, seq: int, *, ev: int) -> None:
    """The newest of two copies of a message is the one with the higher `ev`."""
    db.execute("UPDATE messages SET ev = ? WHERE room = ? AND seq = ?", (ev, room, seq))


def kinds(db: Connection, room: str, seq: int) -> set[str]:
    """The different reactions to one message."""
    where = "SELECT DISTINCT emoji FROM reactions WHERE room = ? AND seq = ?"
    return {row[0] for row in db.execute(where, (room, seq))}


def reactions_of(db: Connection, room: str, first: int, last: int) -> dict[int, dict[str, list[str]]]:
    """Of a range of messages: by `seq`, for each emoji who, in the order in which they came."""
    found = db.execute(
        "SELECT seq, emoji, user FROM reactions WHERE room = ? AND seq BETWEEN ? AND ? ORDER BY seq, ev",
        (room, first, last),
    )
    by_seq: dict[int, dict[str, list[str]]] = {}
    for seq, emoji, user in found:
        by_seq.setdefault(seq, {}).setdefault(emoji, []).append(user)
    return by_seq
