"""Downloads of one large file, PiChat beside a program that leaves it to the kernel, copyparty and Flask.

    .venv/bin/python -m tests.bench.download [--mebibytes 1024] [--rounds 3] [--folder /dev/shm]

Peers are measured in turns; the figures are medians and, for CPU, the least.
"""

import argparse
import json
import os
import shutil
import tempfile
import urllib.request
from pathlib import Path

from tests.bench.filers import GIB, Filer, filers, in_turns, table
from tests.bench.process import MIB


def offer(filer: Filer, size: int) -> None:
    """The file is with the peer, and `path` is where it is asked for."""
    source = filer.folder / "offer"
    with source.open("wb") as file:
        for start in range(0, size, MIB):
            file.write(os.urandom(min(MIB, size - start)))
    filer.name = filer.name.removesuffix(" PUT").removesuffix(" form")
    if not filer.token:
        source.rename(filer.folder / "a.bin")
        filer.path = "/a.bin"
        return
    headers = {"Authorization": f"Bearer {filer.token}", "Content-Length": str(size)}
    url = f"http://127.0.0.1:{filer.port}{filer.path}"
    with source.open("rb") as file:
        request = urllib.request.Request(url, file, headers, method="PUT")
        with urllib.request.urlopen(request) as answer:
            filer.path = f"/api/uploads/{json.load(answer)['id']}/content"
    source.unlink()


def download(filer: Filer, size: int) -> None:
    """Once, measured; whoever receives only counts."""
    buffer = bytearray(MIB)
    lines = [f"GET {filer.path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    if filer.token:
        lines.append(f"Authorization: Bearer {filer.token}")
    with filer.connected() as connection, filer.measured(size / GIB):
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        head = b""
        while b"\r\n\r\n" not in head:
            more = connection.recv(65536)
            assert more, head
            head += more
        assert head.split(b" ", 2)[1] == b"200", head
        left = size - len(head.partition(b"\r\n\r\n")[2])
        while left:
            took = connection.recv_into(buffer, min(left, MIB))
            assert took, left
            left -= took


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    words.add_argument("--mebibytes", type=int, default=1024)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument(
        "--folder", default="/dev/shm", help="where files lie: memory, unless you want the disk"
    )
    given = words.parse_args()
    folder = Path(tempfile.mkdtemp(dir=given.folder))
    size = given.mebibytes * MIB
    try:
        with filers(folder, form=False) as found:
            for filer in found:
                filer.connected().close()
                offer(filer, size)
                download(filer, size)  # imports and first buffers are not what is measured
            in_turns(found, given.rounds, lambda filer: download(filer, size))
            print(table(found, "MB/s", "CPU-s/GiB", GIB / 1e6))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
