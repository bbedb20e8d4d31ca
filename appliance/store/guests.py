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


def of_room(db: Connection, room: str) -> list[str]:
    return [guest for (guest,) in db.execute("SELECT id FROM guests WHERE room = ?", (room,))]


def around(db: Connection, user: str) -> list[str]:
    """The guests of all rooms of somebody."""
    text = "SELECT guests.id FROM guests JOIN members ON members.room = guests.room WHERE members.user = ?"
    return [guest for (guest,) in db.execute(text, (user,))]


def every(db: Connection) -> list[GuestRow]:
    return [GuestRow(*found) for found in db.execute(f"SELECT {_COLUMNS} FROM guests")]  # noqa: S608
