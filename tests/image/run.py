"""Builds the card from the stand-in and plays scenarios: python -m tests.image.run [--all] [names] [card.img]

With a cold cache (the base has to be made first) one scenario is played, with a warm one the first five.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from image.tools import BuildError, cache, need
from tests.image.emulated import Emulated, Failed
from tests.image.scenario import Scenario

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted((Path(__file__).parent / "scenarios").glob("*.toml"))
WARM = 5


def main(arguments: list[str]) -> int:
    began = time.monotonic()
    need("qemu-system-aarch64", "mcopy")
    given = [Path(word) for word in arguments if word.endswith(".img")]
    base, cold = (None, False) if given else stand_in()
    work = Path(tempfile.mkdtemp(prefix="card-", dir=cache()))
    try:
        image = given[0] if base is None else built(base, work)
        names = [word for word in arguments if not word.startswith("-") and not word.endswith(".img")]
        chosen = (
            [path for path in SCENARIOS if any(name in path.stem for name in names)] if names else SCENARIOS
        )
        if not names and "--all" not in arguments:
            chosen = chosen[: 1 if cold else WARM]
        failed = [path.stem for path in chosen if not played(path, image, work)]
    finally:
        shutil.rmtree(work, ignore_errors=True)
    minutes = (time.monotonic() - began) / 60
    print(f"image: {len(chosen) - len(failed)} of {len(chosen)} scenarios passed, {minutes:.1f} min")
    return 1 if failed or not chosen else 0


def stand_in() -> tuple[Path, bool]:
    """The base, and whether it had to be made."""
    before = time.monotonic()
    path = script("make-base").strip()
    return Path(path), time.monotonic() - before > 60


def built(base: Path, work: Path) -> Path:
    script("build-image", "--base", str(base), "--out", str(work), "--fast")
    [image] = work.glob("pichat-*.img")
    return image


def script(name: str, *words: str) -> str:
    done = subprocess.run(
        ["nice", "-n", "10", sys.executable, str(ROOT / "scripts" / name), *words],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"scripts/{name} failed")
    return done.stdout


def played(path: Path, image: Path, work: Path) -> bool:
    """One scenario on a new card; its serial log stays when it fails."""
    folder = work / path.stem
    folder.mkdir()
    board = Emulated(image, folder)
    scenario = Scenario(path, board, lambda line: print(f"    {line}", flush=True))
    print(f"{path.stem}: {scenario.plan['title']}", flush=True)
    try:
        scenario.play()
    except Failed as failure:
        kept = cache() / f"{path.stem}.serial.log"
        board.cut()
        shutil.copyfile(board.log, kept)
        print(f"{path.stem}: FAILED: {failure}\n(the whole serial log: {kept})", flush=True)
        return False
    finally:
        board.cut()
        shutil.rmtree(folder)
    return True


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BuildError as error:
        sys.exit(f"image: {error}")
