"""What a copy onto a USB stick is about: the wish, how far it is, and the pipe that its bytes come from.

The service may be somebody else's by now: it names a stick and a pipe, and can make root read nothing but
that pipe.
"""

import json
import os
import re
import select
import stat
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from box.machine import Machine, replace

UNIT = "pichat-stick-copy.service"
JOB = "stick-job.json"  # root's own, in the folder of this boot
PIPES = "archives"  # in the service's part of the data partition
CHUNK = 1024 * 1024
PATIENCE = 60.0  # seconds without a byte from the service
TELL = 0.5  # seconds between two words on how far it is
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,90}\.(zip|pipe)")


class Failed(Exception):
    """Why there is no copy: one of the words that the page knows."""

    def __init__(self, why: str, **params: int | str) -> None:
        super().__init__(why)
        self.why = why
        self.params = params


@dataclass(frozen=True, slots=True)
class Job:
    """`stick` empty: the only one there is. `size`: as many bytes will come out of the pipe."""

    id: str
    stick: str
    pipe: str
    name: str
    size: int

    @classmethod
    def of_now(cls, machine: Machine) -> "Job":
        return cls(**json.loads((machine.run_dir / JOB).read_text()))


def wished(machine: Machine, wish: Any) -> None:
    """{"id", "stick", "pipe", "name", "size"} begins, in place of one under way; {"stop": true} ends it."""
    if isinstance(wish, dict) and wish.get("stop") is True:
        machine.run("systemctl", "--no-block", "stop", UNIT)
        return
    job = Job(*(str(wish[name]) for name in ("id", "stick", "pipe", "name")), size=int(wish["size"]))
    if not (_NAME.fullmatch(job.name) and _NAME.fullmatch(job.pipe)) or job.size <= 0 or len(job.id) > 64:
        raise ValueError(job.name)
    replace(machine.run_dir / JOB, json.dumps(asdict(job)), 0o600)
    machine.run("systemctl", "--no-block", "restart", UNIT)


def stick_over(machine: Machine) -> None:
    """The step has ended, as systemd sees it: a page waits for no word of a step that was killed."""
    noted = machine.noted("stick")
    if isinstance(noted, dict) and noted.get("stage") in ("copying", "verifying"):
        machine.note("stick", {**noted, "stage": "failed", "problem": {"why": "stopped"}})


class Told:
    """What the page reads: how far it is, and how it ended."""

    def __init__(self, machine: Machine, job: Job) -> None:
        self._machine = machine
        self._job = job
        self._at = 0.0
        self.far("copying", 0)

    def far(self, stage: str, done: int) -> None:
        if not done or time.monotonic() - self._at > TELL:
            self._note(stage, done=done)
            self._at = time.monotonic()

    def over(self, stage: str, **more: object) -> None:
        self._note(stage, **more)
        self._machine.say(f"stick: {stage} {more}")

    def _note(self, stage: str, **more: object) -> None:
        about = {"id": self._job.id, "stage": stage, "total": self._job.size}
        self._machine.note("stick", {**about, **more})


def poured(machine: Machine, job: Job) -> Iterator[bytes]:
    """As many bytes as were announced. Failed(source) when the service does not keep its word."""
    done = 0
    with os.fdopen(pipe(machine, job.pipe), "rb", buffering=0) as file:
        ready = select.poll()
        ready.register(file, select.POLLIN)
        while True:
            if not ready.poll(PATIENCE * 1000):
                raise Failed("source")
            piece = file.read(CHUNK)
            if not piece:
                break
            done += len(piece)
            if done > job.size:
                raise Failed("source")
            yield piece
    if done != job.size:
        raise Failed("source")


def pipe(machine: Machine, name: str) -> int:
    """Open for reading. A plain name in one folder; what is no pipe is not read."""
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
        folder = os.open(machine.data / PIPES, flags | os.O_DIRECTORY)
        try:
            found = os.open(name, flags | os.O_NONBLOCK, dir_fd=folder)
        finally:
            os.close(folder)
    except OSError:
        raise Failed("source") from None
    if not stat.S_ISFIFO(os.fstat(found).st_mode):
        os.close(found)
        raise Failed("source")
    return found
