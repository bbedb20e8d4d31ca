"""Fixtures for the people's part of the domain."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.domain.household import Household


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Household]:
    """A new box, not claimed."""
    one = Household(tmp_path / "data")
    yield one
    one.close()
