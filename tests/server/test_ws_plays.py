"""The plays of `tests/plays`, each on a box of its own."""

from pathlib import Path

import pytest

from tests.boxes import Boxes
from tests.people import People
from tests.plays.performance import Performance

PLAYS = sorted((Path(__file__).parents[1] / "plays").glob("*.txt"))


@pytest.mark.parametrize("play", PLAYS, ids=lambda path: path.stem)
async def test_play(play: Path, boxes: Boxes, people: People) -> None:
    await Performance(boxes, people).perform(play.read_text("utf-8"))


def test_there_are_plays() -> None:
    assert len(PLAYS) >= 8
