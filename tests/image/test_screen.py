"""The page on HDMI on consoles of every size: nothing scrolls, nothing is torn, what matters most stays."""

import fcntl
import os
import pty
import re
import struct
import termios
from itertools import pairwise, product
from pathlib import Path

import pytest
from box import console, screen, words
from box.identity import identity
from box.paper import Part, laid, plain
from box.wishes import wishes

from tests.image.boards import Board
from tests.image.onlooker import squares
from tests.image.picture import Picture

ADDRESS = "http://192.168.1.20"
SIZES = [(80, 22), (80, 25), (80, 30), (85, 24), (100, 37), (128, 48), (240, 67), (60, 40), (40, 10), (20, 5)]
DRAWN = re.compile(r"\x1b\[(\d+);1H\x1b\[[\d;]+m([^\x1b]*)(?:\x1b\[0;97m([^\x1b]*))?\x1b\[K")


def shown(drawn: str, columns: int, rows: int) -> list[str]:
    """What stands on a console of that size; whatever would leave it fails."""
    assert DRAWN.sub("", drawn) == "\x1b%G\x1b[r\x1b[?25l"
    grid = [[" "] * columns for _ in range(rows)]
    for row, *text in DRAWN.findall(drawn):
        for at, letter in enumerate("".join(text)):
            grid[int(row) - 1][at] = letter
    assert not any(line[-1].strip() for line in grid), "the last column makes a console wrap"
    return ["".join(line) for line in grid]


def parts(language: str) -> list[Part]:
    """As much as there ever is at once."""
    say = screen.WORDS[language]
    urls = [ADDRESS, "http://pichat.local", "http://[fd12:3456:789a:1:ba27:ebff:fe12:3456]"]
    trouble = words.NOT_OURS.filled(what="ext4 «FOTOS»")
    return [
        Part(("PiChat",)),
        *screen.where(Board.__new__(Board), {}, urls, say),
        Part((f"{say['code']}:  ABCD-EFGH-JKMN",), apart=True),
        Part((say["secrets"],), rank=3),
        Part((f"! {trouble.es if language == 'es' else trouble.en}",), rank=1, apart=True),
        Part((say["unsaved"],), rank=2, apart=True),
        Part((say["root"],), rank=5),
        *screen.mark({"https": {"fingerprint": "0123ABCD" * 8}}, say),
    ]


@pytest.mark.parametrize(("language", "size"), list(product(("es", "en"), SIZES)))
def test_on_a_console_of_any_size_no_word_is_torn_and_what_matters_most_stays(
    language: str, size: tuple[int, int]
) -> None:
    picture = screen.picture(ADDRESS)
    lines = shown(laid(parts(language), picture, *size), *size)
    assert lines[1].startswith("   PiChat")
    if size[0] < 40:
        return
    text = " ".join(" ".join(line.split("█")[0].split("▄")[0] for line in lines).split())
    known = {word for part in parts(language) for line in part.lines for word in plain(line).split()}
    assert set(text.split()) <= known
    assert ADDRESS in text
    assert "ABCD-EFGH-JKMN" in text


def test_what_matters_least_goes_first_and_before_it_the_empty_rows() -> None:
    some = [Part(("first",)), Part(("least",), rank=5, apart=True), Part(("more",), rank=2, apart=True)]
    drawn = {
        rows: [line.strip() for line in shown(laid(some, [], 40, rows), 40, rows)][1:] for rows in (6, 5, 3)
    }
    assert drawn == {
        6: ["first", "", "least", "", "more"],
        5: ["first", "", "least", "more"],
        3: ["first", "more"],
    }


