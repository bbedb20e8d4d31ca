"""The command line as a function: its exit code and everything that it said."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from appliance.__main__ import main
from appliance.base import log

SET = ("--set", "reserve_bytes=0", "--set", "free_floor_bytes=0")
Pichat = Callable[..., tuple[int, str]]


@pytest.fixture
def pichat(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Pichat:
    """`typed` is what comes on standard input."""
    monkeypatch.setattr(log, "set_up", lambda level: None)

    def run(data: Path, *words: str, typed: str = "") -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        with ThreadPoolExecutor(1) as aside:  # the test may have a loop running
            code = aside.submit(main, [*words, "--data", str(data), *SET]).result()
        said = capsys.readouterr()
        return code, (said.out + said.err).strip("\n")

    return run
