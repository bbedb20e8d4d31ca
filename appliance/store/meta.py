"""Single values of a database, by name. Works in box.db and in content.db."""

from appliance.store.database import Connection


def get(db: Connection, key: str) -> str | None:
    found = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(found[0]) if found else None


def put(db: Connection, key: str, value: str) -> None:
    db.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (key, value)
    )


def drop(db: Connection, key: str) -> None:
    db.execute("DELETE FROM meta WHERE key = ?", (key,))
