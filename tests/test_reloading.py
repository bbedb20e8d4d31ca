"""`serve --dev`: a change starts the program again, an error in it waits for the next change."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SUPERVISE = """
import signal, sys
from pathlib import Path
from appliance.reloading import supervise
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has its background jobs ignore it
sys.exit(supervise([sys.executable, sys.argv[1]], Path(sys.argv[1]).parent))
"""
PROGRAM = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
signal.signal(signal.SIGINT, signal.SIG_IGN)
sys.stdout.write("{word} %d\\n" % os.getpid())
sys.stdout.flush()
while True:
    time.sleep(60)
"""


class Watched:
    """A program under supervision and what it says."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "program.py"
        self.write("first")
        self.parent = subprocess.Popen(
            [sys.executable, "-c", SUPERVISE, str(self.path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def write(self, word: str, text: str = PROGRAM) -> None:
        """As editors do: a new file in the place of the old one."""
        other = self.path.with_suffix(".new")
        other.write_text(text.format(word=word))
        other.replace(self.path)

    def line(self) -> tuple[str, int]:
        assert self.parent.stdout
        word, pid = self.parent.stdout.readline().split()
        return word, int(pid)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    one = Watched(tmp_path)
    yield one
    one.parent.terminate()
    one.parent.communicate()


def test_a_change_ends_the_program_and_starts_it_again(watched: Watched) -> None:
    word, old = watched.line()
    assert word == "first"
    watched.write("second")
    word, new = watched.line()
    assert (word, new != old) == ("second", True)
    with pytest.raises(ProcessLookupError):
        os.kill(old, 0)


def test_a_program_with_an_error_waits_for_the_next_change(watched: Watched) -> None:
    watched.line()
    watched.write("", "this is no Python\n")
    assert watched.parent.stderr
    while "SyntaxError" not in watched.parent.stderr.readline():
        time.sleep(0)
    watched.write("mended")
    assert watched.line()[0] == "mended"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_both_and_keeps_the_exit_code(watched: Watched, number: signal.Signals) -> None:
    _, child = watched.line()
    watched.parent.send_signal(number)
    assert watched.parent.wait() == 7
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
