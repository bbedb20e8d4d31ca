"""Puts the administrator's decisions on content that came back. Doing it twice is doing it once."""

from collections.abc import Callable, Iterable

from appliance.store.database import Connection
from appliance.store.decisions import Decision, Kind

# Ids are random, so one list serves every kind of thing; what hangs on it goes with it (foreign keys).
_ERASABLE = ("messages", "files", "rooms")


def apply_decisions(db: Connection, decisions: Iterable[Decision]) -> None:
    """All of them in one transaction. Kinds of a newer program are left alone."""
    by_kind: dict[str, list[str]] = {}
    for decision in decisions:
        by_kind.setdefault(decision.kind, []).append(decision.subject)
    db.execute("BEGIN IMMEDIATE")
    for kind, subjects in by_kind.items():
        if kind in _DEEDS:
            _DEEDS[Kind(kind)](db, subjects)
    db.execute("COMMIT")


def _erase(db: Connection, ids: list[str]) -> None:
    for table in _ERASABLE:
        db.executemany(f"DELETE FROM {table} WHERE id = ?", [(one,) for one in ids])  # noqa: S608 (own names)
    db.executemany("DELETE FROM message_files WHERE file = ?", [(one,) for one in ids])


def _reject(db: Connection, bodies: list[str]) -> None:
    db.executemany("UPDATE files SET state = 'rejected' WHERE sha256 = ?", [(one,) for one in bodies])


def _forget_members(db: Connection, users: list[str]) -> None:
    """The account is gone; what it wrote keeps the name it was written under."""
    db.executemany("DELETE FROM members WHERE user = ?", [(one,) for one in users])


_DEEDS: dict[Kind, Callable[[Connection, list[str]], None]] = {
    Kind.ERASED: _erase,
    Kind.REJECTED_BODY: _reject,
    Kind.ACCOUNT_GONE: _forget_members,
}
