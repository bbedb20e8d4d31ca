"""A data folder for each test, and what those that take the power away have in common."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.rigs import Rig


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    one = Rig(tmp_path)
    yield one
    one.close()


@pytest.fixture
def fast() -> Iterator[Path]:
    """Thousands of syncs need no real card: the model says what they are worth."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="pichat-crash-", dir=memory if memory.is_dir() else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def loud(expect_log) -> None:
    for part in ("passed over", "have lost their bytes", "not cleared away", "is lost"):
        expect_log(part)
