"""Programs that take and give files, each in a process of its own, and what was measured of them."""

import importlib.util
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.process import cpu_seconds, forget_peak, memory, peak
from tests.bench.signing_in import claimed
from tests.served import ROOT, Served

GIB = 2**30
BARE = "bare program"
MARK = "----bench"
PART = f'--{MARK}\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'.encode()
END = f"\r\n--{MARK}--\r\n".encode()
# Others: what must be installed, which module, whether it takes a form, where a PUT goes.
OTHERS = {
    BARE: ("sys", "files_bare", False, "/a.bin"),
    "copyparty PUT": ("copyparty", "files_copyparty", False, "/a.bin"),
    "Flask form": ("flask", "files_flask", True, "/api/uploads"),
}


@dataclass
class Filer:
    """Somebody who takes files at `path`, as the body of a PUT or as a form. `folder` is where they go."""

    name: str
    pid: int
    port: int
    form: bool
    path: str
    folder: Path
    token: str = ""
    speed: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    growth: list[int] = field(default_factory=list)
    highest: int = 0

    def head(self, size: int) -> bytes:
        """How a request with a file of so many bytes begins."""
        first = f"{'POST' if self.form else 'PUT'} {self.path}"
        lines = [f"{first} HTTP/1.1", "Host: 127.0.0.1"]
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        if self.form:
            lines.append(f"Content-Type: multipart/form-data; boundary={MARK}")
            size += len(PART) + len(END)
        head = "\r\n".join([*lines, f"Content-Length: {size}", "", ""]).encode()
        return head + PART if self.form else head

    def connected(self) -> socket.socket:
        """As soon as it listens."""
        for _ in range(300):
            with suppress(ConnectionRefusedError):
                connection = socket.create_connection(("127.0.0.1", self.port))
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return connection
            time.sleep(0.1)
        raise SystemExit(f"{self.name} does not answer")

    @property
    def tail(self) -> bytes:
        return END if self.form else b""

    @contextmanager
    def measured(self, amount: float) -> Iterator[None]:
        """Adds what passes meanwhile; `amount` is what was done, in the unit that the table speaks of."""
        before, used = memory(self.pid), cpu_seconds(self.pid)
        forget_peak(self.pid)
        began = time.monotonic()
        yield
        took = time.monotonic() - began
        self.speed.append(amount / took)
        self.cpu.append((cpu_seconds(self.pid) - used) / amount)
        self.growth.append(peak(self.pid) - before)
        self.highest = max(self.highest, peak(self.pid))

    def forget(self) -> None:
        self.speed, self.cpu, self.growth = [], [], []
        self.highest = 0

    def tidy(self) -> None:
        """Bodies go, so that memory does not fill."""
        for pattern in ("live/*/blobs/??/*", "*.bin"):
            for body in self.folder.glob(pattern):
                body.unlink()


@contextmanager
def filers(folder: Path, form: bool = True) -> Iterator[list[Filer]]:
    """Everybody who is installed here, PiChat first; ended at the end."""
    box = Served(folder / "data", settings={"free_floor_bytes": "0", "reserve_bytes": "0"})
    ends: list[Callable[[], object]] = [box.stop]
    try:
        token, pid = claimed(box.port, box.claim_code), box.process.pid
        found = [Filer("PiChat PUT", pid, box.port, False, "/api/uploads/a.bin", box.data, token)]
        if form:
            found.append(Filer("PiChat form", pid, box.port, True, "/api/uploads", box.data, token))
        for name, (needed, module, as_form, path) in OTHERS.items():
            if importlib.util.find_spec(needed) is None:
                continue
            own = folder / module
            own.mkdir()
            words = [sys.executable, "-m", f"tests.bench.peers.{module}", str(own)]
            process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
            ends.append(process.kill)
            assert process.stdout is not None
            found.append(Filer(name, process.pid, int(process.stdout.readline()), as_form, path, own))
        yield found
    finally:
        for end in ends:
            end()


def in_turns(found: list[Filer], rounds: int, work: Callable[[Filer], None]) -> None:
    for filer in found:
        filer.forget()
    for _ in range(rounds):
        for filer in found:
            work(filer)


def table(found: list[Filer], speed: str, cpu: str, amounts: float = 1.0, costs: float = 1.0) -> str:
    """Medians, and the least CPU; ratios are against the program that does nothing else."""
    limit = next(filer for filer in found if filer.name == BARE)
    fastest, least = statistics.median(limit.speed), min(limit.cpu)
    lines = [f"{'':16}{speed:>9}{'ratio':>7}{cpu:>14}{'ratio':>7}{'peak MB':>9}{'growth MB':>11}"]
    for filer in found:
        fast, used = statistics.median(filer.speed), min(filer.cpu)
        lines.append(
            f"{filer.name:16}{fast * amounts:9.0f}{fast / fastest:7.2f}{used * costs:14.2f}"
            f"{used / max(least, 1e-9):7.2f}{filer.highest / 1e6:9.0f}{max(filer.growth) / 1e6:11.1f}"
        )
    return "\n".join(lines)
