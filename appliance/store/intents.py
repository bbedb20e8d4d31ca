""" "Reset now", written down before it is done: what tells a deliberate boot from a power cut. Used once."""

from appliance.base.ids import new_id
from appliance.store.database import Connection


def intend(db: Connection, epoch: str, by: str, at: int) -> None:
    """From the commit on, the session of this epoch is over at the next start, and erased."""
    db.execute("INSERT INTO intents VALUES (?, ?, ?, ?, NULL)", (new_id("i"), epoch, by, at))


def withdraw(db: Connection, epoch: str) -> bool:
    """It is not meant any more; whether it was."""
    return db.execute("DELETE FROM intents WHERE epoch = ? AND used IS NULL", (epoch,)).rowcount > 0


def unused(db: Connection) -> frozenset[str]:
    """Epochs whose end was intended and has not been carried out."""
    return frozenset(row["epoch"] for row in db.execute("SELECT epoch FROM intents WHERE used IS NULL"))


def use(db: Connection, epochs: frozenset[str], at: int) -> None:
    """They are carried out now."""
    for epoch in epochs:
        db.execute("UPDATE intents SET used = ? WHERE epoch = ? AND used IS NULL", (at, epoch))
