"""Step `hotspot`: a Wi-Fi of the box's own, when there is neither a cable nor a Wi-Fi to join.

Name and key are made of a secret on the data partition, so they are the same at each boot. Joins nothing.
"""

import hashlib
import hmac
import json
import os
import secrets
import shutil
import time
import uuid

from box import layout, words
from box.board import content
from box.code import code
from box.machine import Machine, replace
from box.wifi import settings_of
from box.words import StepError

FILE = "hotspot.json"  # for the service's account alone: the screen shows the key
PATIENCE = 60  # seconds until a cable has its link
KNOWN = 300  # the same with a Wi-Fi in the settings: after a power cut its router is slower than we are
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_KEYFILE = """[connection]
id=pichat-hotspot
uuid={uuid}
type=wifi
autoconnect=false
[wifi]
mode=ap
ssid={name}
band=bg
channel=6
powersave=2
[wifi-security]
key-mgmt=wpa-psk
proto=rsn
pairwise=ccmp
psk={key}
[ipv4]
method=shared
address1=10.42.0.1/24
[ipv6]
method=disabled
"""


def hotspot(machine: Machine, patience: float | None = None, pause: float = 2) -> None:
    """Channel 6 in the 2.4 GHz band is allowed in every country, so it needs none in the settings."""
    if not machine.mounted():
        raise StepError(words.NOT_MOUNTED)
    known = {"wifi_red", "pais"} <= settings_of(machine).keys()
    end = time.monotonic() + (patience if patience is not None else KNOWN if known else PATIENCE)
    while not connected(machine):
        if time.monotonic() > end or hopeless(machine):
            start(machine)
            return
        time.sleep(pause)


def start(machine: Machine) -> None:
    """A board without a radio has none to start."""
    found = radios(machine)
    if not found:
        return
    name, key = credentials(machine)
    path = machine.root / "run/NetworkManager/system-connections/pichat-hotspot.nmconnection"
    number = uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.pichat")
    replace(path, _KEYFILE.format(uuid=number, name=name, key=key), 0o600)
    machine.run("rfkill", "unblock", "wifi", ok=tuple(range(256)))
    # Whoever joins asks for an address and for names.
    rule = ("iifname", found[0], "udp", "dport", "{ 53, 67 }", "accept")
    machine.run("nft", "add", "rule", "inet", "pichat", "input", *rule)
    machine.run("nmcli", "connection", "load", str(path))
    machine.run("nmcli", "--wait", "60", "connection", "up", "pichat-hotspot")
    replace(machine.run_dir / FILE, json.dumps({"name": name, "key": key}), 0o640)
    if os.geteuid() == 0:
        shutil.chown(machine.run_dir / FILE, 0, layout.USER_ID)
    code(machine)
    machine.say(f"hotspot: {name}")


def connected(machine: Machine) -> bool:
    """Whether a cable is in, or a Wi-Fi is joined."""
    links = (machine.root / "sys/class/net").glob("*/operstate")
    return any(path.parent.name != "lo" and is_up(machine, path.parent.name) for path in links)


def is_up(machine: Machine, name: str) -> bool:
    """Also of one that is pulled out while it is looked at."""
    return content(machine.root / "sys/class/net" / name / "operstate") == "up"


def hopeless(machine: Machine) -> bool:
    """The key of the Wi-Fi is wrong: its router need not be waited for."""
    return (machine.noted("joining") or {}).get("state") == "key"


def radios(machine: Machine) -> list[str]:
    return sorted(path.parent.name for path in (machine.root / "sys/class/net").glob("*/phy80211"))


def credentials(machine: Machine) -> tuple[str, str]:
    """Name and key, made of this box's own secret."""
    path = machine.system / "secret"
    if not path.exists():
        replace(path, secrets.token_hex(32), 0o600)
    secret = path.read_text().strip()
    return f"PiChat-{letters(secret, 'name', 4)}", letters(secret, "key", 12)


def letters(secret: str, what: str, count: int) -> str:
    digest = hmac.new(secret.encode(), f"hotspot {what}".encode(), hashlib.sha512).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:count])
