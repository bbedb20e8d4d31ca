"""Reads ajustes.txt as a person may have written it, in any editor. Knows the keys, applies nothing."""

import difflib
import re
from dataclasses import dataclass, field
from pathlib import Path

from box import words
from box.words import Said

KEPT = "(guardada)"  # stands in place of a key that the data partition keeps
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_LONGEST = 64 * 1024


@dataclass(slots=True)
class Wishes:
    """What the file asks for, by key; only what is right. `mistakes` are for the answer beside it."""

    values: dict[str, str] = field(default_factory=dict)
    mistakes: list[Said] = field(default_factory=list)


KEYS = ("nombre", "wifi_red", "wifi_clave", "pais", "idioma", "zona_horaria", "tls")
# What people write, and what the product calls it.
TLS = {
    **dict.fromkeys(("no", "off"), "off"),
    **dict.fromkeys(("opcional", "optional", "si", "sí", "yes"), "optional"),
    **dict.fromkeys(("obligatorio", "obligatoria", "required"), "required"),
}


def decoded(raw: bytes) -> str:
    """Text from whatever an editor on Windows, macOS or Linux saves."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def read(raw: bytes, zones: Path) -> Wishes:
    """Every line by itself: a wrong one is told and left out, the others count."""
    wishes = Wishes()
    for number, whole in enumerate(decoded(raw[:_LONGEST]).splitlines(), start=1):
        line = whole.strip()
        if not line or line.startswith(("#", ";")):
            continue
        key, equals, value = line.partition("=")
        key, value = key.strip().lower(), unquoted(value.strip())
        if not equals:
            wishes.mistakes.append(words.BAD_LINE.filled(line=number))
        elif key not in KEYS:
            wishes.mistakes.append(stranger(number, key))
        elif key in wishes.values:
            wishes.mistakes.append(words.TWICE.filled(line=number, key=key))
        elif value:
            wishes.values[key] = value
    for key, value in list(wishes.values.items()):
        if mistake := wrong(key, value, zones):
            wishes.mistakes.append(mistake)
            del wishes.values[key]
    if "wifi_red" in wishes.values and "pais" not in wishes.values:
        wishes.mistakes.append(words.NO_COUNTRY)
    return wishes


def unquoted(value: str) -> str:
    """People put quotes around values; they mean what is inside."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value


def stranger(number: int, key: str) -> Said:
    near = difflib.get_close_matches(key, KEYS, n=1, cutoff=0.5)
    es = f"; ¿quiso decir «{near[0]}»?" if near else ""
    en = f"; did you mean “{near[0]}”?" if near else ""
    return words.UNKNOWN_KEY.filled(line=number, key=key[:40], near=es, near_en=en)


def wrong(key: str, value: str, zones: Path) -> Said | None:
    """The sentence for a value that cannot be used."""
    match key:
        case "nombre":
            return None if _HOST.fullmatch(value) else words.BAD_NAME
        case "pais":
            return None if re.fullmatch(r"[A-Za-z]{2}", value) else words.BAD_COUNTRY
        case "idioma":
            return None if value.lower() in ("es", "en") else words.BAD_LANGUAGE
        case "tls":
            return None if value.lower() in TLS else words.BAD_TLS
        case "zona_horaria":
            inside = re.fullmatch(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}", value)
            return None if inside and (zones / value).is_file() else words.BAD_ZONE
        case "wifi_red":
            return None if len(value.encode()) <= 32 and value.isprintable() else words.BAD_NETWORK
        case "wifi_clave":
            return None if key_fits(value) else words.BAD_WIFI_KEY
    return None


def key_fits(value: str) -> bool:
    """A WPA passphrase, the 64 digits that programs make of one, or the mark of one that is kept."""
    if value == KEPT or re.fullmatch(r"[0-9a-fA-F]{64}", value):
        return True
    return 8 <= len(value) <= 63 and all(32 <= ord(letter) < 127 for letter in value)


def blanked(raw: bytes) -> bytes:
    """The same file with its Wi-Fi key replaced by the mark; every other byte as it was."""
    codec = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1"
    text = raw.decode(codec)
    return "".join(map(_blanked_line, text.splitlines(keepends=True))).encode(codec)


def _blanked_line(whole: str) -> str:
    line = whole.rstrip("\r\n")
    key, equals, value = line.partition("=")
    if key.strip("\ufeffï»¿ \t").lower() != "wifi_clave" or value.strip() in ("", KEPT):
        return whole
    return f"{key}{equals} {KEPT}{whole[len(line) :]}"
