"""Reads ajustes.txt as a person may have written it, in any editor. Knows the keys, applies nothing."""

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from box import words
from box.words import Said

KEPT = "(guardada)"  # stands in place of a key that the data partition keeps
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,40}(/[A-Za-z0-9_+-]{1,40}){0,2}")
LONGEST = 64 * 1024  # bytes; what comes after them is neither read nor changed
MOST = 12  # lines that are told not to be understood: more are a file of something else
_YES, _NO = ("si", "sí", "yes"), ("no",)


@dataclass(slots=True)
class Wishes:
    """What the file asks for, by key; only what is right. `mistakes` are for the answer beside it."""

    values: dict[str, str] = field(default_factory=dict)
    mistakes: list[Said] = field(default_factory=list)


KEYS = ("nombre", "wifi_red", "wifi_clave", "wifi_oculta", "pais", "idioma", "zona_horaria", "tls")
# What people write, and what the product calls it.
TLS = {
    **dict.fromkeys((*_NO, "off"), "off"),
    **dict.fromkeys(("opcional", "optional", *_YES), "optional"),
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
    wishes, strange = Wishes(), 0
    for number, whole in enumerate(re.split(r"\r\n|\r|\n", decoded(cut(raw))), start=1):
        line = whole.strip()
        if not line or line.startswith(("#", ";")):
            continue
        key, equals, value = line.partition("=")
        key, value = key.strip().lower(), unquoted(value.strip())
        if not equals or key not in KEYS:
            strange += 1
            if strange <= MOST:
                told = stranger(number, key) if equals else words.BAD_LINE.filled(line=number)
                wishes.mistakes.append(told)
        elif key in wishes.values:
            wishes.mistakes.append(words.TWICE.filled(line=number, key=key))
        elif value:
            wishes.values[key] = zone_named(value, zones) if key == "zona_horaria" else value
    if strange > MOST:
        wishes.mistakes.append(words.MORE.filled(count=strange - MOST))
    if len(raw) > LONGEST:
        wishes.mistakes.append(words.TOO_LONG)
    for key, value in list(wishes.values.items()):
        if mistake := wrong(key, value, zones):
            wishes.mistakes.append(mistake)
            del wishes.values[key]
    if "wifi_red" in wishes.values and "pais" not in wishes.values:
        wishes.mistakes.append(words.NO_COUNTRY)
    return wishes


def cut(raw: bytes) -> bytes:
    """As much of a file as is read: whole lines."""
    if len(raw) <= LONGEST:
        return raw
    end = max(raw.rfind(mark, 0, LONGEST) for mark in (b"\n", b"\r"))
    # Of a file of two bytes a letter, an even number of them.
    return raw[: (end + 1) // 2 * 2]


def unquoted(value: str) -> str:
    """People put quotes around values; they mean what is inside."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value


def stranger(number: int, key: str) -> Said:
    import difflib  # noqa: PLC0415 (most files have no such line)

    near = difflib.get_close_matches(key[:40], KEYS, n=1, cutoff=0.5)
    es = f"; ¿quiso decir «{near[0]}»?" if near else ""
    en = f"; did you mean “{near[0]}”?" if near else ""
    shown = "".join(letter if letter.isprintable() else "?" for letter in key[:40])
    return words.UNKNOWN_KEY.filled(line=number, key=shown, near=es, near_en=en)


def wrong(key: str, value: str, zones: Path) -> Said | None:
    """The sentence for a value that cannot be used."""
    match key:
        case "nombre":
            fits = _HOST.fullmatch(value) and value.lower() != "localhost"
            return None if fits else words.BAD_NAME
        case "pais":
            return None if re.fullmatch(r"[A-Za-z]{2}", value) else words.BAD_COUNTRY
        case "idioma":
            return None if value.lower() in ("es", "en") else words.BAD_LANGUAGE
        case "tls":
            return None if value.lower() in TLS else words.BAD_TLS
        case "zona_horaria":
            return None if _ZONE.fullmatch(value) and (zones / value).is_file() else words.BAD_ZONE
        case "wifi_red":
            fits = len(value.encode()) <= 32 and all(map(seen, value))
            return None if fits else words.BAD_NETWORK
        case "wifi_oculta":
            return None if value.lower() in (*_YES, *_NO) else words.BAD_HIDDEN
        case "wifi_clave":
            return None if key_fits(value) else words.BAD_WIFI_KEY
    return None


def seen(letter: str) -> bool:
    """No control character, nor the end of a line. Joiners of emoji are in names of networks."""
    return unicodedata.category(letter) not in ("Cc", "Cs", "Zl", "Zp")


def hidden(settings: dict[str, str]) -> bool:
    """Whether the network keeps its name to itself."""
    return settings.get("wifi_oculta", "").lower() in _YES


def zone_named(value: str, zones: Path) -> str:
    """A time zone as the system writes it, from the same in other letters: europe/madrid, New York."""
    spaceless = value.replace(" ", "_")
    if not _ZONE.fullmatch(spaceless) or (zones / value).is_file():
        return value
    found: list[str] = []
    for part in spaceless.split("/"):
        folder = zones.joinpath(*found)
        names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        same = [name for name in names if name.lower() == part.lower()]
        if not same:
            return value
        found += same[:1]
    return "/".join(found)


def key_fits(value: str) -> bool:
    """A WPA passphrase, the 64 digits that programs make of one, or the mark of one that is kept.

    The standard says ASCII; routers take more, as people write it, and count bytes.
    """
    if value == KEPT or re.fullmatch(r"[0-9a-fA-F]{64}", value):
        return True
    return 8 <= len(value.encode()) <= 63 and all(map(seen, value))


def blanked(raw: bytes) -> bytes:
    """The same file with its Wi-Fi key replaced by the mark; every other byte as it was."""
    head = cut(raw)
    codec = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(head[:2], "latin-1")
    width = len("=".encode(codec))
    whole = len(head) // width * width
    text = head[:whole].decode(codec, "surrogatepass")
    lines = re.split(r"(\r\n|\r|\n)", text)
    return "".join(map(_blanked_line, lines)).encode(codec, "surrogatepass") + raw[whole:]


def _blanked_line(line: str) -> str:
    key, _, value = line.partition("=")
    if key.strip("\ufeffï»¿ \t").lower() != "wifi_clave" or unquoted(value.strip()) in ("", KEPT):
        return line
    return f"{key}= {KEPT}"
