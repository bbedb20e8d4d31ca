"""The counter of all changes in content.db. Taken in the transaction of the change, so it never falls."""

from appliance.store.database import Connection


def next_ev(db: Connection, count: int = 1) -> int:
    """Takes `count` numbers; answers the first of them."""
    found = db.execute(
        "UPDATE meta SET value = CAST(value AS INTEGER) + ? WHERE key = 'ev' RETURNING value", (count,)
    ).fetchone()
    return int(found[0]) - count + 1


def last_ev(db: Connection) -> int:
    """The newest number that was taken."""
    return int(db.execute("SELECT value FROM meta WHERE key = 'ev'").fetchone()[0])
