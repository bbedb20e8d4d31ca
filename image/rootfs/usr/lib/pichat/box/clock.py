"""Steps `clock` and `clock-save`: a board without a battery goes on from the last time it knew.

The build date is kept by systemd itself (/usr/lib/clock-epoch); network time may come later.
"""

import time

from box import words
from box.machine import Machine, replace
from box.words import StepError

FILE = "clock"
LATEST = 4_102_444_800  # the year 2100: more is a mistake


def clock(machine: Machine) -> None:
    """Forward only: the clock is never set back."""
    try:
        known = int((machine.system / FILE).read_text())
    except (OSError, ValueError):
        return
    if known > time.time():
        machine.set_clock(known)
        machine.say(f"clock: goes on from {time.strftime('%Y-%m-%d %H:%M', time.gmtime(known))}")


def clock_save(machine: Machine) -> None:
    if not machine.mounted():
        raise StepError(words.NOT_MOUNTED)
    replace(machine.system / FILE, str(int(time.time())), 0o600)


def put_forward(machine: Machine, seconds: int) -> None:
    """To the time of somebody's browser. Never back or before the build, nor where the network knows."""
    if (machine.root / "run/systemd/timesync/synchronized").exists():
        machine.say("clock: the network knows the time better")
        return
    built = machine.root / "usr/lib/clock-epoch"
    least = max(time.time(), built.stat().st_mtime if built.exists() else 0)
    if not least < seconds < LATEST:
        machine.say("clock: what somebody's browser says is not later")
        return
    machine.set_clock(seconds)
    clock_save(machine)
    machine.say(f"clock: put forward to {time.strftime('%Y-%m-%d %H:%M', time.gmtime(seconds))}")
