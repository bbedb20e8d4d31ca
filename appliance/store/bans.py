"""Who may not come into which room: rows beside the room's own. The decisions behind them are in box.db."""

from typing import NamedTuple

from appliance.store.database import Connection


class BanRow(NamedTuple):
    """One ban. `subject` is a user's id; of guests `@<network>` or `~<name>`. `until` None: for good."""

    room: str
    subject: str
    name: str
    until: int | None
    reason: str
    by_name: str
    at: int


_COLUMNS = ", ".join(BanRow._fields)
# A ban from before a reset may be about a room that did not come back.
_INSERT = (
    f"INSERT OR REPLACE INTO bans ({_COLUMNS}) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7"  # noqa: S608 (own columns)
    " WHERE EXISTS (SELECT 1 FROM rooms WHERE id = ?1)"
)


def put(db: Connection, row: BanRow) -> None:
    db.execute(_INSERT, row)


def lift(db: Connection, room: str, subject: str) -> bool:
    """Whether there was one."""
    return db.execute("DELETE FROM bans WHERE room = ? AND subject = ?", (room, subject)).rowcount > 0


def stands(db: Connection, room: str, *subjects: str) -> bool:
    """Whether one of them is banned now."""
    text = (
        "SELECT 1 FROM bans WHERE room = ? AND subject = ? AND (until IS NULL OR until > unixepoch() * 1000)"
    )
    return any(db.execute(text, (room, subject)).fetchone() for subject in subjects)


def of_room(db: Connection, room: str) -> list[BanRow]:
    text = f"SELECT {_COLUMNS} FROM bans WHERE room = ? ORDER BY at, subject"  # noqa: S608
    return [BanRow(*found) for found in db.execute(text, (room,))]
