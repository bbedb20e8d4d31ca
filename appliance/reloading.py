"""`serve --dev`: runs the program as a child, and anew when a module changes. Serves nothing itself.

A parent of its own, so that a module with an error in it only waits for the next change.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from appliance.base.log import logger

# In the child's environment; not a setting, so without their prefix.
MARK = "_PICHAT_RELOADED"
PAUSE = 0.3

_log = logger("dev")


def is_child() -> bool:
    """Whether this process is the one that serves."""
    return MARK in os.environ


def serve_again_and_again() -> int:
    """This very command line, as a child, until a signal ends it; returns the child's exit code."""
    package = Path(__file__).parent
    return supervise([sys.executable, "-m", package.name, *sys.argv[1:]], package)


def supervise(command: list[str], folder: Path) -> int:
    """Runs `command` until SIGTERM or SIGINT, anew whenever a module under `folder` changes."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    child = start(command)
    seen = state(folder)
    try:
        while True:
            time.sleep(PAUSE)
            now = state(folder)
            if now != seen:
                seen = now
                _log.info("the program changed: starting again")
                stop(child)
                child = start(command)
    except KeyboardInterrupt:
        return stop(child)


def state(folder: Path) -> dict[Path, int]:
    """When each module was last written; one that is being replaced counts as changed."""
    times = {}
    for path in folder.rglob("*.py"):
        try:
            times[path] = path.stat().st_mtime_ns
        except FileNotFoundError:
            times[path] = 0
    return times


def start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, env={**os.environ, MARK: "1"})


def stop(child: subprocess.Popen[bytes]) -> int:
    """Ends the child as a clean shutdown, if it did not end by itself."""
    if child.poll() is None:
        child.terminate()
    return child.wait()
