"""`--demo`: three accounts whose passwords everybody knows, and a mark on the store."""

from appliance.base.clock import Clock
from appliance.base.errors import StartError
from appliance.base.settings import Settings
from appliance.domain.actor import BOX, Role
from appliance.domain.newcomer import newcomer
from appliance.domain.passwords import Hasher
from appliance.store import audit, meta, users
from appliance.store.database import Connection, Database

ACCOUNTS = (
    ("admin", "Administradora", Role.ADMINISTRATOR, "admin123"),
    ("cliente", "Cliente", Role.CLIENTE, "cliente123"),
    ("usuario", "Usuario", Role.USUARIO, "usuario123"),
)
_META = "demo"


def prepare(box: Database, hasher: Hasher, settings: Settings, clock: Clock) -> None:
    """At the start, before accounts are read: makes the store a demonstration, or refuses to mix the two."""
    marked, occupied = box.read_now(lambda db: (meta.get(db, _META) is not None, users.count(db) > 0))
    if marked and not settings.demo:
        raise StartError(
            "this data folder is a demonstration, with passwords that everybody knows: "
            "start with --demo, or give another folder with PICHAT_DATA"
        )
    if not settings.demo or marked:
        return
    if occupied:
        raise StartError(
            "--demo is for a new data folder, and this box has accounts: give another folder with PICHAT_DATA"
        )
    now = clock.now()
    rows = [
        newcomer(name, full, role).row(hasher.hash_now(secret), now) for name, full, role, secret in ACCOUNTS
    ]

    def work(db: Connection) -> None:
        meta.put(db, _META, "1")
        for row in rows:
            users.insert(db, row)
        audit.write(db, now, (BOX.id, BOX.name), "demo")

    box.write_now(work)
