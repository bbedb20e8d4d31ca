"""Processes that live in a data folder until they are killed: how a test asks for one, and who gives birth.

A line `<folder> <boot> <deed> <n> ...` goes in; out comes what the process said before it was killed at the
nth step of what it does there. n beyond the end kills it when it is done, without closing anything.
"""

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE

ROOT = Path(__file__).parents[2]


class Killer:
    """Runs processes until they are killed."""

    def __init__(self, module: str) -> None:
        command = [sys.executable, "-m", module]
        self.mother = subprocess.Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True)

    def run(self, folder: Path, boot: str, deed: str, number: int, *subjects: str) -> list[str]:
        """What the process said before it was killed."""
        assert self.mother.stdin and self.mother.stdout
        self.mother.stdin.write(f"{' '.join((str(folder), boot, deed, str(number), *subjects))}\n")
        self.mother.stdin.flush()
        *heard, status = self.mother.stdout.readline().split()
        assert status == "-9", "the process died of something else"
        return heard


@contextmanager
def killing(module: str) -> Iterator[Killer]:
    """`module` calls `give_birth`."""
    one = Killer(module)
    yield one
    one.mother.communicate(timeout=10)


def tell(word: str) -> None:
    """In the process: one word to whoever asked for it."""
    os.write(1, f"{word} ".encode())


def give_birth(live: Callable[[list[str]], None]) -> None:
    """Lives each line in a process of its own. Standard output is for `tell` alone."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                live(line.split())
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os.kill(os.getpid(), signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.write(1, f"{os.waitstatus_to_exitcode(status)}\n".encode())
