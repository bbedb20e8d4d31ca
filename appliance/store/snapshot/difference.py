"""What has come since a generation was saved: what a boot would take away. Counts only; changes nothing."""

import sqlite3
from pathlib import Path

from msgspec import Struct

from appliance.base.log import logger
from appliance.store.database import Connection

_log = logger("store")


class Since(Struct, frozen=True):
    """Additions, in numbers."""

    files: int = 0
    bytes: int = 0
    messages: int = 0
    posts: int = 0
    rooms: int = 0


_FROM_NOTHING = """
    SELECT (SELECT count(*) FROM files),
           (SELECT coalesce(sum(size), 0) FROM files),
           (SELECT coalesce(sum(head), 0) FROM rooms),
           0,
           (SELECT count(*) FROM rooms WHERE everyone = 0)
"""
# Positions, not times: the clock of a Pi may have been anywhere.
_FROM_SAVED = """
    SELECT (SELECT count(*) FROM main.files f
             WHERE NOT EXISTS (SELECT 1 FROM saved.files s WHERE s.id = f.id)),
           (SELECT coalesce(sum(size), 0) FROM main.files f
             WHERE NOT EXISTS (SELECT 1 FROM saved.files s WHERE s.id = f.id)),
           (SELECT coalesce(sum(max(0, r.head - coalesce(s.head, 0))), 0)
              FROM main.rooms r LEFT JOIN saved.rooms s ON s.id = r.id),
           0,
           (SELECT count(*) FROM main.rooms r
             WHERE NOT EXISTS (SELECT 1 FROM saved.rooms s WHERE s.id = r.id))
"""


def since(db: Connection, saved: Path | None) -> Since | None:
    """Against the content of a generation; None: against the factory state with its one room.

    Answers None when the generation cannot be read any more.
    """
    if saved is None:
        return Since(*db.execute(_FROM_NOTHING).fetchall()[0])
    try:
        db.execute("ATTACH ? AS saved", (f"{saved.as_uri()}?mode=ro&immutable=1",))
        try:
            return Since(*db.execute(_FROM_SAVED).fetchall()[0])
        finally:
            db.execute("DETACH saved")
    except sqlite3.DatabaseError as error:
        _log.error("the stable generation cannot be read: %s", error)
        return None
