"""Which files the stable snapshot has, as rows of content.db, for lists. Opens no generation."""

from collections.abc import Iterable

from appliance.store import meta
from appliance.store.database import Connection

_NUMBER = "stable"  # in meta: the generation that the rows tell of; empty: none


def all_are(db: Connection, number: int | None) -> None:
    """Content that has just come back: what it has is what a boot would bring."""
    db.execute("DELETE FROM stable_files")
    db.execute("INSERT INTO stable_files SELECT id, sha256 FROM files")
    meta.put(db, _NUMBER, str(number or ""))


def told_of(db: Connection) -> int | None:
    """The generation that the rows tell of."""
    number = meta.get(db, _NUMBER)
    return int(number) if number else None


def tell(db: Connection, number: int | None, files: Iterable[tuple[str, str]]) -> None:
    """From now on a boot leads to these files (id, SHA-256)."""
    db.execute("DELETE FROM stable_files")
    db.executemany("INSERT INTO stable_files (id, sha256) VALUES (?, ?)", files)
    meta.put(db, _NUMBER, str(number or ""))
