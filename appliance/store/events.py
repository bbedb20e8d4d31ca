"""The counter of all changes in content.db. Taken in the transaction of the change, so it never falls."""

from appliance.store.database import Connection


def next_ev(db: Connection, count: int = 1) -> int:
    """Takes `count` numbers; answers the first of them."""
    first = last_ev(db) + 1
    db.execute("UPDATE meta SET value = ? WHERE key = 'ev'", (first + count - 1,))
    return first


def last_ev(db: Connection) -> int:
    """The newest number that was taken."""
    return int(db.execute("SELECT value FROM meta WHERE key = 'ev'").fetchone()[0])
