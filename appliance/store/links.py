"""One-time links of accounts (a new password) as rows of box.db: secrets only as hashes."""

from dataclasses import astuple, dataclass

from appliance.store.database import Connection


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link, columns in the table's order."""

    id: str
    kind: str
    user: str
    token_hash: bytes
    expires: int


def insert(db: Connection, link: LinkRow) -> None:
    """The newest link of a kind is the only one of an account."""
    db.execute("DELETE FROM links WHERE user = ? AND kind = ?", (link.user, link.kind))
    db.execute("INSERT INTO links (id, kind, user, token_hash, expires) VALUES (?,?,?,?,?)", astuple(link))


def by_token(db: Connection, kind: str, token_hash: bytes) -> LinkRow | None:
    row = db.execute(
        "SELECT id, kind, user, token_hash, expires FROM links WHERE kind = ? AND token_hash = ?",
        (kind, token_hash),
    ).fetchone()
    return None if row is None else LinkRow(*tuple(row))


def pending(db: Connection, kind: str, now: int) -> dict[str, int]:
    """Accounts with a link that still works, and until when."""
    rows = db.execute("SELECT user, expires FROM links WHERE kind = ? AND expires > ?", (kind, now))
    return {str(row[0]): int(row[1]) for row in rows}


def delete(db: Connection, link: str) -> None:
    db.execute("DELETE FROM links WHERE id = ?", (link,))


def delete_of_user(db: Connection, user: str) -> None:
    db.execute("DELETE FROM links WHERE user = ?", (user,))


def delete_over(db: Connection, now: int) -> None:
    db.execute("DELETE FROM links WHERE expires <= ?", (now,))
