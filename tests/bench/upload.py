"""Uploads of one large file, PiChat beside the limit and Flask: throughput, CPU, memory, and their ratios.

    .venv/bin/python -m tests.bench.upload [--mebibytes 1024] [--rounds 3] [--folder /dev/shm]

Peers are measured in turns; the figures are medians and, for CPU, the least. Flask's line appears where it is
installed. Everybody hashes and keeps the file.
"""

import argparse
import importlib.util
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.process import MIB, cpu_seconds, forget_peak, memory, peak
from tests.bench.signing_in import claimed
from tests.served import ROOT, Served

MARK = "----bench"
PART = f'--{MARK}\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'.encode()
END = f"\r\n--{MARK}--\r\n".encode()


@dataclass
class Peer:
    """Somebody who takes uploads: `head` begins a request for so many bytes."""

    name: str
    pid: int
    port: int
    form: bool
    token: str = ""
    tidy: Callable[[], None] = lambda: None
    speed: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    growth: list[int] = field(default_factory=list)
    highest: int = 0

    def head(self, size: int) -> bytes:
        first = "POST /api/uploads" if self.form else "PUT /api/uploads/a.bin"
        lines = [f"{first} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {self.token}"]
        if self.form:
            lines.append(f"Content-Type: multipart/form-data; boundary={MARK}")
        return "\r\n".join([*lines, f"Content-Length: {size}", "", ""]).encode()


def upload(peer: Peer, size: int) -> None:
    """One upload, measured."""
    piece = memoryview(os.urandom(MIB))
    before, used = memory(peer.pid), cpu_seconds(peer.pid)
    forget_peak(peer.pid)
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", peer.port)) as connection:
        around = len(PART) + len(END) if peer.form else 0
        connection.sendall(peer.head(size + around) + (PART if peer.form else b""))
        for start in range(0, size, MIB):
            connection.sendall(piece[: min(MIB, size - start)])
        if peer.form:
            connection.sendall(END)
        answer = connection.recv(65536)
    took = time.monotonic() - began
    assert answer.startswith(b"HTTP/1.1 201"), answer
    peer.speed.append(size / took / 1e6)
    peer.cpu.append((cpu_seconds(peer.pid) - used) * 2**30 / size)
    peer.growth.append(peak(peer.pid) - before)
    peer.highest = max(peer.highest, peak(peer.pid))
    peer.tidy()


def peers(folder: Path) -> tuple[list[Peer], list[Callable[[], object]]]:
    """Everybody who is here, and how to end them."""
    box = Served(folder / "data", settings={"free_floor_bytes": "0"})
    token = claimed(box.port, box.claim_code)

    def tidy() -> None:
        for body in box.data.glob("live/*/blobs/??/*"):
            body.unlink()

    found = [
        Peer("PiChat PUT", box.process.pid, box.port, False, token, tidy),
        Peer("PiChat form", box.process.pid, box.port, True, token, tidy),
    ]
    ends: list[Callable[[], object]] = [box.stop]
    others = [("receive, hash, write", "tests.bench.bare", False)]
    if importlib.util.find_spec("flask"):
        others.append(("Flask form", "tests.bench.flask_upload", True))
    for name, module, form in others:
        process = subprocess.Popen(
            [sys.executable, "-m", module, str(folder / "peer")], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        found.append(Peer(name, process.pid, int(process.stdout.readline()), form))
        ends.append(process.kill)
    return found, ends


def table(found: list[Peer]) -> str:
    """Ratios are against the program that does nothing else."""
    limit = next(peer for peer in found if peer.name.startswith("receive"))
    speed, cpu = statistics.median(limit.speed), min(limit.cpu)
    lines = [f"{'':22}{'MB/s':>7}{'ratio':>7}{'CPU-s/GiB':>11}{'ratio':>7}{'peak MB':>9}{'growth MB':>11}"]
    for peer in found:
        fast, used = statistics.median(peer.speed), min(peer.cpu)
        lines.append(
            f"{peer.name:22}{fast:7.0f}{fast / speed:7.2f}{used:11.2f}{used / cpu:7.2f}"
            f"{peer.highest / 1e6:9.0f}{max(peer.growth) / 1e6:11.1f}"
        )
    return "\n".join(lines)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    words.add_argument("--mebibytes", type=int, default=1024)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument(
        "--folder", default="/dev/shm", help="where bodies go: memory, unless you want the disk"
    )
    given = words.parse_args()
    folder = Path(tempfile.mkdtemp(dir=given.folder))
    ends: list[Callable[[], object]] = []
    try:
        found, ends = peers(folder)
        for turn in range(given.rounds + 1):
            for peer in found:
                upload(peer, 8 * MIB if turn == 0 else given.mebibytes * MIB)
                if turn == 0:  # imports and first buffers are not what is measured
                    peer.speed.clear(), peer.cpu.clear(), peer.growth.clear()
        print(table(found))
    finally:
        for end in ends:
            end()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
