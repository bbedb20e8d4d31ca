"""The steps of the boot can be imported: on the card they lie beside `step`."""

from pathlib import Path

import pytest

import image  # noqa: F401 (puts the box's own folder on the path)
from tests.image.boards import Board


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)
