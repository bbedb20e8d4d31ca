"""Messages that are older than their room keeps them, and the files that hung on them alone. Knows no rule.

Age is by the time that a message bears. A clock that was put right must not make everything old at once, so
what came in this session goes only once the machine has run as long (`Limit.ran`).
"""

from typing import NamedTuple

from appliance.store import changes, events, files
from appliance.store.database import Connection
from appliance.store.files import FileRow


class Limit(NamedTuple):
    """What was said before `before` (ms) goes; what has a counter above `began` only if it `ran` so long."""

    before: int
    began: int
    ran: bool


class Gone(NamedTuple):
    """What one step took: messages from the beginning, places that were emptied further on, files."""

    trimmed: int
    emptied: list[tuple[int, int]]  # ev, seq
    files: list[tuple[int, FileRow]]  # with the `ev` of their going
    bodies: list[str]


_OLD = "(ts < ?2 AND (restored OR ev <= ?3 OR ?4))"


def is_due(db: Connection, room: str, limit: Limit) -> bool:
    """Whether there is anything to take."""
    text = f"SELECT 1 FROM messages WHERE room = ?1 AND {_OLD} AND deleted IS NULL LIMIT 1"  # noqa: S608 (own words)
    return db.execute(text, (room, *limit)).fetchone() is not None


def step(db: Connection, room: str, limit: Limit, most: int, at: int) -> Gone:
    """Takes some, inside a write. What lies before all that stays goes; of the rest the places stay."""
    young = db.execute(
        f"SELECT seq FROM messages WHERE room = ?1 AND NOT {_OLD} ORDER BY seq LIMIT 1",  # noqa: S608
        (room, *limit),
    ).fetchone()
    bound = young[0] if young else 1 << 62
    first = _some(db, "seq < ?2 ORDER BY seq LIMIT ?3", (room, bound, most))
    stray = (
        []
        if first
        else _some(
            db, f"seq > ?6 AND {_OLD} AND deleted IS NULL ORDER BY seq LIMIT ?5", (room, *limit, most, bound)
        )
    )
    attached = _attached(db, [one for one, _ in first or stray])
    db.executemany("DELETE FROM messages WHERE room = ? AND seq = ?", [(room, seq) for _, seq in first])
    emptied = []
    for _, seq in stray:
        ev = events.next_ev(db)
        changes.empty(db, room, seq, ev=ev, at=at)
        emptied.append((ev, seq))
    gone, bodies = _drop_files(db, attached, limit.before)
    return Gone(len(first), emptied, gone, bodies)


def _some(db: Connection, tail: str, values: tuple[object, ...]) -> list[tuple[str, int]]:
    text = f"SELECT id, seq FROM messages WHERE room = ?1 AND {tail}"  # noqa: S608 (own words)
    return [(id, seq) for id, seq in db.execute(text, values)]


def _attached(db: Connection, gone: list[str]) -> list[str]:
    found: dict[str, None] = {}
    for message in gone:
        rows = db.execute("SELECT file FROM message_files WHERE message = ?", (message,))
        found |= dict.fromkeys(file for (file,) in rows)
    return list(found)


def _drop_files(
    db: Connection, candidates: list[str], before: int
) -> tuple[list[tuple[int, FileRow]], list[str]]:
    """Those that came for messages alone, that no message has any more, that are as old, and that nobody
    asked to keep. What lies in the area is everybody's: a room that forgets must be no way to delete it.
    """
    gone: list[tuple[int, FileRow]] = []
    bodies: list[str] = []
    for row in files.find_many(db, candidates):
        used = db.execute("SELECT 1 FROM message_files WHERE file = ?", (row.id,)).fetchone()
        if row.room is not None and not (used or row.keep or row.created >= before):
            files.delete(db, row.id)
            gone.append((events.next_ev(db), row))
            bodies += row.bodies
    return gone, bodies
