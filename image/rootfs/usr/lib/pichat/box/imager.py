"""What Raspberry Pi Imager leaves on the boot partition, in the words of ajustes.txt. Applies nothing.

Two forms: cloud-init's files (Imager 2, for Debian 13 images) and rpi-preseed.toml. Only the few lines that
we honour are read, so no YAML library is needed; accounts and passwords in there are not for us.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

from box.settings_file import decoded

_LINE = re.compile(
    r"(?P<indent> *)(?:- )?"
    r"(?P<key>\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s:#\"'][^:]*?)\s*:(?:\s+(?P<value>.*?))?\s*$"
)


def wishes(firmware: Path) -> dict[str, str]:
    """Host name, time zone, Wi-Fi; only what is there."""
    found = cloud_init(text(firmware / "user-data"), text(firmware / "network-config"))
    return found | preseed(text(firmware / "rpi-preseed.toml"))


def text(path: Path) -> str:
    try:
        return decoded(path.read_bytes()[: 64 * 1024])
    except OSError:
        return ""


def cloud_init(user: str, network: str) -> dict[str, str]:
    found = {}
    for path, value in lines(user):
        match path:
            case ("hostname",):
                found["nombre"] = value
            case ("timezone",):
                found["zona_horaria"] = value
    for path, value in lines(network):
        match path[-4:]:
            case (_, "access-points", name, "password"):
                found |= {"wifi_red": name, "wifi_clave": value}
            case (*_, "regulatory-domain"):
                found["pais"] = value
    return found


def lines(document: str) -> list[tuple[tuple[str, ...], str]]:
    """Each value of a plain YAML document with the keys that lead to it."""
    above: list[tuple[int, str]] = []
    found = []
    for line in document.splitlines():
        match = _LINE.fullmatch(line)
        if match is None or line.lstrip().startswith("#"):
            continue
        indent = len(match["indent"])
        while above and above[-1][0] >= indent:
            above.pop()
        above.append((indent, plain(match["key"])))
        if match["value"]:
            found.append((tuple(key for _, key in above), plain(match["value"])))
    return found


def plain(value: str) -> str:
    """A YAML scalar without its quotes."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return value


def preseed(document: str) -> dict[str, str]:
    """Tables as in custom.toml, which came before it: system, wlan, locale."""
    try:
        tables = tomllib.loads(document)
    except tomllib.TOMLDecodeError:
        return {}
    places = {
        "nombre": ("system", "hostname"),
        "wifi_red": ("wlan", "ssid"),
        "wifi_clave": ("wlan", "password"),
        "pais": ("wlan", "country"),
        "zona_horaria": ("locale", "timezone"),
    }
    found = {key: value_at(tables, *place) for key, place in places.items()}
    return {key: value for key, value in found.items() if value}


def value_at(tables: dict[str, Any], table: str, key: str) -> str:
    inner = tables.get(table)
    value = inner.get(key) if isinstance(inner, dict) else None
    return value if isinstance(value, str) else ""


def blanked(document: str, kept: str) -> str:
    """The same text without its passwords; whoever finds the card learns none."""
    return re.sub(r"(?m)^([ \t]*\"?passw(?:or)?d\"?[ \t]*[:=][ \t]*)[^\r\n]+", rf'\g<1>"{kept}"', document)
