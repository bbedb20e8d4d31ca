"""A data folder for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.rigs import Rig


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    one = Rig(tmp_path)
    yield one
    one.close()
