"""Uploads of one large file and of many small ones, PiChat beside the limit, copyparty and Flask.

    .venv/bin/python -m tests.bench.upload [--mebibytes 1024] [--files 1000] [--rounds 3] [--folder /dev/shm]

Peers are measured in turns; the figures are medians and, for CPU, the least. Whoever is not installed is left
out (`scripts/setup bench`). Everybody hashes and keeps the files; small ones come over one connection.
"""

import argparse
import os
import shutil
import socket
import tempfile
import time
from pathlib import Path

from tests.bench.filers import GIB, Filer, filers, in_turns, table
from tests.bench.process import MIB

SMALL = 20_000


def _answered(connection: socket.socket) -> bytes:
    """One answer with a length, to its end; its head."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        assert more, data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    assert head.split(b" ", 2)[1] == b"201", data
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    left = int(fields[b"content-length"]) - len(body)
    while left > 0:
        left -= len(connection.recv(left))
    return head.lower()


def large(filer: Filer, size: int) -> None:
    """One upload, measured."""
    piece = memoryview(os.urandom(MIB))
    with filer.connected() as connection, filer.measured(size / GIB):
        connection.sendall(filer.head(size))
        for start in range(0, size, MIB):
            connection.sendall(piece[: min(MIB, size - start)])
        connection.sendall(filer.tail)
        _answered(connection)
    filer.tidy()


def small(filer: Filer, files: int) -> None:
    """One upload after the other, no two alike, over a connection that stays open where the peer lets it."""
    head, rest = filer.head(SMALL), os.urandom(SMALL - 8)
    connection = filer.connected()
    with filer.measured(files):
        for _ in range(files):
            connection.sendall(head + time.monotonic_ns().to_bytes(8, "big") + rest + filer.tail)
            if b"connection: close" in _answered(connection):
                connection.close()
                connection = filer.connected()
    connection.close()
    filer.tidy()


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    words.add_argument("--mebibytes", type=int, default=1024, help="0: no large file")
    words.add_argument("--files", type=int, default=1000, help="0: no small ones")
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument(
        "--folder", default="/dev/shm", help="where bodies go: memory, unless you want the disk"
    )
    given = words.parse_args()
    folder = Path(tempfile.mkdtemp(dir=given.folder))
    try:
        with filers(folder) as found:
            for filer in found:  # imports and first buffers are not what is measured
                large(filer, 8 * MIB)
            if given.mebibytes:
                in_turns(found, given.rounds, lambda filer: large(filer, given.mebibytes * MIB))
                print(table(found, "MB/s", "CPU-s/GiB", GIB / 1e6))
            if given.files:
                in_turns(found, given.rounds, lambda filer: small(filer, given.files))
                print(table(found, "files/s", "CPU-ms/file", 1.0, 1000))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
