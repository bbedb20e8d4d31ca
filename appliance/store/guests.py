"""Guests of rooms and their sessions, as rows beside the room's own. Knows no rule."""

from typing import NamedTuple

from appliance.store.database import Connection


class GuestRow(NamedTuple):
    """Somebody who came in with a name alone. The fields are the columns, in their order."""

    id: str
    room: str
    name: str
    session: str
    token_hash: bytes
    address: str
    created: int
    expires: int


_COLUMNS = ", ".join(GuestRow._fields)


def insert(db: Connection, row: GuestRow) -> None:
    db.execute(f"INSERT INTO guests ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608


def delete(db: Connection, guest: str) -> None:
    db.execute("DELETE FROM guests WHERE id = ?", (guest,))


def every(db: Connection) -> list[GuestRow]:
    return [GuestRow(*found) for found in db.execute(f"SELECT {_COLUMNS} FROM guests")]  # noqa: S608
