"""The steps by name, and what happens when one cannot be done: it is written down in words."""

import os
import traceback
from collections.abc import Callable
from pathlib import Path

from box import led
from box.asks import ask
from box.clock import clock, clock_save
from box.code import code
from box.data import data
from box.health import health
from box.hotspot import hotspot
from box.identity import identity
from box.joining import joining
from box.machine import Machine
from box.recover import recover
from box.safe import safe
from box.screen import screen
from box.ssh import ssh
from box.stick_copy import stick_copy
from box.stick_job import stick_over
from box.sticks import sticks
from box.updates import crashed, trial, update
from box.wishes import wishes
from box.words import NO_COMMAND, StepError

STEPS: dict[str, Callable[[Machine], None]] = {
    "ask": ask,
    "data": data,
    "wishes": wishes,
    "identity": identity,
    "joining": joining,
    "hotspot": hotspot,
    "clock": clock,
    "clock-save": clock_save,
    "code": code,
    "health": health,
    "recover": recover,
    "screen": screen,
    "ssh": ssh,
    "safe": safe,
    "stick-copy": stick_copy,
    "stick-over": stick_over,
    "sticks": sticks,
    "trial": trial,
    "update": update,
    "update-crash": crashed,
}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in STEPS:
        print("usage: step " + "|".join(STEPS))
        return 2
    machine = Machine(Path(os.environ.get("PICHAT_ROOT", "/")))
    return run(machine, arguments[0])


def run(machine: Machine, name: str) -> int:
    """Whatever happens, somebody who stands before the screen learns of it."""
    try:
        STEPS[name](machine)
    except StepError as error:
        machine.trouble(name, error.said, error.detail)
        led.error(machine)
        return 1
    except Exception as error:
        traceback.print_exc()
        machine.trouble(name, NO_COMMAND, f"{type(error).__name__}: {error}")
        led.error(machine)
        return 1
    return 0
