"""`pichat save`: everything there is becomes the stable snapshot."""

import argparse

from appliance.base.clock import SystemClock
from appliance.base.errors import Refusal, StartError
from appliance.base.settings import Settings
from appliance.commands.generations import line, told
from appliance.commands.running import ask, in_words
from appliance.commands.words import say
from appliance.domain import rules
from appliance.domain.actor import BOX
from appliance.store.opening import open_store
from appliance.store.snapshot.layout import Layout
from appliance.store.snapshot.save import Wish, save


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    note, flagged = rules.note(arguments.note), arguments.include_flagged
    answer = ask(Layout(settings.data.absolute()), "save", note=note, include_flagged=flagged)
    if answer is not None:
        say(f"saved as generation {told(answer)}")
        return 0
    clock = SystemClock()
    store = open_store(settings, clock)
    try:
        wish = Wish(at=clock.now(), by=(BOX.id, BOX.name), note=note, include_flagged=flagged)
        say(f"saved as generation {line(save(store, wish))}")
    except Refusal as refusal:
        raise StartError(in_words(refusal.code.value, refusal.params)) from refusal
    finally:
        store.close()
    return 0
