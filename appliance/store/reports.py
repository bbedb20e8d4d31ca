"""What people reported, beside the rooms that it is about. Knows no rule."""

from typing import NamedTuple

from appliance.store.database import Connection


class ReportRow(NamedTuple):
    """Somebody told of a person or of a message. The fields are the columns, in their order."""

    id: str
    room: str
    room_name: str
    user: str | None
    user_name: str | None
    seq: int | None
    reason: str
    by: str
    by_name: str
    at: int
    body: str | None = None


_COLUMNS = ", ".join(ReportRow._fields)
_SELECT = f"SELECT {_COLUMNS} FROM reports"  # noqa: S608 (own columns)
_MODERATED = "room IN (SELECT room FROM members WHERE user = ? AND role IN ('owner', 'moderator'))"


def insert(db: Connection, row: ReportRow) -> None:
    db.execute(f"INSERT INTO reports ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608


def find(db: Connection, report: str) -> ReportRow | None:
    found = db.execute(f"{_SELECT} WHERE id = ?", (report,)).fetchone()
    return ReportRow(*found) if found else None


def newest(db: Connection, moderator: str | None, limit: int, before: str = "") -> list[ReportRow]:
    """A page, the newest first: of the rooms that somebody moderates, or (None) of all."""
    where, values = ("1", ()) if moderator is None else (_MODERATED, (moderator,))
    text = (
        f"{_SELECT} WHERE {where} AND (? = ''"  # noqa: S608 (own words)
        " OR rowid < (SELECT rowid FROM reports WHERE id = ?)) ORDER BY rowid DESC LIMIT ?"
    )
    return [ReportRow(*found) for found in db.execute(text, (*values, before, before, limit))]


def forget_words(db: Connection, room: str, seq: int) -> None:
    """Of a message that is erased for good."""
    db.execute("UPDATE reports SET body = NULL WHERE room = ? AND seq = ?", (room, seq))


def delete(db: Connection, report: str) -> bool:
    return db.execute("DELETE FROM reports WHERE id = ?", (report,)).rowcount > 0
