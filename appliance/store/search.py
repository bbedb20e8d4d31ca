"""Words of messages, found by SQLite's FTS5 (sqlite.org/fts5.html), without accents or case. Knows no rule.

The index is brought up to date when somebody searches, so that sending costs nothing for it.
"""

from appliance.store import meta
from appliance.store.database import Connection
from appliance.store.messages import MessageRow, rows_of

_MARK = "indexed_ev"  # in meta: everything up to this `ev` is in the index
_MERGED = 200  # pages of the index in one go
_STEP = 500  # messages in one go, so that the first search of a full box does not hold the writer for long


def catch_up(db: Connection) -> bool:
    """Puts what came or changed since into the index; whether that was all."""
    mark = int(meta.get(db, _MARK) or 0)
    found = db.execute(
        "SELECT room, seq, body, ev FROM messages WHERE ev > ? ORDER BY ev LIMIT ?", (mark, _STEP)
    ).fetchall()
    for room, seq, body, _ in found:
        number = _number(db, room, seq)
        db.execute("DELETE FROM words WHERE rowid = ?", (number,))
        if body:
            db.execute("INSERT INTO words (rowid, body) VALUES (?, ?)", (number, body))
    if found:
        meta.put(db, _MARK, str(found[-1][3]))
    return len(found) < _STEP


def forget(db: Connection, first: bool) -> bool:
    """One step of taking words out of the index that nothing says any more; whether that was the last.

    What is deleted from FTS5 stays in its older segments until they are merged (fts5.html, section 6.8). The
    option that deletes at once, `secure-delete`, needs SQLite 3.42; Debian 12 has 3.40.
    """
    before = db.total_changes
    pages = -_MERGED if first else _MERGED
    db.execute("INSERT INTO words (words, rank) VALUES ('merge', ?)", (pages,))
    return db.total_changes - before < 2


def begin_anew(db: Connection) -> None:
    """Empties the index, down to the traces of old words: `catch_up` fills it again."""
    made = db.execute("SELECT sql FROM sqlite_master WHERE name = 'words'").fetchone()[0]
    db.execute("DROP TABLE words")
    db.execute(made)
    db.execute("DELETE FROM indexed")
    meta.drop(db, _MARK)


def check(db: Connection) -> None:
    """Raises sqlite3.DatabaseError when the index is not whole in itself."""
    db.execute("INSERT INTO words (words) VALUES ('integrity-check')")


def find(db: Connection, query: str, user: str, before: int, limit: int) -> list[MessageRow]:
    """Messages with all these words, newest change first, from rooms of this person or open to all.

    A rough sieve: the domain looks again. `before`: an `ev`, to go on.
    """
    return rows_of(
        db,
        "JOIN indexed ON indexed.room = messages.room AND indexed.seq = messages.seq"
        " JOIN words ON words.rowid = indexed.number"
        " WHERE words MATCH ? AND messages.ev < ? AND messages.deleted IS NULL AND messages.room IN"
        " (SELECT room FROM members WHERE user = ?"
        "  UNION SELECT id FROM rooms WHERE everyone = 1 OR kind = 'public')"
        " ORDER BY messages.ev DESC LIMIT ?",
        (query, before, user, limit),
    )


def _number(db: Connection, room: str, seq: int) -> int:
    db.execute("INSERT INTO indexed (room, seq) VALUES (?, ?) ON CONFLICT DO NOTHING", (room, seq))
    found = db.execute("SELECT number FROM indexed WHERE room = ? AND seq = ?", (room, seq)).fetchone()
    return int(found[0])
