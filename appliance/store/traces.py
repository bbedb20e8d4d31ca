"""What SQLite keeps of rows that are gone: free pages, its log, the words of the index. Knows no rule.

`mark` with the rows, in one transaction; `clear` afterwards, also by a later process. What a memory
card keeps of bytes that were written over is beyond any program.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from appliance.store import meta, search
from appliance.store.database import Connection, connect

_MARK = "traces"  # in content.db's meta
# Writing all of a larger one anew would keep everybody waiting; there the erased rows alone are written over.
MOST_ANEW = 64 * 1024 * 1024


def mark(db: Connection) -> None:
    """Rows are about to be erased: their places are written over, and `clear` has something to do."""
    db.execute("PRAGMA secure_delete = ON")
    meta.put(db, _MARK, "1")


def are_left(db: Connection) -> bool:
    return meta.get(db, _MARK) is not None


def clear(path: Path) -> None:
    """Of a database that others may have open. Blocks: for worker threads. Does nothing without a mark."""
    with closing(connect(path, synchronous="NORMAL")) as db:
        if not are_left(db):
            return
        db.execute("PRAGMA secure_delete = ON")
        db.execute("BEGIN IMMEDIATE")
        search.begin_anew(db)
        db.execute("COMMIT")
        if path.stat().st_size <= MOST_ANEW:
            db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        meta.drop(db, _MARK)


def clear_copy(copy: sqlite3.Connection) -> None:
    """Of a copy that nobody else knows of, outside of a transaction."""
    if are_left(copy):
        copy.execute("PRAGMA secure_delete = ON")
        search.begin_anew(copy)
        meta.drop(copy, _MARK)
        copy.commit()
        copy.execute("VACUUM")
