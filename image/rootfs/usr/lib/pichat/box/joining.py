"""Step `joining`: whether the Wi-Fi was joined, and if not, why, for the screen and the page.

NetworkManager joins by itself, and says why it could not only to who asks it to. Chooses no Wi-Fi.
"""

import re
import time

from box import hotspot
from box.code import code
from box.machine import Machine
from box.settings_file import hidden
from box.wifi import settings_of, wifi
from box.words import WIFI_WHY, Said

NOTE = "joining"  # {"ssid", "state": joining, joined, or a word of WIFI_WHY, "asked": the page's wish}
PATIENCE = 45  # seconds that NetworkManager has for itself after a boot
DAY = 24 * 3600
_KEY = re.compile(r"[Ss]ecrets|psk")
_ABSENT = re.compile(r"could not be found|[Nn]o network with SSID")


def joining(machine: Machine, patience: float = PATIENCE, watch: float = DAY, pause: float = 5) -> None:
    """Asks once; then only looks, for a router may be slower than we are."""
    settings = settings_of(machine)
    network = settings.get("wifi_red", "")
    if not network or not settings.get("pais"):
        tell(machine, "", "")
        return
    if not hotspot.radios(machine):
        tell(machine, network, "no_radio")
        return
    if (machine.noted(NOTE) or {}).get("state") == "joining":  # the page has just chosen it
        patience = 0
    else:
        tell(machine, network, "joining")
    until(machine, patience, pause)
    state = "joined" if patience and joined(machine) else tried(machine)
    tell(machine, network, state)
    if state != "joined" and until(machine, watch, pause):
        tell(machine, network, "joined")


def until(machine: Machine, seconds: float, pause: float) -> bool:
    """Whether it was joined in this time."""
    end = time.monotonic() + seconds
    while not joined(machine):
        if time.monotonic() >= end:
            return False
        time.sleep(pause)
    return True


def joined(machine: Machine) -> bool:
    """The box's own Wi-Fi is none that it has joined."""
    return machine.noted("hotspot") is None and any(
        hotspot.is_up(machine, name) for name in hotspot.radios(machine)
    )


def tried(machine: Machine) -> str:
    """One attempt, for its answer. The box's own Wi-Fi, which stops for it, comes back when it fails."""
    state = attempt(machine)
    settings = settings_of(machine)
    if state == "absent" and not hidden(settings):
        state = unseen(machine, settings)
    own = machine.noted("hotspot") is not None
    if state == "joined" and own:
        (machine.run_dir / hotspot.FILE).unlink()
        code(machine)
    elif own:
        machine.heard("nmcli", "--wait", "60", "connection", "up", "pichat-hotspot")
    return state


def unseen(machine: Machine, settings: dict[str, str]) -> str:
    """Perhaps it keeps its name to itself, and answers who calls it by that. Nobody else need hear it."""
    offer(machine, {**settings, "wifi_oculta": "si"})
    state = attempt(machine)
    if state in ("joined", "key"):
        return state
    offer(machine, settings)
    return "absent"


def offer(machine: Machine, settings: dict[str, str]) -> None:
    wifi(machine, settings)
    machine.run("nmcli", "connection", "reload", ok=tuple(range(256)))


def attempt(machine: Machine) -> str:
    result, said = machine.heard("nmcli", "--wait", "60", "connection", "up", "pichat-wifi")
    if result == 0:
        return "joined"
    machine.say(f"joining: {said.strip()[-300:]}")
    return "key" if _KEY.search(said) else "absent" if _ABSENT.search(said) else "failed"


def tell(machine: Machine, network: str, state: str) -> None:
    asked = (machine.noted(NOTE) or {}).get("asked", "")
    machine.note(NOTE, {"ssid": network, "state": state, "asked": asked})


def ails(machine: Machine) -> Said | None:
    """What the screen says of it."""
    found = machine.noted(NOTE) or {}
    said = WIFI_WHY.get(found.get("state", ""))
    return said.filled(name=found["ssid"]) if said else None
