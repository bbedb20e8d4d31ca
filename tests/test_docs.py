"""The README against the code: its table of settings, and every script that it or the code names."""

import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
SCRIPTS = sorted(path for path in (ROOT / "scripts").iterdir() if path.is_file())


def check(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, script, "--check"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_table_of_settings_is_what_the_code_says() -> None:
    done = check("scripts/docs", ROOT)
    assert done.returncode == 0, done.stderr


def test_every_script_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"`?\bscripts/([a-z][a-z-]*)\b", README))
    assert named
    assert named <= {path.name for path in SCRIPTS} | {"locks"}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_script_can_be_run_is_explained_and_stands_in_the_readme(path: Path) -> None:
    first, second = path.read_text().splitlines()[:2]
    assert path.stat().st_mode & 0o111
    assert first in ("#!/usr/bin/env bash", "#!/usr/bin/env python3")
    assert second.startswith(("# ", '"""'))
    assert f"scripts/{path.name}" in README


def test_every_path_that_the_readme_names_exists() -> None:
    named = re.findall(r"`((?:appliance|web|tests|image)(?:/[a-z_]+)*)`", README)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_files_that_travel_name_no_registry_and_no_place_of_a_machine() -> None:
    """Lock files work with any index; only what npm writes by itself (funding pages) may be an address."""
    locks = [*sorted((ROOT / "scripts" / "locks").iterdir()), ROOT / "web" / "vendor" / "vendor.json"]
    assert [path.name for path in locks if "://" in path.read_text()] == []
    npm = (ROOT / "tests" / "js" / "package-lock.json").read_text()
    assert '"resolved"' not in npm
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", path.read_text()) for path in locks[:-1])


def test_vendored_files_are_what_their_lock_says() -> None:
    done = check("scripts/vendor", ROOT)
    assert done.returncode == 0, done.stderr


def test_a_changed_vendored_file_is_noticed(tmp_path: Path) -> None:
    copy = tmp_path / "house"
    for path in [ROOT / "scripts" / "vendor", *(ROOT / "web" / "vendor").iterdir()]:
        target = copy / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    with (copy / "web" / "vendor" / "preact.js").open("a") as file:
        file.write(" ")
    done = check("scripts/vendor", copy)
    assert done.returncode == 1
    assert "preact.js is not what vendor.json names" in done.stderr


def test_the_locks_hold_what_setup_cfg_asks_for() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    run = config["options"]["install_requires"].split()
    dev = config["options.extras_require"]["dev"].split()
    for name, wanted in (("run", run), ("dev", run + dev)):
        text = (ROOT / "scripts" / "locks" / f"{name}.txt").read_text()
        pinned = dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", text, re.MULTILINE))
        for requirement in map(Requirement, wanted):
            assert requirement.specifier.contains(pinned[requirement.name]), f"{requirement} in {name}.txt"
