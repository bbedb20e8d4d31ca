"""Who is named in which message. Knows no rule, and finds no names."""

from collections.abc import Iterable

from appliance.store.database import Connection


def put(db: Connection, room: str, seq: int, users: Iterable[str]) -> None:
    """These and no others."""
    db.execute("DELETE FROM mentions WHERE room = ? AND seq = ?", (room, seq))
    add(db, room, seq, users)


def add(db: Connection, room: str, seq: int, users: Iterable[str]) -> None:
    rows = [(room, seq, user) for user in users]
    db.executemany("INSERT INTO mentions (room, seq, user) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rows)


def of_range(db: Connection, room: str, first: int, last: int) -> dict[int, list[str]]:
    """By `seq`, ordered by id."""
    found = db.execute(
        "SELECT seq, user FROM mentions WHERE room = ? AND seq BETWEEN ? AND ? ORDER BY seq, user",
        (room, first, last),
    )
    by_seq: dict[int, list[str]] = {}
    for seq, user in found:
        by_seq.setdefault(seq, []).append(user)
    return by_seq


def unread(db: Connection, user: str) -> dict[str, int]:
    """In how many messages that somebody has not read they are named, by room."""
    found = db.execute(
        "SELECT mentions.room, count(*) FROM mentions JOIN members"
        " ON members.room = mentions.room AND members.user = mentions.user"
        " WHERE mentions.user = ? AND mentions.seq > members.read GROUP BY mentions.room",
        (user,),
    )
    return dict(found.fetchall())
