"""What an administrator decided for good, in box.db: applied again to whatever a boot brings back.

Only remembers. What each kind does to content is in `snapshot/apply`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from appliance.base.ids import new_id
from appliance.store.database import Connection


class Kind(StrEnum):
    """The subject of each: what it is about, unique within the kind."""

    ERASED = "erased"  # id of a message, a file, a room
    REJECTED_BODY = "rejected_body"  # SHA-256
    ACCOUNT_GONE = "account_gone"  # user id
    BAN = "ban"  # user id, or "<room> <user>"
    ROOM_PASSWORD = "room_password"  # noqa: S105 (room id; the hash is in the detail)


@dataclass(frozen=True, slots=True)
class Decision:
    kind: str
    subject: str
    by: str
    at: int
    detail: Mapping[str, object] = field(default_factory=dict)


def record(db: Connection, decision: Decision) -> None:
    """Deciding the same again replaces the detail."""
    db.execute(
        "INSERT INTO decisions (id, kind, subject, detail, by, at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (kind, subject) DO UPDATE"
        " SET detail = excluded.detail, by = excluded.by, at = excluded.at",
        (
            new_id("d"),
            decision.kind,
            decision.subject,
            json.dumps(decision.detail),
            decision.by,
            decision.at,
        ),
    )


def withdraw(db: Connection, kind: Kind, subject: str) -> bool:
    """Whether there was one."""
    sql = "DELETE FROM decisions WHERE kind = ? AND subject = ?"
    return db.execute(sql, (kind, subject)).rowcount > 0


def every(db: Connection, kind: Kind | None = None) -> list[Decision]:
    rows = db.execute(
        "SELECT kind, subject, by, at, detail FROM decisions WHERE ?1 IS NULL OR kind = ?1 ORDER BY rowid",
        (kind,),
    )
    return [Decision(**{**dict(row), "detail": json.loads(row["detail"])}) for row in rows]


def stands(db: Connection, kind: Kind, subject: str) -> bool:
    """Whether this was decided."""
    sql = "SELECT 1 FROM decisions WHERE kind = ? AND subject = ?"
    return db.execute(sql, (kind, subject)).fetchone() is not None
