"""The steps by name, and what happens when one cannot be done: it is written down in words."""

import os
from pathlib import Path

from box import led
from box.late import late
from box.machine import Machine
from box.words import NO_COMMAND, StepError

STEPS = {
    "ask": "asks.ask",
    "data": "data.data",
    "wishes": "wishes.wishes",
    "identity": "identity.identity",
    "joining": "joining.joining",
    "hotspot": "hotspot.hotspot",
    "clock": "clock.clock",
    "clock-save": "clock.clock_save",
    "code": "code.code",
    "health": "health.health",
    "recover": "recover.recover",
    "screen": "screen.screen",
    "ssh": "ssh.ssh",
    "safe": "safe.safe",
    "stick-copy": "stick_copy.stick_copy",
    "stick-over": "stick_job.stick_over",
    "sticks": "sticks.sticks",
    "trial": "updates.trial",
    "update": "updates.update",
    "update-crash": "updates.crashed",
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
        late(STEPS[name])(machine)
    except StepError as error:
        machine.trouble(name, error.said, error.detail)
        led.error(machine)
        return 1
    except Exception as error:
        import traceback  # noqa: PLC0415 (half of what a step loads, and nearly never wanted)

        traceback.print_exc()
        machine.trouble(name, NO_COMMAND, f"{type(error).__name__}: {error}")
        led.error(machine)
        return 1
    return 0
