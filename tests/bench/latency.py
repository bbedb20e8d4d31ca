"""How long a chat message takes while three uploads, a zip and the deletion of 1 GB go on. Asserts nothing.

    .venv/bin/python -m tests.bench.latency --seconds 10 --folder /dev/shm

A relay that stores nothing and has nothing else to do is measured at the same moments: what it shows is the
machine. The load comes from a process of its own.
"""

import argparse
import http.client
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from tests.bench.crowd import Crowd, Result
from tests.bench.fanout import start
from tests.bench.process import MIB
from tests.bench.signing_in import claimed
from tests.served import ROOT, Served

LARGE = 10**9
UPLOADS = 3
NO_LIMITS = {
    "free_floor_bytes": "0",
    "reserve_bytes": "0",
    "message_burst": "1000000",
    "message_rate": "1000000",
    "max_connections_per_address": "500",
    "sessions_per_person": "500",
}


class Box:
    """The box as a program uses it, one connection a call."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: Any = None, **more: str) -> bytes:
        """The first 64 KiB of the answer; the rest is read and dropped."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120, blocksize=MIB)
        try:
            headers = {**self.headers, "Content-Type": "application/json"}
            connection.request(method, path, body, {**headers, **more})
            answer = connection.getresponse()
            first = answer.read(1 << 16)
            while answer.read(MIB):
                pass
            assert answer.status < 300, (method, path, answer.status, first)
            return first
        finally:
            connection.close()

    def put(self, name: str, size: int) -> str:
        """The id of a file of so many bytes, no two alike."""
        with tempfile.TemporaryFile(dir="/dev/shm") as file:
            file.write(time.monotonic_ns().to_bytes(8, "big"))
            file.truncate(size)
            file.seek(0)
            answer = self.ask("PUT", f"/api/uploads/{name}", file, **{"Content-Length": str(size)})
        return str(json.loads(answer)["id"])


def load(port: int, token: str, seconds: float, large: str) -> None:
    """What the other process does."""
    box = Box(port, token)
    end = time.monotonic() + seconds
    kept = box.put("zip.pdf", 300 * MIB)
    print("ready", flush=True)

    def uploads(number: int) -> None:
        while time.monotonic() < end:
            box.ask("DELETE", f"/api/uploads/{box.put(f'{number}.pdf', 200 * MIB)}")

    def zips() -> None:
        while time.monotonic() < end:
            url = json.loads(box.ask("POST", "/api/uploads/zip", json.dumps({"ids": [kept]})))["url"]
            box.ask("GET", url[url.index("/", 8) :] if "://" in url else url)

    workers = [threading.Thread(target=uploads, args=(number,)) for number in range(UPLOADS)]
    workers.append(threading.Thread(target=zips))
    for worker in workers:
        worker.start()
    time.sleep(seconds / 3)
    box.ask("DELETE", f"/api/uploads/{large}")
    for worker in workers:
        worker.join()


def shown(name: str, quiet: Result, loaded: Result) -> str:
    cells = [f"{one.percentile(part):10.2f}" for one in (quiet, loaded) for part in (0.5, 0.99, 1.0)]
    return f"{name:24}{''.join(cells)}{loaded.percentile(0.99) / max(quiet.percentile(0.99), 0.001):10.1f}"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    words.add_argument("--seconds", type=float, default=10.0)
    words.add_argument("--listeners", type=int, default=20)
    words.add_argument("--rate", type=float, default=50.0, help="messages a second")
    words.add_argument("--folder", default="/dev/shm", help="where bodies go")
    words.add_argument("--load", nargs=3, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.load:
        load(int(given.load[0]), given.load[1], given.seconds, given.load[2])
        return
    folder = Path(tempfile.mkdtemp(dir=given.folder))
    box = Served(folder / "data", settings=NO_LIMITS)
    relay = start("relay", "websockets_relay")
    try:
        token = claimed(box.port, box.claim_code)
        large = Box(box.port, token).put("large.pdf", LARGE)
        crowds = [Crowd(box.port, given.listeners, token), Crowd(relay.port, given.listeners)]
        quiet = both(crowds, given.rate, given.seconds / 2)
        more = ["--seconds", str(given.seconds + 2), "--load", str(box.port), token, large]
        with subprocess.Popen(
            [sys.executable, "-m", "tests.bench.latency", *more], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as other:
            assert other.stdout is not None and other.stdout.readline() == "ready\n"
            loaded = both(crowds, given.rate, given.seconds)
        assert other.returncode == 0
        print(f"{'milliseconds':24}{'quiet p50':>10}{'p99':>10}{'worst':>10}", end="")
        print(f"{'loaded p50':>11}{'p99':>9}{'worst':>10}{'p99 ratio':>10}")
        for name, before, after in zip(("PiChat", "a relay beside it"), quiet, loaded, strict=True):
            print(shown(name, before, after))
    finally:
        box.stop()
        relay.process.terminate()
        relay.process.wait()
        shutil.rmtree(folder)


def both(crowds: list[Crowd], rate: float, seconds: float) -> list[Result]:
    """The two in turns of a second, so that they meet the same weather."""
    results = [Result(0, 0, 0.0) for _ in crowds]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for crowd, result in zip(crowds, results, strict=True):
            turn = crowd.steady(rate, 1.0)
            result.latencies += turn.latencies
            result.deliveries += turn.deliveries
    return results


if __name__ == "__main__":
    main()
