"""The console on HDMI: letters that can be read from across a room, and a keyboard that does nothing.

Whatever it refuses is left as it is: a board without a screen is none the worse.
"""

import array
import contextlib
import fcntl
import os
import struct
import termios
from collections.abc import Callable
from pathlib import Path

# linux/kd.h
_KDFONTOP, _SET, _GET, _SET_TALL = 0x4B72, 0, 1, 4
_KDSKBMODE, _KEYBOARD_OFF = 0x4B45, 4
_PITCH = 32  # rows of a letter as the kernel hands it over
_LETTERS = 512
COLUMNS, ROWS = 80, 22  # of them there is always room for what the screen says
TIMES = {6: (3, 2), 4: (2, 2), 3: (3,), 2: (2,)}  # how a letter comes to be so many times as large

Letter = list[list[int]]  # rows of points


def show(path: Path, page: Callable[[int, int], str]) -> None:
    """Draws what `page` makes of the size, in columns and rows."""
    with contextlib.suppress(OSError):
        console = os.open(path, os.O_WRONLY | os.O_NOCTTY)
        try:
            with contextlib.suppress(OSError):
                # Keys could scroll the screen away, stop it, or change to another.
                fcntl.ioctl(console, _KDSKBMODE, _KEYBOARD_OFF)
            with contextlib.suppress(OSError):
                enlarge(console)
            raw = memoryview(page(*size(console)).encode())
            while raw:
                raw = raw[os.write(console, raw) :]
        finally:
            os.close(console)


def size(console: int) -> tuple[int, int]:
    """Columns and rows."""
    raw = fcntl.ioctl(console, termios.TIOCGWINSZ, b"\0" * 8)
    rows, columns = struct.unpack("4H", raw)[:2]
    return columns or 80, rows or 25


def enlarge(console: int) -> None:
    """As large as there is room, in the shapes that the kernel has; an older one takes no very large ones."""
    columns, rows = size(console)
    wanted = [times for times in TIMES if times <= min(columns // COLUMNS, rows // ROWS)]
    letters = font(console) if wanted else []
    for times in wanted:
        with contextlib.suppress(OSError):
            set_font(console, [enlarged(letter, times) for letter in letters])
            return


def font(console: int) -> list[Letter]:
    raw = array.array("B", bytes(_LETTERS * _PITCH * _PITCH // 8))
    width, height, count = _font(console, _GET, _PITCH, _PITCH, _LETTERS, raw)
    bits = [f"{byte:08b}" for byte in raw]
    size = (width + 7) // 8
    rows = ["".join(bits[at : at + size])[:width] for at in range(0, count * _PITCH * size, size)]
    points = [[int(point) for point in row] for row in rows]
    return [points[at : at + height] for at in range(0, count * _PITCH, _PITCH)]


def set_font(console: int, letters: list[Letter]) -> None:
    height, width = len(letters[0]), len(letters[0][0])
    pitch, what = (height, _SET_TALL) if height > _PITCH else (_PITCH, _SET)
    size = (width + 7) // 8
    raw = array.array("B")
    for letter in letters:
        for row in letter:
            raw.frombytes(int("".join(map(str, row)).ljust(8 * size, "0"), 2).to_bytes(size, "big"))
        raw.frombytes(bytes(size * (pitch - height)))
    _font(console, what, width, height, len(letters), raw)


def _font(
    console: int, what: int, width: int, height: int, count: int, raw: "array.array[int]"
) -> tuple[int, int, int]:
    """struct console_font_op; what the kernel answers in it."""
    asked = bytearray(struct.pack("5IP", what, 0, width, height, count, raw.buffer_info()[0]))
    fcntl.ioctl(console, _KDFONTOP, asked)
    return struct.unpack("5IP", asked)[2:5]


def enlarged(letter: Letter, times: int) -> Letter:
    """With slopes made smooth; straight edges stay where they are. Beyond the edge is what lies at it."""
    for step in TIMES[times]:
        framed = [[row[0], *row, row[-1]] for row in (letter[0], *letter, letter[-1])]
        letter = []
        for three in zip(framed, framed[1:], framed[2:], strict=False):
            lines: Letter = [[] for _ in range(step)]
            for at in range(len(framed[0]) - 2):
                points = _around(step, *(row[at : at + 3] for row in three))
                for line, added in zip(lines, points, strict=True):
                    line.extend(added)
            letter += lines
    return letter


def _around(step: int, above: list[int], row: list[int], under: list[int]) -> Letter:
    """One point as two by two or three by three (Scale2x, Scale3x: https://www.scale2x.it/algorithm)."""
    (a, b, c), (d, e, f), (g, h, i) = above, row, under
    if b == h or d == f:
        return [[e] * step] * step
    upper = [b if d == b else e, b if (d == b and e != c) or (b == f and e != a) else e, b if b == f else e]
    lower = [h if d == h else e, h if (d == h and e != i) or (h == f and e != g) else e, h if h == f else e]
    if step == 2:
        return [upper[::2], lower[::2]]
    left = d if (d == b and e != g) or (d == h and e != a) else e
    right = f if (b == f and e != i) or (h == f and e != c) else e
    return [upper, [left, e, right], lower]
