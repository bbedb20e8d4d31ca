"""Step `ask`: what the service wishes of root, one small file each. What is not understood is thrown away.

The service has no privilege and may be somebody else's by now: its folder is read without following links.
"""

import json
import os
import shutil
import stat
from pathlib import Path
from typing import Any

from box import layout
from box.clock import put_forward
from box.late import late
from box.machine import Machine
from box.words import StepError

FOLDER = "ask"  # in the folder of this boot; the service's own
BOARD = "board"  # beside it: what the screen, which is nobody either, has seen of the board
_MOST = 16 * 1024
_POWER = {"restart": "reboot", "off": "poweroff"}


def prepare(machine: Machine) -> None:
    """The folders, and what may be asked for."""
    for name, mode in ((FOLDER, 0o700), (BOARD, 0o755)):
        folder = machine.run_dir / name
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
        if os.geteuid() == 0:
            shutil.chown(folder, layout.USER_ID, layout.USER_ID)
    machine.note("can", sorted(name for name in WISHES if name != "update" or late("package.key")(machine)))


def ask(machine: Machine) -> None:
    """Every wish that lies there, power the last; each is taken away before it is carried out."""
    for path in sorted(
        (machine.run_dir / FOLDER).glob("[!.]*"), key=lambda path: (path.name == "power", path)
    ):
        wish = taken(path)
        grant = WISHES.get(path.name)
        if grant is None or wish is None:
            machine.say(f"ask: {path.name[:40]!r} is not understood")
            continue
        try:
            late(grant)(machine, wish)
        except StepError as error:
            machine.say(f"ask: {path.name}: {error}")
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            machine.say(f"ask: {path.name} is not understood: {type(error).__name__}")


def taken(path: Path) -> Any:
    """What the file says, and the file is gone; None for anything but a small file of JSON."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            plain = stat.S_ISREG(os.fstat(descriptor).st_mode)
            raw = file.read(_MOST + 1) if plain else b""
        return json.loads(raw) if len(raw) <= _MOST else None
    except (OSError, ValueError, RecursionError):
        return None
    finally:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def power(machine: Machine, wish: Any) -> None:
    """{"action": "restart" | "off"}"""
    deed = _POWER[wish["action"]]
    machine.say(f"ask: {deed}")
    machine.run("systemctl", "--no-block", deed)


def clock(machine: Machine, wish: Any) -> None:
    """{"now": milliseconds since 1970}"""
    put_forward(machine, int(wish["now"]) // 1000)


WISHES = {
    "power": "asks.power",
    "clock": "asks.clock",
    "stick": "stick_job.wished",
    "update": "taking.brought",
    "wifi": "wifi.choose",
}
