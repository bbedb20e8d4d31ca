"""Which PiChat this boot runs: the image's own, one that was brought and is good, or one on trial.

Decided at boot alone: what is found wrong later is written down, and the machine starts again. Step `update`
before the service, `trial` beside it, `update-crash` whenever it has ended.
"""

import os
import time
from dataclasses import replace

from box import package, words
from box.answers import PORT, well
from box.machine import Machine
from box.package import HEAD, Unfit, number
from box.taking import offered, refuse, waiting
from box.update_state import (
    FOLDER,
    Brought,
    State,
    forget,
    load,
    own_version,
    put_aside,
    put_back,
    remember,
    save,
    tidy,
)
from box.words import StepError

BOOTS = 3  # a trial that has not become good after so many is none
CRASHES = 3  # in one boot
PATIENCE = 900.0  # seconds until the first good answer; a slow board replays its journals first
STEADY = 60.0  # and it must still answer then


def update(machine: Machine) -> None:
    """Before the service. Whatever is wrong with updates, the image's own PiChat starts."""
    if not machine.mounted():
        raise StepError(words.NOT_MOUNTED)
    state = load(machine)
    if package.key(machine):
        offered(machine, state)
    floor = number(own_version(machine))
    for one in (state.trial, state.good, state.resting):
        if one is not None and number(one.version) < floor:
            forget(state, one)
    if state.trial is None:
        state.aside = False
    elif state.trial.boots >= BOOTS:
        roll_back(machine, state, "boots")
    if state.back:
        put_back(machine)
        state.back = False
    if state.trial is not None:
        begin(machine, state, state.trial)
    remember(machine, state)
    running = started(machine, state)
    tidy(machine, state)
    tell(machine, state, running)
    if running is not None and running.stays:
        machine.trouble("update", words.UPDATE_STAYS.filled(version=running.version))
    elif state.rolled_back is not None and not state.told:
        said = words.UPDATE_SPOILT if state.rolled_back["why"] == "damaged" else words.ROLLED_BACK
        machine.trouble("update", said.filled(version=state.rolled_back["version"]))
        state.told = True
        remember(machine, state)


def begin(machine: Machine, state: State, one: Brought) -> None:
    """One more boot on trial. What has not got the accounts of before it on the disk is not tried."""
    first = not state.aside
    try:
        if first:
            put_aside(machine)
            state.aside = True
        one.boots += 1
        save(machine, state)
    except OSError as error:
        machine.say(f"update: {error}")
        if first:
            forget(state, one)
            state.aside = False
            refuse(machine, state, Unfit("no_space", one.version))
            tidy(machine, state)


def started(machine: Machine, state: State) -> Brought | None:
    """Mounted in place of the image's own; None when that one is to run."""
    while (one := state.trial or state.good) is not None:
        try:
            mount(machine, one)
        except (Unfit, StepError) as error:
            machine.say(f"update: {error}")
            roll_back(machine, state, "damaged")
            if state.back:
                put_back(machine)
            state.back = False
            remember(machine, state)
        else:
            return one
    return None


def trial(machine: Machine, port: int = PORT, patience: float = PATIENCE, steady: float = STEADY) -> None:
    """Good once it answers, and still does a while later. If not, the machine starts again without it."""
    running = machine.noted("update") or {}
    if not running.get("trial"):
        return
    end = time.monotonic() + patience
    while not well(port) and time.monotonic() < end:
        time.sleep(min(1.0, patience / 10))
    if well(port):
        time.sleep(steady)
    state = load(machine)
    if state.trial is None or state.trial.version != running["running"]:
        return  # a crash, or a newer one, was quicker
    if well(port):
        state.good, state.trial, state.resting, state.rolled_back = state.trial, None, None, None
        state.aside = False
        remember(machine, state)
        tell(machine, state, running=state.good)
        machine.say(f"update: {state.good.version} is good")
        return
    roll_back(machine, state, "unhealthy")
    start_again(machine, state)


def start_again(machine: Machine, state: State) -> None:
    """If a full disk does not take what was decided, what was given up makes room, and is missed later."""
    if not remember(machine, state):
        tidy(machine, state)
        remember(machine, state)
    machine.run("systemctl", "--no-block", "reboot")


def crashed(machine: Machine) -> None:
    """The service has ended; systemd says how in the environment. The third crash of a boot is too many."""
    if os.environ.get("SERVICE_RESULT", "success") == "success":
        return
    count = int(machine.noted("crashes") or 0) + 1
    machine.note("crashes", count)
    if count < CRASHES:
        return
    state, running = load(machine), (machine.noted("update") or {}).get("running")
    one = next((one for one in (state.trial, state.good) if one is not None and one.version == running), None)
    if one is None and state.resting is not None:
        # Worse than the one that it stands in for: an older PiChat cannot read what a newer one has written.
        state.good, state.resting, state.rolled_back = replace(state.resting, stays=True), None, None
    elif one is None or one.stays:
        return
    else:
        roll_back(machine, state, "crashes", one)
    start_again(machine, state)


def mount(machine: Machine, one: Brought) -> None:
    """Over the image's own, for the whole of this boot. Every byte is looked at first: a card may fail."""
    path = machine.system / FOLDER / one.name
    package.checked(machine, path)
    options = f"ro,nosuid,nodev,loop,offset={HEAD}"
    machine.run("mount", "-t", "squashfs", "-o", options, str(path), str(machine.root / "opt/pichat"))
    machine.say(f"update: {one.version} runs in place of {own_version(machine)}")


def roll_back(machine: Machine, state: State, why: str, one: Brought | None = None) -> None:
    """The trial if there is one, or the good one, is no more; what was before it comes next.

    A trial takes its accounts with it: what it made of them may be the fault. One that was good does not, for
    people have joined since; it rests, in case the one before it cannot read what it has written.
    """
    one = one or state.trial or state.good
    assert one is not None
    if one is state.trial:
        state.back, state.aside = state.aside, False
    rests = why == "crashes" and one is state.good
    forget(state, one)
    if rests:
        state.resting = one
    state.rolled_back, state.told = {"version": one.version, "why": why}, False
    machine.say(f"update: {one.version} is rolled back: {why}")


def tell(machine: Machine, state: State, running: Brought | None) -> None:
    own = own_version(machine)
    facts = {"image": own, "running": running.version if running else own, **waiting(state)}
    facts["stays"] = running is not None and running.stays
    machine.note("update", {**facts, "trial": running is not None and running is state.trial})
