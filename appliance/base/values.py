"""What people type, as a setting's type: sizes, durations, yes and no, lists. Knows no setting by name."""

import json
import re
import types
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

# "MB" on a box means what the list of files shows: 1024 * 1024.
SIZES = {"": 1, "b": 1, "byte": 1, "bytes": 1}
for _power, _letter in enumerate("kmgt", start=1):
    SIZES |= {_letter: 1024**_power, f"{_letter}b": 1024**_power, f"{_letter}ib": 1024**_power}
SECONDS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86400),
}
YES = frozenset(("yes", "true", "on", "1", "y", "si", "sí"))
NO = frozenset(("no", "false", "off", "0", "n"))
NUMBER = re.compile(r"(-?[0-9][0-9_]*(?:[.][0-9]+)?)\s*([A-Za-z]*)")


class BadValue(ValueError):
    """The value is not one of this type; the text ends a sentence that starts with the setting's name."""


def parse(value: object, kind: Any, unit: str = "") -> Any:
    """`value` (text, or what TOML gave) as `kind`, the annotation of a setting."""
    if get_origin(kind) in (types.UnionType, Union):
        kind = next(part for part in get_args(kind) if part is not type(None))
    if kind is bool:
        return yes_or_no(value)
    if kind is int:
        return number(value, unit)
    if get_origin(kind) is tuple:
        return words(value)
    text = plain(value)
    if get_origin(kind) is Literal:
        return one_of(text, get_args(kind))
    return Path(text).expanduser() if kind is Path else text


def plain(value: object) -> str:
    """Text on one line, as typed."""
    if not isinstance(value, str):
        raise BadValue("must be text, between quotes")
    if not value.isprintable():
        raise BadValue("holds a character that cannot be printed")
    return value.strip()


def yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = value.strip().casefold() if isinstance(value, str) else ""
    if word in YES or word in NO:
        return word in YES
    raise BadValue("must be yes or no")


def number(value: object, unit: str) -> int:
    """A whole number; sizes and durations may bring a unit: `50 MB`, `2 h`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = NUMBER.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise BadValue(f"must be a whole number{example(unit)}")
    digits, suffix = found[1].replace("_", ""), found[2].lower()
    scaled = float(digits) * scale(suffix, unit) if "." in digits else int(digits) * scale(suffix, unit)
    if scaled != int(scaled):
        raise BadValue(f"must be a whole number of {unit or 'units'}{example(unit)}")
    return int(scaled)


def scale(suffix: str, unit: str) -> float:
    """How many of the setting's own unit one of `suffix` is."""
    if unit == "bytes" and suffix in SIZES:
        return SIZES[suffix]
    if not suffix or suffix == unit:
        return 1
    if unit in SECONDS and suffix in SECONDS:
        return SECONDS[suffix] / SECONDS[unit]
    raise BadValue(f"has an unknown unit{example(unit)}")


def example(unit: str) -> str:
    if unit == "bytes":
        return ", as in 50 MB"
    return f", as in 10 {unit}" if unit in SECONDS else ""


def words(value: object) -> tuple[str, ...]:
    """A list: TOML's or JSON's own, or words with commas or spaces between them."""
    if isinstance(value, str):
        text = value.strip()
        value = from_json(text) if text.startswith("[") else re.split(r"[,\s]+", text)
    if not isinstance(value, list):
        raise BadValue("must be a list")
    return tuple(word for word in map(plain, value) if word)


def from_json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadValue('is not a list such as ["one", "two"]') from None


def one_of(text: str, choices: tuple[str, ...]) -> str:
    if text.lower() in choices:
        return text.lower()
    raise BadValue(f"must be {' or '.join(choices)}")
