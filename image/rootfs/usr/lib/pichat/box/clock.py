"""Steps `clock` and `clock-save`: a board without a battery goes on from the last time it knew.

The build date is kept by systemd itself (/usr/lib/clock-epoch); network time may come later.
"""

import time

from box import words
from box.machine import Machine, replace
from box.words import StepError

FILE = "clock"


def clock(machine: Machine) -> None:
    """Forward only: the clock is never set back."""
    try:
        known = int((machine.system / FILE).read_text())
    except (OSError, ValueError):
        return
    if known > time.time():
        time.clock_settime(time.CLOCK_REALTIME, known)
        machine.say(f"clock: goes on from {time.strftime('%Y-%m-%d %H:%M', time.gmtime(known))}")


def clock_save(machine: Machine) -> None:
    if not machine.mounted():
        raise StepError(words.NOT_MOUNTED)
    replace(machine.system / FILE, str(int(time.time())), 0o600)
