"""How long what a power cut interrupted waits: as an administrator chose, and until then as the settings say.

Kept in box.db, so that the very next boot goes by it. Carries nothing out.
"""

import msgspec
from msgspec import Struct

from appliance.base.settings import Settings
from appliance.store import meta
from appliance.store.database import Connection

_KEY = "previous"  # in box.db's meta


class Waits(Struct, frozen=True, kw_only=True):
    """`hours` of running time. `erase`: it does not wait at all, every boot erases it at once."""

    hours: int
    erase: bool


def read(db: Connection, settings: Settings) -> Waits:
    """What counts now. What a newer program chose and this one does not know is left alone."""
    otherwise = Waits(hours=settings.previous_hours, erase=settings.erase_previous)
    text = meta.get(db, _KEY)
    try:
        return msgspec.json.decode(text, type=Waits) if text else otherwise
    except msgspec.MsgspecError:
        return otherwise


def choose(db: Connection, waits: Waits) -> None:
    meta.put(db, _KEY, msgspec.json.encode(waits).decode())
