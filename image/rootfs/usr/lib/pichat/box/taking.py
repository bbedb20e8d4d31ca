"""How an update gets onto the box: from the page, or from the boot partition. Copied, looked at, or refused.

Must not decide what runs: see updates.py.
"""

import errno
import os
import shutil
import stat
from functools import partial
from pathlib import Path
from typing import Any

from box import package, words
from box.machine import Machine
from box.package import HEAD, Unfit, number
from box.update_state import (
    FOLDER,
    Brought,
    State,
    accounts_size,
    forget,
    load,
    own_version,
    remember,
    tidy,
)

FILE = "update.pichat"  # in the service's folder: what the page brought
SPARE = 4 * 1024 * 1024  # bytes that an update leaves free, beside those of the accounts that are put aside
_KEPT_SEEN = 8


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
    remember(machine, state)
    machine.note(
        "update", {**(machine.noted("update") or {}), **waiting(state), "asked": str(wish["id"])[:64]}
    )


def offered(machine: Machine, state: State) -> None:
    """Files that somebody laid on the boot partition, each looked at once; NO- says that it was."""
    laid = (path for path in machine.card.glob("*") if path.suffix.lower() == ".pichat")
    # The newest last: it is the one that starts.
    for path in sorted(laid, key=lambda path: (announced(machine, path), path.name)):
        if path.name.startswith("NO-"):
            continue
        try:
            about = path.stat()
        except OSError as error:  # a name whose letters this kernel does not know
            machine.say(f"update: {error}")
            continue
        mark = f"{path.name} {about.st_size} {int(about.st_mtime)}"
        if mark in state.seen:
            continue
        try:
            take(machine, state, path)
        except Unfit as unfit:
            refuse(machine, state, unfit)
            why = words.UPDATE_WHY[unfit.why]
            told = words.UPDATE_REFUSED.filled(name=path.name[:60], es=why.es, en=why.en)
            machine.trouble(f"update {path.name}", told)
        state.seen = [*state.seen, mark][-_KEPT_SEEN:]
        remember(machine, state)
        machine.on_card(partial(path.replace, path.with_name(f"NO-{path.name}")))


def announced(machine: Machine, path: Path) -> tuple[int, ...]:
    """The version that a file says and somebody signed; nothing of the rest is looked at yet."""
    try:
        with path.open("rb") as file:
            return number(package.head(file.read(HEAD), package.key(machine), machine.root).version)
    except (OSError, Unfit):
        return (0,)


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
            if shutil.disk_usage(folder).free < about.size + accounts_size(machine) + SPARE:
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


def waiting(state: State) -> dict[str, Any]:
    there = state.trial is not None and not state.trial.boots
    version = state.trial.version if state.trial is not None and there else None
    return {"waiting": version, "rolled_back": state.rolled_back, "refused": state.refused}
