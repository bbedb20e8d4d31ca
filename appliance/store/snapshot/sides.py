"""Two contents beside each other in one connection, as `live` and `saved`. Only reads; for worker threads."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

from appliance.base.errors import Code, Refusal
from appliance.store import rooms
from appliance.store.database import Connection, migrate
from appliance.store.schema import CONTENT

Plain = Callable[[str], str]  # a text as it is looked for


class Sides(NamedTuple):
    """The two contents."""

    live: Path
    saved: Path | None  # None: what a box begins with
    fixed: bool = False  # `live` is a generation too


@contextmanager
def opened(sides: Sides, q: str = "", plain: Plain = str) -> Iterator[Connection]:
    """Both beside each other; `q`: only what contains it, compared as `plain` makes of both.

    Refusal(conflict, damaged) when one of them cannot be read.
    """
    wanted = plain(q) if q else ""

    def looks_like(text: str | None) -> bool:
        return not wanted or wanted in plain(text or "")

    try:
        with closing(sqlite3.connect(":memory:", isolation_level=None, uri=True)) as db:
            how = "mode=ro&immutable=1" if sides.fixed else "mode=ro"
            db.execute("ATTACH ? AS live", (f"{sides.live.absolute().as_uri()}?{how}",))
            attach_saved(db, sides.saved)
            db.create_function("looks_like", 1, looks_like, deterministic=True)
            db.execute("BEGIN")
            _note_open_rooms(db)
            yield db
    except sqlite3.DatabaseError as error:
        raise Refusal(Code.CONFLICT, reason="damaged") from error


def attach_saved(db: Connection, saved: Path | None) -> None:
    """A generation as `saved`; None: what every box begins with."""
    if saved is not None:
        db.execute("ATTACH ? AS saved", (f"{saved.as_uri()}?mode=ro&immutable=1",))
        return
    db.execute("ATTACH ':memory:' AS saved")
    db.deserialize(_beginning(), name="saved")


def columns(db: Connection, side: str, table: str) -> list[str]:
    """The columns that a table has in one of the databases of this connection."""
    return [str(row[1]) for row in db.execute(f"PRAGMA {side}.table_info({table})")]


@cache
def _beginning() -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrate(db, CONTENT)
        return db.serialize()


def _note_open_rooms(db: Connection) -> None:
    """Open on every side where there is such a room."""
    db.execute(
        "CREATE TEMP TABLE open_rooms AS SELECT id FROM ("  # noqa: S608 (own names)
        f"SELECT id, {rooms.OPEN} AS is_open FROM live.rooms"
        f" UNION ALL SELECT id, {rooms.OPEN} FROM saved.rooms) GROUP BY id HAVING min(is_open)"
    )
