"""Why a file is held back, or what nobody knows of it: codes with parameters. Holds no words for people."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec
from msgspec import Struct

MOST = 20
MOST_OF_ONE = 3
LONGEST_WORD = 120


class Why(StrEnum):
    """The codes. Those in `FLAGS` hold a file back; the others are told and no more."""

    # what it is
    NOT_WHAT_IT_SAYS = "not_what_it_says"  # extension, found (a kind of `kinds`), type (libmagic's word)
    PROGRAM = "program"  # found
    SCRIPT = "script"  # found
    HTML = "html"
    SVG = "svg"
    SVG_ACTIVE = "svg_active"
    MACROS = "macros"
    EXCEL4 = "excel4"
    PDF_SCRIPT = "pdf_script"
    PDF_LAUNCH = "pdf_launch"
    PDF_OPENS = "pdf_opens"
    EMBEDDED = "embedded"
    ENCRYPTED = "encrypted"
    POLYGLOT = "polyglot"  # found
    UNREADABLE = "unreadable"  # found
    # what is in it
    INSIDE = "inside"  # name, found
    DISGUISED = "disguised"  # name, found
    ZIP_BOMB = "zip_bomb"  # size, packed
    ZIP_ENTRIES = "zip_entries"  # maximum
    ZIP_PATH = "zip_path"  # name
    ZIP_LINK = "zip_link"  # name
    ZIP_NESTED = "zip_nested"  # maximum
    # what the antivirus says
    VIRUS = "virus"  # name
    ANTIVIRUS_TIMEOUT = "antivirus_timeout"
    ANTIVIRUS_BROKEN = "antivirus_broken"
    # told and no more
    KIND_UNKNOWN = "kind_unknown"
    NOT_LOOKED_INTO = "not_looked_into"  # found
    INNER_NOT_LOOKED_INTO = "inner_not_looked_into"  # name
    ANTIVIRUS_LIMITS = "antivirus_limits"
    REJECTED_BEFORE = "rejected_before"
    SAID = "said"  # text, by the administrator who rejected it


MILD = frozenset(
    {
        Why.KIND_UNKNOWN,
        Why.NOT_LOOKED_INTO,
        Why.INNER_NOT_LOOKED_INTO,
        Why.ANTIVIRUS_LIMITS,
        Why.REJECTED_BEFORE,
        Why.SAID,
    }
)


class Reason(Struct, frozen=True):
    """One finding."""

    code: Why
    params: dict[str, str | int] = {}


def because(code: Why, **params: str | int) -> Reason:
    """A reason whose words came from a stranger: printable and short."""
    return Reason(code, {name: _plain(value) for name, value in params.items()})


def holds_back(reasons: Iterable[Reason]) -> bool:
    """Whether one of them is enough to flag the file."""
    return any(reason.code not in MILD for reason in reasons)


def kept(reasons: Iterable[Reason]) -> list[Reason]:
    """Each once, few of a kind: a hostile archive must not fill the page or the database."""
    found: list[Reason] = []
    for reason in reasons:
        alike = [one for one in found if one.code is reason.code]
        if len(found) < MOST and len(alike) < MOST_OF_ONE and reason not in alike:
            found.append(reason)
    return found


def encoded(reasons: Sequence[Reason]) -> str:
    return msgspec.json.encode(reasons).decode()


def decoded(text: str) -> list[Reason]:
    return msgspec.json.decode(text, type=list[Reason])


def _plain(value: str | int) -> str | int:
    if isinstance(value, int):
        return value
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value)
    return text if len(text) <= LONGEST_WORD else text[: LONGEST_WORD - 1] + "…"
