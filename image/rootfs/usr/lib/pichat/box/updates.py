"""Which PiChat this boot runs: the image's own, one that was brought and is good, or one on trial.

Decided at boot alone: what is found wrong later is written down, and the machine starts again. Step `update`
before the service, `trial` beside it, `update-crash` whenever it has ended.
"""

import contextlib
import errno
import os
import shutil
import stat
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from box import package, words
from box.answers import PORT, well
from box.machine import Machine
from box.package import HEAD, Unfit, number
from box.update_state import FOLDER, PLACES, Brought, State, load, put_aside, put_back, save, tidy
from box.words import StepError

FILE = "update.pichat"  # in the service's folder: what the page brought
BOOTS = 3  # a trial that has not become good after so many is none
CRASHES = 3  # in one boot
PATIENCE = 900.0  # seconds until the first good answer; a slow board replays its journals first
STEADY = 60.0  # and it must still answer then
_KEPT_SEEN = 8


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
        if not state.aside:
            put_aside(machine)
            state.aside = True
        state.trial.boots += 1
    save(machine, state)
    running = started(machine, state)
    tidy(machine, state)
    tell(machine, state, running)
    if running is not None and running.stays:
        machine.trouble("update", words.UPDATE_STAYS.filled(version=running.version))
    elif state.rolled_back is not None and not state.told:
        said = words.UPDATE_SPOILT if state.rolled_back["why"] == "damaged" else words.ROLLED_BACK
        machine.trouble("update", said.filled(version=state.rolled_back["version"]))
        state.told = True
        save(machine, state)


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
            save(machine, state)
        else:
            return one
    return None


def trial(
    machine: Machine, port: int = PORT, patience: float = PATIENCE, steady: float = STEADY
) -> None:
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
        save(machine, state)
        tell(machine, state, running=state.good)
        machine.say(f"update: {state.good.version} is good")
        return
    roll_back(machine, state, "unhealthy")
    save(machine, state)
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
    save(machine, state)
    machine.run("systemctl", "--no-block", "reboot")


def brought(machine: Machine, wish: Any) -> None:
    """The page has laid a file down, or takes back what waits. `id` tells it when its wish was looked at."""
    state = load(machine)
    path = machine.data / FILE
    try:
        if "drop" in wish:
            withdraw(machine, state)
        else:
            take(machine, state, path)
    except Unfit as unfit:
        refuse(machine, state, unfit)
    finally:
        path.unlink(missing_ok=True)
    save(machine, state)
    machine.note(
        "update", {**(machine.noted("update") or {}), **waiting(state), "asked": str(wish["id"])[:64]}
    )


def offered(machine: Machine, state: State) -> None:
    """Files that somebody laid on the boot partition, each looked at once; NO- says that it was."""
    for path in sorted(machine.card.glob("*.pichat")):
        if path.name.startswith("NO-"):
            continue
        mark = f"{path.name} {path.stat().st_size} {int(path.stat().st_mtime)}"
        if mark in state.seen:
            continue
        try:
            take(machine, state, path)
        except Unfit as unfit:
            refuse(machine, state, unfit)
            why = words.UPDATE_WHY[unfit.why]
            machine.trouble("update", words.UPDATE_REFUSED.filled(name=path.name, es=why.es, en=why.en))
        state.seen = [*state.seen, mark][-_KEPT_SEEN:]
        save(machine, state)
        with machine.writable_card() as writable:
            if writable:
                path.replace(path.with_name(f"NO-{path.name}"))


def take(machine: Machine, state: State, path: Path) -> None:
    """Copies it into root's folder, looking at every byte on the way: from now on it is on trial. Unfit."""
    folder = machine.system / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / "new.part"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file, part.open("wb") as to:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Unfit("format")
            raw = file.read(HEAD)
            about = package.head(raw, package.key(machine), machine.root)
            if number(about.version) < number(own_version(machine)):
                raise Unfit("older", about.version)
            if shutil.disk_usage(folder).free < about.size + HEAD:
                raise Unfit("no_space", about.version)
            to.write(raw)
            package.body(file, about, to)
            to.flush()
            os.fsync(to.fileno())
        part.replace(folder / about.name)
    except OSError as error:
        raise Unfit("no_space" if error.errno == errno.ENOSPC else "truncated") from error
    finally:
        part.unlink(missing_ok=True)
    state.trial, state.refused, state.rolled_back = Brought(about.name, about.version), None, None
    machine.say(f"update: {about.version} waits for the next start")


def withdraw(machine: Machine, state: State) -> None:
    """Only one that was never started; of one that took the place of a trial, what the trial did goes too."""
    if state.trial is None or state.trial.boots:
        return
    machine.say(f"update: {state.trial.version} is withdrawn")
    forget(state, state.trial)
    state.back, state.aside = state.aside, False
    tidy(machine, state)


def refuse(machine: Machine, state: State, unfit: Unfit) -> None:
    state.refused = {"why": unfit.why, "version": unfit.version}
    machine.say(f"update: refused: {unfit}")


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


def forget(state: State, one: Brought) -> None:
    for name in PLACES:
        if getattr(state, name) is one:
            setattr(state, name, None)


# What the page is told


def waiting(state: State) -> dict[str, Any]:
    there = state.trial is not None and not state.trial.boots
    version = state.trial.version if state.trial is not None and there else None
    return {"waiting": version, "rolled_back": state.rolled_back, "refused": state.refused}


def tell(machine: Machine, state: State, running: Brought | None) -> None:
    own = own_version(machine)
    facts = {"image": own, "running": running.version if running else own, **waiting(state)}
    facts["stays"] = running is not None and running.stays
    machine.note("update", {**facts, "trial": running is not None and running is state.trial})


def own_version(machine: Machine) -> str:
    """The one inside the image: the floor."""
    with contextlib.suppress(OSError, IndexError):
        return (machine.root / "etc/pichat-release").read_text().split()[1]
    return "0.0"
