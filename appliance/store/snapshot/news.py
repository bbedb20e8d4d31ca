"""Whether a save would save anything: where a boot leads, and what has happened since. Only reads."""

import sqlite3
from contextlib import closing
from enum import Enum

from appliance.store.events import last_ev
from appliance.store.opened import Store
from appliance.store.snapshot import generations, sessions
from appliance.store.snapshot.layout import CONTENT_DB
from appliance.store.snapshot.manifest import Damaged, Manifest, read


class News(Enum):
    """`CHOSEN`: somebody made an older generation the one that a boot leads to; that is not to be undone."""

    NOTHING = "nothing"
    SOMETHING = "something"
    CHOSEN = "chosen"


def since(store: Store, leads_to: Manifest | None) -> News:
    """By the counter of events, which no clock can spoil. In doubt there is something. Blocks."""
    now = store.content.read_now(last_ev)
    began = sessions.record(store.layout, store.epoch)
    if leads_to is None or leads_to.generation == store.outcome.generation:
        if _newer_of_this_session(store, leads_to):
            return News.CHOSEN
        return News.NOTHING if began is not None and began.ev == now else News.SOMETHING
    if leads_to.epoch != store.epoch or _newer_of_this_session(store, leads_to):
        return News.CHOSEN
    return News.NOTHING if _ev_of(store, leads_to.generation) == now else News.SOMETHING


def _newer_of_this_session(store: Store, than: Manifest | None) -> bool:
    for number in generations.numbers(store.layout):
        if than is not None and number > than.generation:
            try:
                if read(store.layout, number).epoch == store.epoch:
                    return True
            except Damaged:
                continue
    return False


def _ev_of(store: Store, number: int) -> int | None:
    path = store.layout.generation(number) / CONTENT_DB
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            return last_ev(db)
    except (sqlite3.Error, TypeError):
        return None
