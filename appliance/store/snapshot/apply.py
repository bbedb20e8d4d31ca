"""Puts the administrator's decisions on content that came back. Doing it twice is doing it once."""

from collections.abc import Callable, Iterable

from appliance.store import bans, erasing, members, rooms
from appliance.store.bans import BanRow
from appliance.store.database import Connection
from appliance.store.decisions import Decision, Kind


def apply_decisions(db: Connection, decisions: Iterable[Decision]) -> None:
    """All of them in one transaction."""
    db.execute("BEGIN IMMEDIATE")
    put_on(db, decisions)
    db.execute("COMMIT")


def put_on(db: Connection, decisions: Iterable[Decision]) -> None:
    """As `apply_decisions`, inside a write. Kinds of a newer program are left alone."""
    by_kind: dict[str, list[Decision]] = {}
    for decision in decisions:
        by_kind.setdefault(decision.kind, []).append(decision)
    for kind, several in by_kind.items():
        if kind in _DEEDS:
            _DEEDS[Kind(kind)](db, [one.subject for one in several])
        if kind == Kind.BAN:
            _keep_out(db, several)
        if kind == Kind.ROOM_PASSWORD:
            _change_doors(db, several)


def _erase(db: Connection, ids: list[str]) -> None:
    """The place of a message stays, as where it was erased: `seq` has no holes (protocol.md)."""
    if erasing.holds(db, ids):
        erasing.take_away(db, ids)


def _reject(db: Connection, bodies: list[str]) -> None:
    db.executemany("UPDATE files SET state = 'rejected' WHERE sha256 = ?", [(one,) for one in bodies])


def _forget_members(db: Connection, users: list[str]) -> None:
    """The account is gone: its words keep the name they were written under, its rooms get another owner."""
    db.executemany("DELETE FROM members WHERE user = ?", [(one,) for one in users])
    for room, owner in db.execute("SELECT id, owner FROM rooms WHERE owner IS NOT NULL").fetchall():
        if owner not in users:
            continue
        heir = next(iter(members.heirs(db, room)), None)
        rooms.set_owner(db, room, heir.user if heir else None)
        if heir:
            members.set_role(db, room, heir.user, "owner")


def _keep_out(db: Connection, decided: list[Decision]) -> None:
    """Of rooms: who is banned from the whole box has no account that works."""
    for one in decided:
        room, _, subject = one.subject.partition(" ")
        if not subject:
            continue
        detail = one.detail
        until = detail.get("until")
        row = BanRow(
            room,
            subject,
            str(detail.get("name", "")),
            until if isinstance(until, int) else None,
            str(detail.get("reason", "")),
            str(detail.get("by", "")),
            one.at,
        )
        bans.put(db, row)
        db.execute("DELETE FROM members WHERE room = ? AND user = ?", (room, subject))


def _change_doors(db: Connection, decided: list[Decision]) -> None:
    """The codes and passwords that were changed: an old one opens nothing again."""
    for one in decided:
        password, code = one.detail.get("password"), one.detail.get("code")
        db.execute("UPDATE rooms SET password = ?, code = NULL WHERE id = ?", (password, one.subject))
        db.execute("UPDATE OR IGNORE rooms SET code = ? WHERE id = ?", (code, one.subject))


_DEEDS: dict[Kind, Callable[[Connection, list[str]], None]] = {
    Kind.ERASED: _erase,
    Kind.REJECTED_BODY: _reject,
    Kind.ACCOUNT_GONE: _forget_members,
}
