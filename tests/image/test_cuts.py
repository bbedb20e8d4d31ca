"""The plug pulled a hundred times amid uploads and saves, on the card itself: with `scripts/test long`."""

import subprocess
import sys

import pytest


@pytest.mark.long
def test_the_plug_is_pulled_a_hundred_times_and_what_was_saved_is_whole() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.image.run", "--cuts=100", "04"], check=False)
    assert done.returncode == 0
