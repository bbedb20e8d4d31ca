"""`pichat factory-reset`: the box as it was delivered. Everything in it is erased for good."""

import argparse
import sys

from appliance.base.clock import SystemClock
from appliance.base.errors import StartError
from appliance.base.settings import Settings
from appliance.commands.running import ask
from appliance.commands.words import say
from appliance.domain.actor import BOX
from appliance.store import wipe
from appliance.store.disk import Disk
from appliance.store.snapshot.layout import DataLock, Layout

WORDS = ("BORRAR", "ERASE")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    layout, disk = Layout(settings.data.absolute()), Disk()
    if not layout.data.is_dir() or not wipe.is_ours(layout):
        raise StartError(f"{layout.data} is not a data folder of PiChat: nothing was changed")
    if not arguments.yes and not sure(layout):
        raise StartError("nothing was changed")
    if ask(layout, "factory_reset") is None:
        lock = DataLock(layout)
        try:
            wipe.intend(layout, disk, wipe.Intent((BOX.id, BOX.name), SystemClock().now()))
            wipe.finish(layout, disk)
        finally:
            lock.release()
    say(
        "accounts, messages, files, everything that was saved and the keys are erased",
        "who reads the card with special tools may still find traces: flash memory promises no more",
    )
    return 0


def sure(layout: Layout) -> bool:
    """The word, as it is asked for."""
    say(
        f"This erases everything in {layout.data}: accounts, messages, files, all that was saved, the keys.",
        f"Type {WORDS[0]} (or {WORDS[1]}) to do it:",
    )
    return sys.stdin.readline().strip() in WORDS
