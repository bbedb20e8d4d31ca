"""The product as its own process, started by its own command line, for tests that kill it or look at it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[1]
CHOICES = {
    "free_floor_bytes": "0",
    "reserve_bytes": "0",
}


def environment(**more: str) -> dict[str, str]:
    """What the product may see of the tests' own environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", **more}


def command(*words: str, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs one `pichat` command to its end."""
    path = environment(PYTHONPATH=str(ROOT), **env)
    return subprocess.run(
        [sys.executable, "-m", "appliance", *words],
        cwd=cwd,
        env=path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class Served:
    """`pichat serve` on a free port of loopback, until `stop` or `kill`."""

    def __init__(
        self,
        data: Path,
        *words: str,
        host: str = "127.0.0.1",
        settings: Mapping[str, str] = CHOICES,
        around: Sequence[str] = (),
    ) -> None:
        self.data = data
        pairs = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
        where = ["--host", host] if host else []
        self._log = (data.parent / f"{data.name}.log").open("w+")
        self.process = subprocess.Popen(
            [
                *around,
                sys.executable,
                "-m",
                "appliance",
                "serve",
                "--port",
                "0",
                "--data",
                str(data),
                *where,
                *words,
                *pairs,
            ],
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self.greeting = self._until_up(self.process.stdout)
        self.url = re.findall(r"https?://\S+", self.greeting)[0]
        self.port = int(self.url.rpartition(":")[2])

    def _until_up(self, output: IO[str] | None) -> str:
        assert output is not None
        lines = []
        for line in output:
            lines.append(line)
            if line == "  Ctrl+C stops it.\n":
                return "".join(lines)
        raise AssertionError(f"did not come up: {self.log}")

    @property
    def log(self) -> str:
        """What the console said on standard error."""
        return Path(self._log.name).read_text()

    @property
    def claim_code(self) -> str:
        return (self.data / "claim.txt").read_text().strip()

    def stop(self) -> int:
        """A clean shutdown; returns the exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """As a crash."""
        return self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        if self.process.stdout and not self.process.stdout.closed:
            self.process.stdout.close()
        if not self._log.closed:
            self._log.close()
        return code


def eventually(check: object, seconds: float = 10) -> None:
    """Waits until `check()` is true; for what another process does in its own time."""
    assert callable(check)
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
