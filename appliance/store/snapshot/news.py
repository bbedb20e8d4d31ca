"""Whether a save would save anything: where a boot leads, and what is different now. Only reads."""

from contextlib import suppress
from enum import Enum

from appliance.store.database import Connection
from appliance.store.events import last_ev
from appliance.store.opened import Store
from appliance.store.snapshot import generations, sessions
from appliance.store.snapshot.choice import FLAGGED
from appliance.store.snapshot.contrast import Contrast
from appliance.store.snapshot.manifest import Damaged, Manifest, read
from appliance.store.snapshot.sides import Sides, opened


class News(Enum):
    """`CHOSEN`: what a boot leads to was chosen by hand, an older generation or a part of what there was; a
    save of everything would undo that.
    """

    NOTHING = "nothing"
    SOMETHING = "something"
    CHOSEN = "chosen"


def since(store: Store, leads_to: int | None, sides: Sides) -> News:
    """`leads_to`: the generation of a boot. Who is there or has read what is no news. Blocks."""
    if leads_to is not None and _is_chosen(store, leads_to):
        return News.CHOSEN
    began = sessions.record(store.layout, store.epoch)
    untouched = began is not None and began.ev == store.content.read_now(last_ev)
    if untouched and leads_to == store.outcome.generation:
        return News.NOTHING
    with opened(sides) as db:
        return News.SOMETHING if _differs(db) else News.NOTHING


def _is_chosen(store: Store, leads_to: int) -> bool:
    """A save by choice, or neither what this session began with nor the newest that was saved in it."""
    found = _manifest(store, leads_to)
    if found is not None and found.only is not None:
        return True
    began_as = store.outcome.generation
    if found is not None and found.epoch != store.epoch and began_as not in (leads_to, found.instead_of):
        return True
    newer = (_manifest(store, number) for number in generations.numbers(store.layout) if number > leads_to)
    return any(one is not None and one.epoch == store.epoch for one in newer)


def _manifest(store: Store, number: int) -> Manifest | None:
    with suppress(Damaged):
        return read(store.layout, number)
    return None


def _differs(db: Connection) -> bool:
    """In files, but those that look dangerous; in rooms and words; in who is in a room by choice."""
    contrast = Contrast(db)
    left_out = db.execute(
        f"SELECT count(*) FROM live.files WHERE {FLAGGED} AND id NOT IN (SELECT id FROM saved.files)"  # noqa: S608
    ).fetchone()[0]
    everyones = {room for (room,) in db.execute("SELECT id FROM live.rooms WHERE everyone = 1")}
    return (
        contrast.files().all > left_out
        or any(room.itself or room.messages.all for room in contrast.rooms())
        or bool(contrast.by_room("members").keys() - everyones)
    )