@pytest.mark.parametrize("size", [(80, 22), (80, 30), (240, 67), (60, 40)])
def test_the_square_picture_is_whole_beside_the_words_or_under_them(size: tuple[int, int]) -> None:
    lines = shown(laid(parts("es"), screen.picture(ADDRESS), *size), *size)
    wanted = squares(ADDRESS)
    left = max(line.find("█" * len(wanted)) for line in lines)
    first = next(at for at, line in enumerate(lines) if line[left:].startswith("█" * len(wanted)))
    seen = []
    for line in lines[first : first + (len(wanted) + 1) // 2]:
        cells = line[left : left + len(wanted)]
        seen += [[cell in "█▀" for cell in cells], [cell in "█▄" for cell in cells]]
    assert seen[: len(wanted)] == wanted
    assert (first == 1) == (size[0] >= 80)


def test_no_word_touches_the_picture_from_below() -> None:
    high = len(screen.picture(ADDRESS))
    some = [Part((f"row {number}",)) for number in range(high)]
    wide = Part(("0123ABCD " * 8,), rank=4)  # is torn nowhere under the picture, and would be beside it
    lines = shown(laid([*some, wide], screen.picture(ADDRESS), 80, 40), 80, 40)
    assert lines[high].startswith(f"   row {high - 1} ")
    assert "0123ABCD" in lines[high + 1][:45]
    assert not lines[high + 1][45:].strip()


def test_the_name_of_the_box_stands_beside_its_addresses() -> None:
    info = {"urls": ["http://192.168.1.20:8000", "http://[fd12::1]:8000"], "mdns": "aula.local"}
    assert screen.reachable(info)[1] == "http://aula.local:8000"
    info["urls"] = ["https://[fd12::1]"]
    assert screen.reachable(info) == ["https://[fd12::1]", "https://aula.local"]
    assert screen.reachable({"urls": ["http://127.0.0.1"], "mdns": "aula.local"}) == []
    assert screen.reachable({"urls": [ADDRESS], "mdns": None}) == [ADDRESS]


def test_no_picture_where_it_would_take_the_place_of_the_words() -> None:
    for size in ((60, 22), (30, 40)):
        assert "█" not in laid(parts("es"), screen.picture(ADDRESS), *size)


def test_letters_that_a_console_lacks_come_as_others_and_nothing_moves_its_cursor() -> None:
    assert plain("Wi-Fi «Café» de Ángel… ñ ¿ü? “a” — ☃") == 'Wi-Fi «Café» de Angel... ñ ¿ü? "a" - ?'
    assert plain("a\x1b[2Jb\nc\x9b") == "a[2Jbc"


def test_a_page_is_drawn_as_large_as_the_console_says_it_is(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 7, 41, 0, 0))
        console.show(Path(os.ttyname(theirs)), lambda columns, rows: f"{columns}x{rows}")
        assert os.read(ours, 100) == b"41x7"
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, b"\0" * 8)
        console.show(Path(os.ttyname(theirs)), lambda columns, rows: f"{columns}x{rows}")
        assert os.read(ours, 100) == b"80x25"
    finally:
        os.close(ours)
        os.close(theirs)
    console.show(tmp_path / "nowhere", lambda columns, rows: pytest.fail("there is no screen"))


@pytest.mark.parametrize("times", console.TIMES)
def test_larger_letters_keep_their_edges_and_get_smooth_slopes(times: int) -> None:
    block, half = [[1] * 8] * 16, [[1] * 8] * 8 + [[0] * 8] * 8
    assert console.enlarged(block, times) == [[1] * 8 * times] * 16 * times
    assert console.enlarged(half, times) == [[1] * 8 * times] * 8 * times + [[0] * 8 * times] * 8 * times
    slope = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    large = console.enlarged(slope, times)
    steps = sum(row != below for row, below in pairwise(large))
    assert steps > 2
    assert {len(row) for row in large} == {3 * times} == {len(large)}


def test_what_does_not_start_is_told_first(board: Board) -> None:
    board.settings("idioma = en")
    wishes(board)
    identity(board)
    board.trouble("data", words.SMALL_CARD)
    found, address = screen.page(board)
    assert address == ""
    assert [part.lines[0] for part in found][1:3] == [
        screen.WORDS["en"]["failed"],
        f"! {words.SMALL_CARD.en}",
    ]


def test_a_picture_of_a_screen_knows_squares_from_noise(tmp_path: Path) -> None:
    wanted, side = squares(ADDRESS), 8
    wide, high = 40 * side, 36 * side
    light = {(x + 2, y + 1) for y, row in enumerate(wanted) for x, square in enumerate(row) if square}
    points = b"".join(
        b"\xff" * 3 if (x // side, y // side) in light else b"\0\0\xaa"
        for y in range(high)
        for x in range(wide)
    )
    path = tmp_path / "screen.ppm"
    path.write_bytes(b"P6\n%d %d\n255\n" % (wide, high) + points)
    picture = Picture(path)
    assert picture.holds(wanted, side)
    assert not picture.holds(squares("http://192.168.1.21"), side)
    assert len(picture.png()) < 2000
