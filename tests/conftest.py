"""What every test stands on: a loop of its own, a real box on port 0, and an ear for unexpected log lines."""

import asyncio
import inspect
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.boxes import Boxes
from tests.people import People

if TYPE_CHECKING:
    from tests.image.plugs import Port


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs `async def` tests on the runner that their fixtures live on."""
    if not inspect.iscoroutinefunction(pyfuncitem.function):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    pyfuncitem.funcargs["runner"].run(pyfuncitem.obj(**arguments))
    return True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not isinstance(item, pytest.Function) or not inspect.iscoroutinefunction(item.function):
            continue
        if "runner" not in item.fixturenames:
            item.fixturenames.append("runner")


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as one:
        yield one


class Expected:
    """Log lines that a test announces: everything else at warning or above fails it."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def __call__(self, part: str) -> None:
        self.parts.append(part)


@pytest.fixture(autouse=True)
def expect_log(caplog: pytest.LogCaptureFixture) -> Iterator[Expected]:
    """Fails a test that logs a warning or an error that it did not announce."""
    expected = Expected()
    caplog.set_level(logging.INFO, "pichat")
    yield expected
    for phase in ("setup", "call"):
        for record in caplog.get_records(phase):
            line = record.getMessage()
            if record.levelno >= logging.WARNING and not any(part in line for part in expected.parts):
                pytest.fail(f"unexpected log line: {record.name}: {line}")


@pytest.fixture
def boxes(runner: asyncio.Runner, tmp_path: Path) -> Iterator[Boxes]:
    """Makes real boxes, each on a port and a data folder of its own."""
    made = Boxes(tmp_path)
    yield made
    runner.run(made.close())


@pytest.fixture
def fresh(runner: asyncio.Runner, boxes: Boxes) -> Any:
    """A box that nobody claimed."""
    return runner.run(boxes.start())


@pytest.fixture
def box(runner: asyncio.Runner, boxes: Boxes) -> Any:
    """A claimed box; its administrator is `people.admin`."""
    return runner.run(boxes.claimed())


@pytest.fixture
def people(runner: asyncio.Runner, box: Any) -> Iterator[People]:
    """Signed-in people of `box`: ana and beto are clientes, uma is a usuario, admin claimed it."""
    group = People(box)
    runner.run(group.gather())
    yield group
    runner.run(group.leave())


@pytest.fixture
def port(tmp_path: Path) -> Iterator["Port"]:
    """A board with a USB, and root, who minds what the service wishes."""
    import image  # noqa: F401 (puts the steps of root on the path)
    from tests.image.plugs import Port, Root

    one = Port(tmp_path / "board")
    root = Root(one)
    yield one
    root.close()
