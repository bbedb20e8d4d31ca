"""Strict JSON, for REST bodies and WebSocket frames alike. Must not know any feature's fields.

Python's parser takes NaN, 1e999, lone surrogates and the last of two equal keys; SQLite, UTF-8 and other
people's parsers do not. Whatever is not plain JSON of sane depth and size is refused with a reason.
"""

import json
import math
import re
from typing import Any, NoReturn, TypeVar

import msgspec

from appliance.base.errors import Code, Refusal

T = TypeVar("T")

DEPTH = 16
INTEGERS = range(-(2**63), 2**63)
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SPACED = re.compile('"[ \t\n\r]').search
_quick = msgspec.json.Decoder()
_BRACKETS = re.compile(rb"[\[\]{}]")
_UNSAFE = re.compile("[\0\ud800-\udfff]")
_FIELD = re.compile(r" - at `(?:key in )?\$\.?([^`]*)`$")
_MISSING = re.compile(r"missing required field `([^`]*)`")


def decode(data: bytes | str, kind: type[T], code: Code = Code.BAD_REQUEST) -> T:
    """Bytes from the wire as a typed struct; a Refusal with `code`, `reason` and maybe `field` otherwise."""
    return convert(parse(data, code), kind, code)


def quick(text: str) -> dict[str, Any] | None:
    """An object as nearly every client writes it, read at a quarter of the cost of `parse`; None for
    everything else: one object, no escapes, at most one list, and as many names as ends of a name.
    """
    if "\\u" in text or text.count("{") != 1 or text.count("[") > 1 or _SPACED(text):
        return None
    try:
        value = _quick.decode(text)
    except (ValueError, msgspec.MsgspecError):
        return None
    return value if type(value) is dict and text.count('":') == len(value) else None


def parse(data: bytes | str, code: Code = Code.BAD_REQUEST) -> Any:
    """Strict JSON as plain Python values."""
    try:
        raw = data.encode() if isinstance(data, str) else data
        text = raw.decode()
    except UnicodeError:
        raise Refusal(code, reason="utf8") from None
    if _deep(raw):
        raise Refusal(code, reason="depth")
    try:
        value = _decoder.decode(text)
    except _Bad as problem:
        raise Refusal(code, reason=problem.reason) from None
    except (ValueError, RecursionError):
        raise Refusal(code, reason="json") from None
    # Raw control characters are not JSON, so both NUL and surrogates can only come from an escape.
    if "\\u" in text:
        _check_text(value, code)
    return value


def convert(value: Any, kind: type[T], code: Code = Code.BAD_REQUEST) -> T:
    """Plain values as a typed struct; unknown fields are ignored."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as problem:
        field, reason = _explained(str(problem))
        params: dict[str, Any] = {"field": field} if field else {}
        raise Refusal(code, **params, reason=reason) from None


class _Bad(Exception):
    """What the hooks of the decoder found."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Bad("duplicate")
    return made


def _integer(digits: str) -> int:
    if len(digits) > 20 or (number := int(digits)) not in INTEGERS:
        raise _Bad("number")
    return number


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _Bad("number")
    return number


def _constant(name: str) -> NoReturn:
    raise _Bad("number")


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
)


def _deep(raw: bytes) -> bool:
    """Whether brackets nest deeper than DEPTH; looked at before parsing, which recurses."""
    if raw.count(b"[") + raw.count(b"{") <= DEPTH:
        return False
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", raw)):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEPTH:
            return True
    return False


def _check_text(value: Any, code: Code) -> None:
    if isinstance(value, str):
        if found := _UNSAFE.search(value):
            raise Refusal(code, reason="nul" if found[0] == "\0" else "surrogate")
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_text(name, code)
            _check_text(item, code)
    elif isinstance(value, list):
        for item in value:
            _check_text(item, code)


def _explained(message: str) -> tuple[str, str]:
    """The field and the reason in msgspec's message, which itself is not for clients."""
    where = _FIELD.search(message)
    field = where[1] if where else ""
    if missing := _MISSING.search(message):
        return (f"{field}.{missing[1]}" if field else missing[1]), "missing"
    if "of length" in message:
        return field, "length"
    if ">=" in message or "<=" in message:
        return field, "range"
    return field, "value" if message.startswith("Invalid") else "type"
