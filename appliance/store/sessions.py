"""Sessions as rows of box.db: secrets only as hashes. Knows no life times; the domain brings them."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Any

from appliance.store.database import Connection


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session, columns in the table's order."""

    id: str
    user: str
    kind: str
    token_hash: bytes
    refresh_hash: bytes | None
    spent_hash: bytes | None
    created: int
    seen: int
    token_expires: int
    expires: int
    client: str
    address: str


_COLUMNS = ", ".join(SessionRow.__slots__)
_PLACES = ", ".join("?" for _ in SessionRow.__slots__)
_SELECT = f"SELECT {_COLUMNS} FROM sessions"  # noqa: S608 (own columns)
_INSERT = f"INSERT INTO sessions ({_COLUMNS}) VALUES ({_PLACES})"  # noqa: S608


def insert(db: Connection, session: SessionRow) -> None:
    db.execute(_INSERT, astuple(session))


def by_id(db: Connection, session: str) -> SessionRow | None:
    return _one(db, "id = ?", session)


def by_token(db: Connection, token_hash: bytes) -> SessionRow | None:
    return _one(db, "token_hash = ?", token_hash)


def by_refresh(db: Connection, refresh_hash: bytes) -> SessionRow | None:
    return _one(db, "refresh_hash = ?", refresh_hash)


def by_spent(db: Connection, spent_hash: bytes) -> SessionRow | None:
    return _one(db, "spent_hash = ?", spent_hash)


def of_user(db: Connection, user: str) -> list[SessionRow]:
    """The newest use first."""
    rows = db.execute(f"{_SELECT} WHERE user = ? ORDER BY seen DESC, id", (user,))
    return [_row(row) for row in rows]


def rotate(db: Connection, session: SessionRow) -> None:
    """Writes the secrets, times and address of one that was refreshed."""
    db.execute(
        "UPDATE sessions SET token_hash = ?, refresh_hash = ?, spent_hash = ?, token_expires = ?, seen = ?,"
        " address = ? WHERE id = ?",
        (
            session.token_hash,
            session.refresh_hash,
            session.spent_hash,
            session.token_expires,
            session.seen,
            session.address,
            session.id,
        ),
    )


def saw(db: Connection, seen: Iterable[tuple[str, int]]) -> None:
    """Notes the last use of several sessions; those that are gone stay gone."""
    db.executemany("UPDATE sessions SET seen = ? WHERE id = ?", [(at, session) for session, at in seen])


def delete(db: Connection, session: str) -> bool:
    return db.execute("DELETE FROM sessions WHERE id = ?", (session,)).rowcount == 1


def delete_of_user(db: Connection, user: str, keep: str | None = None) -> list[str]:
    """Ends all of them, except `keep`; returns their ids."""
    rows = db.execute("DELETE FROM sessions WHERE user = ? AND id IS NOT ? RETURNING id", (user, keep))
    return [str(row[0]) for row in rows.fetchall()]


def delete_over(db: Connection, now: int, cookie_seen_before: int) -> list[str]:
    """Removes those whose time is over; returns their ids."""
    rows = db.execute(
        "DELETE FROM sessions WHERE expires <= ? OR (kind = 'cookie' AND seen <= ?) RETURNING id",
        (now, cookie_seen_before),
    )
    return [str(row[0]) for row in rows.fetchall()]


def _one(db: Connection, where: str, value: Any) -> SessionRow | None:
    row = db.execute(f"{_SELECT} WHERE {where}", (value,)).fetchone()
    return None if row is None else _row(row)


def _row(row: Any) -> SessionRow:
    return SessionRow(*tuple(row))
