"""Accounts as rows of box.db. Knows no rule: who may change them is the domain's matter."""

from dataclasses import astuple, dataclass
from typing import Any

from appliance.store.database import Connection


@dataclass(frozen=True, slots=True)
class UserRow:
    """One account, columns in the table's order."""

    id: str
    username: str
    username_key: str
    name: str
    role: str
    language: str
    password_hash: str | None
    disabled: bool
    created: int
    receipts: bool = True


_COLUMNS = ", ".join(UserRow.__slots__)
_PLACES = ", ".join("?" for _ in UserRow.__slots__)
_SELECT = f"SELECT {_COLUMNS} FROM users"  # noqa: S608 (own columns)
_INSERT = f"INSERT INTO users ({_COLUMNS}) VALUES ({_PLACES})"  # noqa: S608
_CHANGEABLE = frozenset(
    {"username", "username_key", "name", "role", "language", "password_hash", "disabled", "receipts"}
)


def insert(db: Connection, user: UserRow) -> bool:
    """False when the name is taken."""
    added = db.execute(
        f"{_INSERT} ON CONFLICT (username_key) DO NOTHING",
        astuple(user),
    )
    return added.rowcount == 1


def by_id(db: Connection, user: str) -> UserRow | None:
    return _one(db, "id = ?", user)


def by_key(db: Connection, username_key: str) -> UserRow | None:
    return _one(db, "username_key = ?", username_key)


def everyone(db: Connection) -> list[UserRow]:
    return [_row(row) for row in db.execute(_SELECT)]


def page(db: Connection, limit: int, after_key: str = "") -> list[UserRow]:
    """In the order of their names, from the one after `after_key`."""
    rows = db.execute(
        f"{_SELECT} WHERE username_key > ? ORDER BY username_key LIMIT ?",
        (after_key, limit),
    )
    return [_row(row) for row in rows]


def change(db: Connection, user: str, **values: Any) -> None:
    """Sets columns of one account; the domain has looked at the values."""
    assert values and values.keys() <= _CHANGEABLE
    assignments = ", ".join(f"{column} = ?" for column in values)
    db.execute(f"UPDATE users SET {assignments} WHERE id = ?", (*values.values(), user))  # noqa: S608


def delete(db: Connection, user: str) -> bool:
    """Sessions and links go with the account."""
    return db.execute("DELETE FROM users WHERE id = ?", (user,)).rowcount == 1


def count(db: Connection) -> int:
    return int(db.execute("SELECT count(*) FROM users").fetchone()[0])


def enabled(db: Connection, role: str) -> int:
    """How many of this role are not disabled."""
    return int(
        db.execute("SELECT count(*) FROM users WHERE role = ? AND NOT disabled", (role,)).fetchone()[0]
    )


def able(db: Connection, role: str) -> int:
    """How many of this role can sign in: not disabled, and with a password."""
    found = db.execute(
        "SELECT count(*) FROM users WHERE role = ? AND NOT disabled AND password_hash IS NOT NULL", (role,)
    )
    return int(found.fetchone()[0])


def _one(db: Connection, where: str, value: str) -> UserRow | None:
    row = db.execute(f"{_SELECT} WHERE {where}", (value,)).fetchone()
    return None if row is None else _row(row)


def _row(row: Any) -> UserRow:
    flags = {"disabled": bool(row["disabled"]), "receipts": bool(row["receipts"])}
    return UserRow(**{**dict(row), **flags})
