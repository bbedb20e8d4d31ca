"""The board's green lamp: steady when PiChat answers, fast blinking when something is wrong."""

from pathlib import Path

from box.machine import Machine

NAMES = ("ACT", "led0", "PWR")  # the first that the board has
BLINK = "120"  # milliseconds on, and off


def ready(machine: Machine) -> None:
    """Steady."""
    for lamp in lamps(machine):
        put(lamp / "trigger", "none")
        put(lamp / "brightness", "255")


def error(machine: Machine) -> None:
    """Fast blinking; a kernel without that pattern has a heartbeat."""
    for lamp in lamps(machine):
        if put(lamp / "trigger", "timer"):
            put(lamp / "delay_on", BLINK)
            put(lamp / "delay_off", BLINK)
        else:
            put(lamp / "trigger", "heartbeat")


def lamps(machine: Machine) -> list[Path]:
    folder = machine.root / "sys/class/leds"
    return [folder / name for name in NAMES if (folder / name / "trigger").exists()][:1]


def put(path: Path, text: str) -> bool:
    try:
        path.write_text(text)
    except OSError:
        return False
    return True
