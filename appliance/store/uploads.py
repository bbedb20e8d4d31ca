"""Uploads in several requests, as rows of content.db. How far each has come is the length of its part."""

from dataclasses import dataclass

from appliance.store.database import Connection


@dataclass(frozen=True, slots=True)
class UploadRow:
    """One upload. The fields are the columns, in their order."""

    id: str
    owner: str
    name: str
    size: int | None
    metadata: str
    concat: str
    file: str | None = None
    folder: str = ""
    room: str | None = None


_COLUMNS = ", ".join(UploadRow.__slots__)


def every(db: Connection) -> list[UploadRow]:
    return [UploadRow(*row) for row in db.execute(f"SELECT {_COLUMNS} FROM uploads")]  # noqa: S608 (own columns)


def put(db: Connection, row: UploadRow) -> None:
    """Writes it down, or writes it anew."""
    values = [getattr(row, column) for column in UploadRow.__slots__]
    places = ", ".join("?" for _ in values)
    db.execute(f"INSERT OR REPLACE INTO uploads ({_COLUMNS}) VALUES ({places})", values)  # noqa: S608 (own columns)


def forget(db: Connection, *ids: str) -> None:
    for one in ids:
        db.execute("DELETE FROM uploads WHERE id = ?", (one,))
