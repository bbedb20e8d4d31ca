"""Lays what the screen says out on a console of any size. Knows letters and places, not what is said."""

import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

PLAIN, BRIGHT, WARNING = "0;37", "0;97", "0;93"  # colours of a console
_MARGIN = 3
_WANTED = 2  # parts up to this rank are worth more than the picture
_NARROW = 40  # columns that the words need at least beside the picture
_TYPED = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "•": "·"})


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that belong together. Of two that do not both fit, the one with the higher `rank` goes."""

    lines: tuple[str, ...]
    rank: int = 0
    colour: str = PLAIN
    indent: int = 0
    apart: bool = False  # an empty line before it, where there is room


@dataclass(frozen=True, slots=True)
class Paper:
    """Room for words: so many columns, fewer beside a picture that is so many rows high."""

    columns: int
    rows: int
    beside: int = 0
    high: int = 0

    def width(self, row: int) -> int:
        return self.beside if row < self.high else self.columns


def laid(parts: Sequence[Part], picture: Sequence[str], columns: int, rows: int) -> str:
    """What draws it: every row of the console, so that nothing of what was there before is left. Written
    once more it changes nothing that can be seen. The picture is right of the words, else under them.
    """
    wide, high = (len(picture[0]), len(picture)) if picture else (0, 0)
    width, free = columns - 2 * _MARGIN, rows - 1
    paper, first, left = Paper(width, free), 1, columns - _MARGIN - wide
    if wide and width - wide - _MARGIN >= _NARROW and high <= free:
        paper = Paper(width, free, width - wide - _MARGIN, high + 1)  # nothing touches it from below
    else:
        under = Paper(width, free - high - 1)
        wanted = [part for part in parts if part.rank <= _WANTED]
        if wide and wide <= width and len(_rows(wanted, under)) <= under.rows:
            paper, first, left = under, len(fitting(parts, under)) + 2, _MARGIN
        else:
            high = 0
    words = fitting(parts, paper)
    drawn = []
    for row in range(rows):
        text, colour = words[row - 1] if 0 < row <= len(words) else ("", PLAIN)
        line = f"\x1b[{row + 1};1H\x1b[{colour}m{' ' * _MARGIN}{text}"
        if first <= row < first + high:
            line += " " * (left - _MARGIN - len(text)) + f"\x1b[{BRIGHT}m{picture[row - first]}"
        drawn.append(line + "\x1b[K")  # no place is emptied that is to be filled: that would flicker
    return "\x1b%G\x1b[r\x1b[?25l" + "".join(drawn)


def fitting(parts: Sequence[Part], paper: Paper) -> list[tuple[str, str]]:
    """Text and colour of each row. First empty rows go, then the parts that matter least; when even those
    without a rank are too many, the last ones are cut off.
    """
    kept = list(parts)
    while True:
        dense = _rows(kept, paper)
        if len(dense) <= paper.rows:
            spaced = _rows(kept, paper, paper.rows - len(dense))
            return spaced if len(spaced) <= paper.rows else dense
        least = max(part.rank for part in kept)
        if not least:
            return dense[: max(paper.rows, 0)]
        kept.remove([part for part in kept if part.rank == least][-1])


def _rows(parts: Sequence[Part], paper: Paper, empty: int = 0) -> list[tuple[str, str]]:
    """With so many empty rows, the upper ones first."""
    found: list[tuple[str, str]] = []
    for part in parts:
        if part.apart and found and empty:
            empty -= 1
            found.append(("", PLAIN))
        margin = " " * part.indent
        for line in part.lines:
            width = paper.width(len(found))
            if part.rank and max(map(len, line.split()), default=0) + part.indent > width:
                continue  # an address that nobody would type is not torn
            rows = textwrap.wrap(
                plain(line), width, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False
            )
            found += [(row, part.colour) for row in rows]
    return found


def plain(text: str) -> str:
    """In letters that a console has before anybody gave it others; nothing that would move its cursor."""
    return "".join(_letter(one) for one in text.translate(_TYPED) if one.isprintable())


def _letter(one: str) -> str:
    for form in (one, unicodedata.normalize("NFKD", one)):
        letters = "".join(letter for letter in form if not unicodedata.combining(letter))
        try:
            letters.encode("cp437")
        except UnicodeEncodeError:
            continue
        return letters
    return "?"
