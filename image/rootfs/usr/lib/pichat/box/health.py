"""Step `health`: waits for the first good answer and notes how long it took since the kernel began."""

import http.client
import time
from pathlib import Path

from box import led, words
from box.machine import Machine
from box.words import StepError

PATIENCE = 240
PORT = 80


def health(machine: Machine, port: int = PORT, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not answers(port):
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


def answers(port: int) -> bool:
    """Whether the product says that it is well."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
