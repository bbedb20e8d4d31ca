"""`pichat restore`: what a start does with the content, without serving. `--now` ends this boot's session.

`--box` puts a saved copy of the accounts in place of a damaged `box.db`; `--empty` begins anew where nothing
that was saved can be read.
"""

import argparse

from appliance.base.clock import Clock, SystemClock
from appliance.base.settings import Settings
from appliance.commands.running import ask, is_running
from appliance.commands.words import say
from appliance.store.disk import Disk
from appliance.store.opening import open_store
from appliance.store.snapshot.boxfile import forget_saved, recover_box
from appliance.store.snapshot.generations import set_aside
from appliance.store.snapshot.layout import DataLock, Layout
from appliance.store.snapshot.outcome import RestoreOutcome


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    layout, clock = Layout(settings.data.absolute()), SystemClock()
    if arguments.box is not None:
        return recover(layout, arguments.box or None, clock)
    if arguments.empty:
        begin_anew(layout, clock)
    if is_running(layout):
        return beside_the_server(layout, now=arguments.now)
    store = open_store(settings, clock, now=arguments.now)
    if store.tidied is not None:
        store.tidied.result()
    store.close()
    say(*in_words(store.outcome))
    return 0


def beside_the_server(layout: Layout, *, now: bool) -> int:
    """Within one boot there is nothing to restore, unless one insists."""
    if not now:
        say("a server is running and this boot is restored already; --now goes back to what was saved")
    elif ask(layout, "reset", seconds=0) is not None:
        say("the server goes back to what was saved; what came since is erased")
    return 0


def begin_anew(layout: Layout, clock: Clock) -> None:
    """Keeps the accounts, and what was saved under another name."""
    lock = DataLock(layout)
    try:
        forget_saved(layout, Disk())
        set_aside(layout, Disk(), clock.now())
    finally:
        lock.release()
    say(f"what was saved is set aside in {layout.data}, as stable.aside-* and blobs.aside-*")


def recover(layout: Layout, number: int | None, clock: Clock) -> int:
    lock = DataLock(layout)
    try:
        chosen = recover_box(layout, Disk(), number, clock.now())
    finally:
        lock.release()
    say(
        f"the accounts are those of generation {chosen}; everybody signs in again",
        f"the damaged file is kept beside it, as {layout.box.name}.damaged-*",
    )
    return 0


def in_words(outcome: RestoreOutcome) -> list[str]:
    """What happened, the bad news first."""
    lines = [f"PASSED OVER {one}" for one in outcome.passed]
    if outcome.lost:
        lines.append(f"{len(outcome.lost)} saved files have lost their bytes; see `pichat check`")
    if outcome.how == "reopened":
        return [*lines, "this boot is restored already; --now goes back to what was saved"]
    origin = (
        f"generation {outcome.generation}" if outcome.generation else "the factory state: nothing is saved"
    )
    return [*lines, f"restored {origin} in {outcome.milliseconds} ms"]
