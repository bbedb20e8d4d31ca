"""What Raspberry Pi Imager leaves on the boot partition, in the words of ajustes.txt. Applies nothing.

Its four forms: cloud-init's files (Imager 2, for Debian 13 images; Imager 1 for images that it does not
know), rpi-preseed.toml, custom.toml before it, and firstrun.sh. Only the few lines that we honour are read,
so no YAML library is needed; accounts and passwords in there are not for us.
Spec: src/customization_generator.cpp of rpi-imager, and src/OptionsPopup.qml of its versions 1.
"""

import re
from pathlib import Path
from typing import Any

from box.settings_file import decoded

SECRETS = ("network-config", "user-data", "rpi-preseed.toml", "custom.toml", "firstrun.sh")
_LINE = re.compile(
    r"(?P<indent> *)(?:- )?"
    r"(?P<key>\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s:#\"'][^:]*?)\s*:(?:\s+(?P<value>.*?))?\s*$"
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "0": "\0"}
_HELPER = "/usr/lib/raspberrypi-sys-mods/imager_custom"
# A line that says a password, in YAML, TOML or wpa_supplicant's words; and words of firstrun.sh with one.
_PASSWORD = re.compile(r"(?m)^([ \t]*\"?(?:passw(?:or)?d|psk|token)\"?[ \t]*[:=][ \t]*)[^\r\n]+")
_QUOTED, _FILLED = (rf"'(?:[^']|'\"'\"'){many}'" for many in "*+")
_WLAN = re.compile(rf"({_HELPER} set_wlan +(?:-h +)?{_QUOTED} +){_FILLED}")
_ACCOUNT = re.compile(rf"(userconf +{_QUOTED} +|echo \"\$FIRSTUSER:\"?)({_FILLED}|[^\s\"']+)")


def wishes(firmware: Path) -> dict[str, str]:
    """Host name, time zone, Wi-Fi; only what is there."""
    found = country(text(firmware / "cmdline.txt"))
    found |= firstrun(text(firmware / "firstrun.sh"))
    found |= cloud_init(text(firmware / "user-data"), text(firmware / "network-config"))
    return found | preseed(text(firmware / "custom.toml")) | preseed(text(firmware / "rpi-preseed.toml"))


def text(path: Path) -> str:
    try:
        return decoded(path.read_bytes()[: 64 * 1024])
    except OSError:
        return ""


def country(line: str) -> dict[str, str]:
    """Of the kernel's line: the only place where Imager 1 says it to cloud-init."""
    said = re.search(r"\bcfg80211\.ieee80211_regdom=([A-Za-z]{2})\b", line)
    return {"pais": said[1]} if said else {}


def cloud_init(user: str, network: str) -> dict[str, str]:
    found = {}
    for path, value in lines(user):
        match path:
            case ("hostname",):
                found["nombre"] = value
            case ("timezone",):
                found["zona_horaria"] = value
    for path, value in lines(network):
        match path:
            case (*_, "access-points", name, "password") | (*_, "access-points", name, "auth", "password"):
                found |= {"wifi_red": name, "wifi_clave": value}
            case (*_, "access-points", name, "hidden") if value == "true":
                found |= {"wifi_red": name, "wifi_oculta": "si"}
            case (*_, "access-points", name, _) | (*_, "access-points", name, _, _):
                found["wifi_red"] = name
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
    """A YAML scalar without its quotes. `\\xHH` is a byte: so Imager writes names of networks."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        return _unescaped(value[1:-1])
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return value


def _unescaped(value: str) -> str:
    def byte(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        if not code:
            return _LETTERS.get(match[4], match[4])
        letter = chr(min(int(code, 16), 0x10FFFF))
        return letter if match[1] else letter.encode(errors="replace").decode("latin-1")

    latin = value.encode().decode("latin-1")
    return _ESCAPE.sub(byte, latin).encode("latin-1", "replace").decode(errors="replace")


def preseed(document: str) -> dict[str, str]:
    """rpi-preseed.toml and custom.toml have the same tables: system, wlan, locale."""
    if not document:
        return {}
    import tomllib  # noqa: PLC0415 (most cards have no such file)

    try:
        tables = tomllib.loads(document)
    except tomllib.TOMLDecodeError:
        return {}
    places = {
        "nombre": ("system", "hostname"),
        "wifi_red": ("wlan", "ssid"),
        "wifi_clave": ("wlan", "password"),
        "wifi_oculta": ("wlan", "hidden"),
        "pais": ("wlan", "country"),
        "zona_horaria": ("locale", "timezone"),
    }
    found = {key: value_at(tables, *place) for key, place in places.items()}
    return {key: value for key, value in found.items() if value}


def value_at(tables: dict[str, Any], table: str, key: str) -> str:
    inner = tables.get(table)
    value = inner.get(key) if isinstance(inner, dict) else None
    if value is True:
        return "si"
    return value if isinstance(value, str) else ""


def firstrun(script: str) -> dict[str, str]:
    """The lines that call the base's own helper say all of it; nothing of the script is ever run."""
    found = {}
    for line in script.splitlines():
        if not line.strip().startswith(_HELPER):
            continue
        import shlex  # noqa: PLC0415 (most cards have no such file)

        try:
            match shlex.split(line)[1:]:
                case ["set_hostname", name]:
                    found["nombre"] = name
                case ["set_timezone", name]:
                    found["zona_horaria"] = name
                case ["set_wlan", *rest]:
                    found |= _wlan(rest)
        except ValueError:
            continue
    return {key: value for key, value in found.items() if value}


def _wlan(words: list[str]) -> dict[str, str]:
    oculta = {"wifi_oculta": "si"} if words[:1] == ["-h"] else {}
    names = ("wifi_red", "wifi_clave", "pais")
    return oculta | dict(zip(names, words[len(oculta) :], strict=False))


def blanked(document: str, kept: str) -> str:
    """The same text without its passwords; whoever finds the card learns none."""
    without = _PASSWORD.sub(rf'\g<1>"{kept}"', document)
    without = _WLAN.sub(rf"\g<1>'{kept}'", without)
    return _ACCOUNT.sub(rf"\g<1>'{kept}'", without)
