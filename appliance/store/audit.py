"""Who did what to the box: rows of box.db that are only ever added. No message text, no secret in them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from appliance.store.database import Connection


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One deed; `number` gives the order, `at` is for display."""

    number: int
    at: int
    actor: str
    actor_name: str
    action: str
    subject: str
    detail: Mapping[str, object]


def write(
    db: Connection,
    at: int,
    actor: tuple[str, str],
    action: str,
    *,
    subject: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """`actor` is an id and the name as it was then."""
    text = json.dumps(detail or {}, ensure_ascii=False)
    db.execute(
        "INSERT INTO audit (at, actor, actor_name, action, subject, detail) VALUES (?, ?, ?, ?, ?, ?)",
        (at, *actor, action, subject, text),
    )


def newest(db: Connection, limit: int = 100, before: int | None = None) -> list[AuditRow]:
    """One page, the newest first; `before` is the last number of the page before."""
    rows = db.execute(
        "SELECT * FROM audit WHERE ?1 IS NULL OR number < ?1 ORDER BY number DESC LIMIT ?2", (before, limit)
    )
    return [AuditRow(**{**dict(row), "detail": json.loads(row["detail"])}) for row in rows]
