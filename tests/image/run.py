"""Builds the card from the stand-in and plays scenarios: python -m tests.image.run [--all] [names] [card.img]

First its root with systemd-nspawn, which tells in a minute whether the rest is worth its time; the name
`nspawn` plays that alone.
With a cold cache (the base has to be made first) one scenario is played, with a warm one the first five.
`--cuts=100` pulls the plug that often in those that pull it amid work.
IMAGE_MINUTES bounds the whole, as CI does: what does not fit fails with a line that says so.
`--raspi3b` plays those of an emulated Raspberry Pi 3 instead, over its serial cable alone: slow. `--screen`
those of a board with a screen, whose pictures are kept in the cache, and a watchdog. `--held` those of one
that is cut again and again from one moment, with but few boots: for many cuts.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from image import tools
from image.standin.board import board as other_kernel
from image.tools import BuildError, cache, need
from tests.image.device import Device, Failed
from tests.image.emulated import Emulated
from tests.image.held import Held
from tests.image.monitored import Screened
from tests.image.pi3 import Pi3
from tests.image.scenario import Scenario

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted((Path(__file__).parent / "scenarios").glob("*.toml"))
# By flag; their scenarios lie in folders of these names.
BOARDS: dict[str, type[Device]] = {"raspi3b": Pi3, "screen": Screened, "held": Held}
OWN_KERNEL = ("held",)  # the stand-in's; that of the others has more drivers
WARM = 5
RESERVE = 12 * 60  # seconds that building the card and one scenario take on a busy machine
MINUTES = float(os.environ.get("IMAGE_MINUTES", "600"))
NICE = 10
# Ends with whoever started it, and takes everything along.
APART = (
    *("setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"),
    *("--mount-proc", "--propagation", "private"),
)


def main(arguments: list[str]) -> int:
    began = time.monotonic()
    end = began + MINUTES * 60
    os.nice(max(0, NICE - os.nice(0)))
    names = [word for word in arguments if not word.startswith("-") and not word.endswith(".img")]
    given = [Path(word) for word in arguments if word.endswith(".img")]
    cuts = cuts_of(arguments)
    if flags := [name for name in BOARDS if f"--{name}" in arguments]:
        return max(other_board(name, names, given, end, cuts) for name in flags)
    if "nspawn" in names or not names + given:
        in_a_container(end, cuts if names else 1)
        print(f"nspawn: passed, {(time.monotonic() - began) / 60:.1f} min", flush=True)
        if names == ["nspawn"]:
            return 0
    need("qemu-system-aarch64", "mcopy")
    base, cold = (None, False) if given else stand_in(end - RESERVE)
    work = Path(tempfile.mkdtemp(prefix="card-", dir=cache()))
    try:
        image = given[0] if base is None else built(base, work, end)
        chosen = (
            [path for path in SCENARIOS if any(name in path.stem for name in names)] if names else SCENARIOS
        )
        if not names and "--all" not in arguments:
            chosen = chosen[: 1 if cold else WARM]
        failed = [path.stem for path in chosen if not played(path, image, work, end, cuts)]
    finally:
        shutil.rmtree(work, ignore_errors=True)
    minutes = (time.monotonic() - began) / 60
    print(f"image: {len(chosen) - len(failed)} of {len(chosen)} scenarios passed, {minutes:.1f} min")
    return 1 if failed or not chosen else 0


def cuts_of(arguments: list[str]) -> int:
    return max([1, *(int(word.partition("=")[2]) for word in arguments if word.startswith("--cuts="))])


def in_a_container(end: float, cuts: int) -> None:
    """In namespaces of its own: whatever happens, nothing that it started or mounted outlives it."""
    what, command = "scripts/test image nspawn", (sys.executable, "-m", "tests.image.nspawn")
    work = tempfile.mkdtemp(prefix="nspawn-", dir=cache())
    try:
        within(end, what, *command, "build", work)
        left = f"IMAGE_MINUTES={(end - time.monotonic() - 30) / 60:.1f}"  # it tells of its end by itself
        within(end, what, *APART, "env", left, *command, "play", work, f"--cuts={cuts}", shown=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def other_board(name: str, names: list[str], given: list[Path], end: float, cuts: int) -> int:
    """Its scenarios, on the stand-in with the kernel that it takes."""
    paths = sorted((Path(__file__).parent / "scenarios" / name).glob("*.toml"))
    chosen = [path for path in paths if not names or any(word in path.stem for word in names)]
    work = Path(tempfile.mkdtemp(prefix="card-", dir=cache()))
    try:
        if not given:
            base, _ = stand_in(end - RESERVE)
            given = [built(base if name in OWN_KERNEL else other_kernel(), work, end)]
        failed = [path for path in chosen if not played(path, given[0], work, end, cuts, BOARDS[name])]
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"{name}: {len(chosen) - len(failed)} of {len(chosen)} scenarios passed")
    return 1 if failed or not chosen else 0


def stand_in(end: float) -> tuple[Path, bool]:
    """The base, and whether it had to be made."""
    before = time.monotonic()
    path = script(end, "make-base").strip()
    return Path(path), time.monotonic() - before > 60


def built(base: Path, work: Path, end: float) -> Path:
    key = work / "key.pem"
    tools.run("openssl", "genpkey", "-algorithm", "ed25519", "-out", key)
    script(end, "build-image", "--base", str(base), "--out", str(work), "--fast", "--sign", str(key))
    [image] = work.glob("pichat-*.img")
    return image


def script(end: float, name: str, *words: str) -> str:
    """What it prints."""
    return within(end, f"scripts/{name}", sys.executable, str(ROOT / "scripts" / name), *words)


def within(end: float, what: str, *command: str, shown: bool = False) -> str:
    """What it prints, unless that is `shown`. Past `end` it is interrupted, with all that it started, and
    puts its things away.
    """
    out = None if shown else subprocess.PIPE
    with subprocess.Popen(command, stdout=out, text=True, start_new_session=True) as running:
        try:
            said, _ = running.communicate(timeout=max(0.0, end - time.monotonic()))
        except BaseException as reason:
            stopped(running)
            if not isinstance(reason, subprocess.TimeoutExpired):
                raise
            raise BuildError(
                f"{what} did not end in time (IMAGE_MINUTES={MINUTES:g}): a busy machine or a "
                f"slow archive; run {what} once by itself, what it makes is kept in {cache()}"
            ) from None
    if running.returncode:
        raise BuildError(f"{what} failed")
    return said


def stopped(running: subprocess.Popen[str]) -> None:
    """Asked first, killed after a minute."""
    for number, patience in ((signal.SIGINT, 60), (signal.SIGKILL, None)):
        with contextlib.suppress(subprocess.TimeoutExpired, ProcessLookupError):
            os.killpg(running.pid, number)
            running.wait(patience)
            return


def played(path: Path, image: Path, work: Path, end: float, cuts: int, kind: type[Device] = Emulated) -> bool:
    """One scenario on a new card; its serial log stays when it fails."""
    folder = work / path.stem
    folder.mkdir()
    board = kind(image, folder, end)
    scenario = Scenario(path, board, lambda line: print(f"    {line}", flush=True))
    print(f"{path.stem}: {scenario.plan['title']}", flush=True)
    try:
        scenario.play(cuts)
    except Failed as failure:
        kept = cache() / f"{path.stem}.serial.log"
        board.cut()
        if board.log.exists():
            shutil.copyfile(board.log, kept)
        print(f"{path.stem}: FAILED: {failure}\n(the whole serial log: {kept})", flush=True)
        return False
    finally:
        board.cut()
        shutil.rmtree(folder)
    return True


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as after an interrupt, things are put away
    try:
        sys.exit(main(sys.argv[1:]))
    except BuildError as error:
        sys.exit(f"image: {error}")
