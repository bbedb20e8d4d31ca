"""Reads the lines of a `.env` file. Must not decide what a name means, nor run anything in it."""

import re

from appliance.base.errors import StartError

LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=[ \t]*")
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$"}


def parse(text: str, where: str) -> dict[str, str]:
    """Names and values, the last of a name counting; `$NAME` inside a value stays as it is."""
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    values: dict[str, str] = {}
    number = 0
    while number < len(lines):
        line = lines[number].strip()
        found = LINE.match(line)
        if found is None:
            if line and not line.startswith("#"):
                raise StartError(f"{where}, line {number + 1}: not of the form NAME=value")
            number += 1
            continue
        rest = [line[found.end() :], *lines[number + 1 :]]
        value, used = quoted(rest, where, number + 1) if rest[0][:1] in ("'", '"') else (bare(rest[0]), 1)
        values[found[1]] = value
        number += used
    return values


def bare(text: str) -> str:
    """A value without quotes ends at a comment."""
    return re.split(r"(?:^|\s)#", text, maxsplit=1)[0].strip()


def quoted(lines: list[str], where: str, number: int) -> tuple[str, int]:
    """A value between quotes, which may go on over lines (a key in PEM does), and how many lines it took."""
    mark = lines[0][0]
    kept: list[str] = []
    for used, line in enumerate(lines, start=1):
        characters = iter(line if used > 1 else line[1:])
        for character in characters:
            if character == mark:
                return "".join(kept), used
            if character == "\\" and mark == '"':
                following = next(characters, "")
                kept.append(ESCAPES.get(following, f"\\{following}"))
            else:
                kept.append(character)
        kept.append("\n")
    raise StartError(f"{where}, line {number}: the quote {mark} is never closed")
