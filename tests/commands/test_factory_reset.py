"""`pichat factory-reset`: nothing of the box is left, whenever it is killed; strangers are left alone."""

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from appliance.store import wipe
from tests.commands.conftest import Pichat
from tests.conftest import Expected
from tests.faults.mother import Killer, killing
from tests.served import Served, eventually
from tests.store.rigs import Rig, bring, keep, said, say

SECRET = "la receta secreta de la abuela"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A box with a life behind it, and something of somebody else in its data folder."""
    one = tmp_path / "lived"
    one.mkdir()
    rig = Rig(one)
    store = rig.open()
    say(store, SECRET)
    bring(store, SECRET.encode() * 100, "receta.pdf")
    keep(store)
    rig.close()
    (rig.settings.data / "lost+found").mkdir()
    return one


@pytest.fixture
def killer() -> Iterator[Killer]:
    with killing("tests.faults.killed") as one:
        yield one


def traces(data: Path) -> list[str]:
    found = subprocess.run(["grep", "-rlaF", SECRET, str(data)], capture_output=True, text=True, check=False)
    return found.stdout.splitlines()


def audited(data: Path) -> list[str]:
    with closing(sqlite3.connect(data / "box.db")) as db:
        return [row[0] for row in db.execute("SELECT action FROM audit ORDER BY number").fetchall()]


def test_it_asks_for_the_word(folder: Path, pichat: Pichat, expect_log: Expected) -> None:
    expect_log("factory reset")
    data = folder / "data"
    assert traces(data)
    code, heard = pichat(data, "factory-reset", typed="si\n")
    assert (code, heard.splitlines()[-1]) == (1, "pichat: nothing was changed")
    assert traces(data)
    assert pichat(data, "factory-reset", typed="BORRAR\n")[0] == 0
    assert traces(data) == []
    assert (data / "lost+found").is_dir()
    assert audited(data) == ["factory_reset"]
    assert not (data / "factory-reset").exists()
    assert list((data / "secrets").iterdir()) == []


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, pichat: Pichat) -> None:
    for folder in (tmp_path / "none", tmp_path / "home"):
        if folder.name == "home":
            (folder / "live").mkdir(parents=True)
        code, heard = pichat(folder, "factory-reset", "--yes")
        assert (code, heard) == (
            1,
            f"pichat: {folder} is not a data folder of PiChat: nothing was changed",
        )
    assert (tmp_path / "home" / "live").is_dir()


def test_beside_a_server_it_comes_up_as_new(folder: Path, pichat: Pichat) -> None:
    data = folder / "data"
    served = Served(data)
    try:
        code = served.claim_code
        assert pichat(data, "factory-reset", "--yes")[0] == 0
        eventually(lambda: served.log.count(", epoch ") == 2)
        eventually(lambda: (data / "claim.txt").exists() and served.claim_code != code)
        assert traces(data) == []
        assert served.process.poll() is None
    finally:
        assert served.stop() == 0


def test_kill_at_every_step_and_the_next_start_finishes_it(
    killer: Killer, folder: Path, tmp_path: Path, expect_log: Expected
) -> None:
    expect_log("factory reset")
    meant = []
    for step in range(1, 200):
        one = tmp_path / f"step{step}"
        shutil.copytree(folder, one)
        heard = killer.run(one, "boot-1", "wipe", step)
        data = one / "data"
        meant.append((data / "factory-reset").exists() or "wiped" in heard or not traces(data))
        rig = Rig(one)
        store = rig.open()
        assert said(store) == ([] if meant[-1] else [SECRET])
        assert bool(traces(data)) is not meant[-1]
        assert not (data / "factory-reset").exists()
        rig.close()
        shutil.rmtree(one)
        if heard[-1:] == ["done"]:
            break
    assert meant == sorted(meant)
    assert meant.count(False) >= 3
    assert meant.count(True) > 10


def test_a_torn_intent_is_an_intent(folder: Path, expect_log: Expected) -> None:
    expect_log("factory reset")
    rig = Rig(folder)
    (rig.settings.data / "factory-reset").write_bytes(b"")
    assert wipe.is_ours(rig.layout)
    assert said(rig.open()) == []
    rig.close()
