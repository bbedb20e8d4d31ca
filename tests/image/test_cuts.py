"""The plug pulled amid uploads and saves, on the card itself: with `scripts/test long`."""

import subprocess
import sys

import pytest


@pytest.mark.long
@pytest.mark.parametrize("words", [("--held", "--cuts=100"), ("--cuts=10", "04")])
def test_the_plug_is_pulled_and_what_was_saved_is_whole(words: tuple[str, ...]) -> None:
    """A hundred times from ten running boards, ten times from a board that starts after each."""
    done = subprocess.run([sys.executable, "-m", "tests.image.run", *words], check=False)
    assert done.returncode == 0
