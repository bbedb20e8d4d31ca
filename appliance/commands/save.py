"""`pichat save`: everything there is, or a choice, becomes the stable snapshot."""

import argparse
from collections.abc import Sequence

import msgspec

from appliance.base.clock import SystemClock
from appliance.base.errors import Refusal, StartError
from appliance.base.settings import Settings
from appliance.commands.generations import line, told
from appliance.commands.running import ask, in_words
from appliance.commands.words import say
from appliance.domain import rules
from appliance.domain.actor import BOX
from appliance.domain.stable_choice import KINDS, Only, choice
from appliance.store.opening import open_store
from appliance.store.snapshot.layout import Layout
from appliance.store.snapshot.save import Wish, save


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    note, flagged = rules.note(arguments.note), arguments.include_flagged or None
    only = chosen(arguments.only) if arguments.only else None
    named = msgspec.to_builtins(only)
    answer = ask(Layout(settings.data.absolute()), "save", note=note, include_flagged=flagged, only=named)
    if answer is not None:
        say(f"saved as generation {told(answer)}")
        return 0
    clock = SystemClock()
    store = open_store(settings, clock)
    try:
        by = (BOX.id, BOX.name)
        wish = Wish(at=clock.now(), by=by, note=note, include_flagged=flagged, only=choice(only))
        say(f"saved as generation {line(save(store, wish))}")
    except Refusal as refusal:
        raise StartError(in_words(refusal.code.value, refusal.params)) from refusal
    finally:
        store.close()
    return 0


def chosen(words: Sequence[str]) -> Only:
    """Kinds, `kept`, and ids, which tell what they are by their first letter."""
    ids = [word for word in words if word not in (*KINDS, "kept")]
    unknown = [word for word in ids if not word.startswith(("r_", "f_"))]
    if unknown:
        raise StartError(f"{unknown[0]} is neither a kind nor the id of a room or of a file")
    return Only(
        kinds=[word for word in words if word in KINDS],
        rooms=[word for word in ids if word.startswith("r_")],
        files=[word for word in ids if word.startswith("f_")],
        kept="kept" in words,
    )
