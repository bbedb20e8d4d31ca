"""What ails the board while it runs: low voltage, heat, a card that takes no more writes. Only looks."""

import json
from pathlib import Path

from box import words
from box.machine import Machine, replace
from box.words import Said

CODES = {words.LOW_VOLTAGE: "low_voltage", words.HOT: "hot", words.FAILING_CARD: "failing_card"}
HOT = 80_000  # thousandths of a degree; from here on the board slows itself down


def warnings(machine: Machine) -> list[Said]:
    found = []
    if undervolted(machine):
        found.append(words.LOW_VOLTAGE)
    if hot(machine):
        found.append(words.HOT)
    if read_only(machine):
        found.append(words.FAILING_CARD)
    return found


def tell(machine: Machine) -> None:
    """For the box's own page; written anew only when something has changed."""
    path = machine.run_dir / "board/warnings.json"
    text = json.dumps([CODES[said] for said in warnings(machine)])
    if path.parent.is_dir() and content(path) != text:
        replace(path, text, 0o644)


def undervolted(machine: Machine) -> bool:
    """The board's own measure, as the kernel shows it."""
    for name in machine.root.glob("sys/class/hwmon/hwmon*/name"):
        if content(name) == "rpi_volt" and content(name.with_name("in0_lcrit_alarm")) == "1":
            return True
    return False


def hot(machine: Machine) -> bool:
    degrees = content(machine.root / "sys/class/thermal/thermal_zone0/temp")
    return degrees.isdigit() and int(degrees) >= HOT


def read_only(machine: Machine) -> bool:
    """The kernel makes a file system read-only when its card fails. The mount itself may be read-only for
    whoever looks, so what counts is the last field, of the file system."""
    for line in content(machine.root / "proc/self/mountinfo").splitlines():
        mount, _, system = line.partition(" - ")
        if mount.split()[4] == "/var/lib/pichat" and "ro" in system.split()[-1].split(","):
            return True
    return False


def content(path: Path) -> str:
    """One small file of the kernel; empty when it is not there."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""
