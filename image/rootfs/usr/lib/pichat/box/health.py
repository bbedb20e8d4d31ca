"""Step `health`: waits for the first good answer and notes how long it took since the kernel began."""

import time
from pathlib import Path

from box import led, words
from box.answers import PORT, well
from box.machine import Machine
from box.words import StepError

PATIENCE = 240


def health(machine: Machine, port: int = PORT, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not well(port):
        if time.monotonic() > end:
            raise StepError(words.NO_ANSWER)
        time.sleep(0.5)
    seconds = round(time.clock_gettime(time.CLOCK_BOOTTIME), 1)
    machine.note("health", {"ok": True, "seconds": seconds})
    machine.say(f"first answer {seconds} s after the kernel began")
    overlay = (machine.root_dir / "overlay").exists()
    machine.note("root", {"overlay": overlay})
    if not overlay and machine.root == Path("/"):
        machine.trouble("root", words.ROOT_READ_ONLY)
    show = led.error if machine.noted("trouble") else led.ready
    show(machine)
