"""The Wi-Fi that the box joins: of ajustes.txt, or of the page, whichever came last. Joins none by itself.

What NetworkManager reads lies under /run alone.
"""

import configparser
import hashlib
import io
import json
import re
from typing import Any

from box import settings_file
from box.machine import Machine, replace
from box.settings_file import KEPT
from box.wishes import kept

FILE = "wifi.json"  # what the page chose, beside the settings
KEYS = ("wifi_red", "wifi_clave", "pais", "wifi_oculta")


def settings_of(machine: Machine) -> dict[str, str]:
    """The settings, with the page's Wi-Fi in place of theirs until their lines about it change."""
    settings = kept(machine)
    try:
        chosen = json.loads((machine.system / FILE).read_text())
        if chosen["over"] == mark(settings):
            ours = {str(key): str(value) for key, value in chosen["wifi"].items() if key in KEYS}
            settings = {key: value for key, value in settings.items() if key not in KEYS} | ours
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    machine.note("wifi", shown(settings))
    return settings


def choose(machine: Machine, wish: Any) -> None:
    """{"id", "ssid", "country", "key"}: no key keeps that of the network, no ssid joins none. ValueError.

    Step `joining` joins it, and tells the page under its `id` what came of it.
    """
    before, asked = settings_of(machine), str(wish["id"])[:64]
    network, country, key = str(wish["ssid"]), str(wish["country"]).upper(), wish["key"]
    if key is None:
        key = before.get("wifi_clave", "") if before.get("wifi_red") == network else ""
    values = {"wifi_red": network, "wifi_clave": str(key), "pais": country}
    if not network:
        values = {"pais": country}
    values = {name: value for name, value in values.items() if value}
    zones = machine.root / "usr/share/zoneinfo"
    if any(settings_file.wrong(name, value, zones) for name, value in values.items()) or key == KEPT:
        raise ValueError("wifi")
    if network and not country:
        raise ValueError("country")
    text = json.dumps({"wifi": values, "over": mark(kept(machine))}, ensure_ascii=False)
    replace(machine.system / FILE, text, 0o600)
    wifi(machine, settings_of(machine))
    machine.say("wifi: chosen on the page")
    machine.run("nmcli", "connection", "reload", ok=tuple(range(256)))
    machine.note("joining", {"ssid": network, "state": "joining" if network else "", "asked": asked})
    machine.run("systemctl", "--no-block", "restart", "pichat-joining.service")


def mark(settings: dict[str, str]) -> str:
    """Tells whether the settings say another Wi-Fi than before, without keeping their key twice."""
    said = [settings.get(key, "") for key in KEYS]
    while len(said) > 3 and not said[-1]:  # boxes of before `wifi_oculta` keep what their page chose
        said.pop()
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def shown(settings: dict[str, str]) -> dict[str, object]:
    """For the page: never the key."""
    names = {"ssid": settings.get("wifi_red", ""), "country": settings.get("pais", "").upper()}
    return {**names, "key": bool(settings.get("wifi_clave"))}


def wifi(machine: Machine, settings: dict[str, str]) -> None:
    """A connection that NetworkManager reads from /run; the radio stays off until the country is known."""
    folder = machine.root / "run/NetworkManager/system-connections"
    path = folder / "pichat-wifi.nmconnection"
    path.unlink(missing_ok=True)
    country = settings.get("pais", "").upper()
    if country and (machine.root / "sys/class/ieee80211").is_dir():
        machine.run("iw", "reg", "set", country, ok=tuple(range(256)))
        machine.run("rfkill", "unblock", "wifi", ok=tuple(range(256)))
    if "wifi_red" in settings and country:
        hidden = settings_file.hidden(settings)
        replace(path, keyfile(settings["wifi_red"], settings.get("wifi_clave", ""), hidden), 0o600)


def keyfile(network: str, key: str, hidden: bool = False) -> str:
    """Power saving off: with it on, phones wait seconds for the first answer. `wpa-psk` is WPA2 and WPA3."""
    import uuid  # noqa: PLC0415 (it loads much, and most boxes are on a cable)

    parser = configparser.RawConfigParser(delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    identity = uuid.uuid5(uuid.NAMESPACE_DNS, f"wifi.{network}.pichat")
    parser["connection"] = {"id": "pichat-wifi", "uuid": str(identity), "type": "wifi", "autoconnect": "true"}
    parser["wifi"] = {"mode": "infrastructure", "ssid": ssid(network), "powersave": "2"}
    if hidden:
        parser["wifi"]["hidden"] = "true"
    if key:
        parser["wifi-security"] = {"key-mgmt": "wpa-psk", "psk": escaped(key)}
    parser["ipv4"] = {"method": "auto"}
    parser["ipv6"] = {"method": "auto"}
    written = io.StringIO()
    parser.write(written, space_around_delimiters=False)
    return written.getvalue()


def escaped(value: str) -> str:
    """As GLib's key files have it, which would take a backslash for the beginning of something else."""
    return re.sub(r"^ | $", r"\\s", value.replace("\\", "\\\\"))


def ssid(network: str) -> str:
    """As bytes, which no letter can break."""
    return "".join(f"{byte};" for byte in network.encode())
