"""What lasts of updates: which one is good, which is on trial, and the accounts before it. No decisions."""

import contextlib
import json
import os
import shutil
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from box import layout
from box.machine import Machine, replace

FOLDER = "updates"  # in root's part of the data partition
PLACES = ("good", "trial", "resting")
_DATABASE = ("box.db", "box.db-wal")


@dataclass(slots=True)
class Brought:
    """One that lies in root's folder, checked. `boots`: how often it was tried. `stays`: what was before it
    works no better, so it is not gone back from again.
    """

    name: str
    version: str
    boots: int = 0
    stays: bool = False


@dataclass(slots=True)
class State:
    """`told`: the screen has said that one was rolled back. `aside`: the accounts of before the trial are
    kept; `back`: they are to be put back at the next boot. `resting`: was good and crashed later; it comes
    back when what runs in its place crashes too.
    """

    good: Brought | None = None
    trial: Brought | None = None
    resting: Brought | None = None
    rolled_back: dict[str, str] | None = None
    refused: dict[str, str] | None = None
    told: bool = False
    aside: bool = False
    back: bool = False
    seen: list[str] = field(default_factory=list)  # what the boot partition offered already


def load(machine: Machine) -> State:
    """What a newer PiChat has added to it is passed over: who goes back to an older image keeps the rest."""
    try:
        said = json.loads((machine.system / FOLDER / "state.json").read_text())
        found = State(**known(State, said))
        for name in PLACES:
            setattr(found, name, Brought(**known(Brought, said[name])) if said.get(name) else None)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return State()
    return found


def known(kind: type[State] | type[Brought], said: dict[str, Any]) -> dict[str, Any]:
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in said.items() if name in names}


def save(machine: Machine, state: State) -> None:
    """Durably; nothing is written where nothing has changed. OSError."""
    if state != load(machine):
        replace(machine.system / FOLDER / "state.json", json.dumps(asdict(state)), 0o600)


def remember(machine: Machine, state: State) -> bool:
    """The same where a full disk is no reason to do nothing."""
    try:
        save(machine, state)
    except OSError as error:
        machine.say(f"update: {error}")
        return False
    return True


def tidy(machine: Machine, state: State) -> None:
    """Files that nothing leads to any more."""
    kept = {one.name for one in (state.good, state.trial, state.resting) if one is not None}
    for path in (machine.system / FOLDER).glob("*.pichat"):
        if path.name not in kept:
            path.unlink()


def forget(state: State, one: Brought) -> None:
    for name in PLACES:
        if getattr(state, name) is one:
            setattr(state, name, None)


def own_version(machine: Machine) -> str:
    """The one inside the image: the floor."""
    with contextlib.suppress(OSError, IndexError):
        return (machine.root / "etc/pichat-release").read_text().split()[1]
    return "0.0"


# The accounts of before a trial: a newer PiChat may have made of their file what an older one cannot read


def put_aside(machine: Machine) -> None:
    """Before the service has started."""
    folder = machine.system / FOLDER / "before"
    shutil.rmtree(folder, ignore_errors=True)
    new = folder.with_name("before.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700, parents=True)
    for name in _DATABASE:
        if (machine.data / name).is_file() and not (machine.data / name).is_symlink():
            copied(machine.data / name, new / name)
    new.replace(folder)


def accounts_size(machine: Machine) -> int:
    """Bytes that they take once more when they are put aside."""
    there = (machine.data / name for name in _DATABASE)
    return sum(path.lstat().st_size for path in there if path.is_file())


def put_back(machine: Machine) -> None:
    """Done again from the start if the power goes meanwhile."""
    folder = machine.system / FOLDER / "before"
    if not (folder / _DATABASE[0]).is_file():
        return
    for name in (*_DATABASE, "box.db-shm"):
        (machine.data / name).unlink(missing_ok=True)
    for name in _DATABASE:
        if (folder / name).is_file():
            copied(folder / name, machine.data / name)
            if os.geteuid() == 0:
                os.chown(machine.data / name, layout.USER_ID, layout.USER_ID, follow_symlinks=False)


def copied(source: Path, target: Path) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with source.open("rb") as file, os.fdopen(descriptor, "wb") as to:
        shutil.copyfileobj(file, to)
        to.flush()
        os.fsync(to.fileno())
