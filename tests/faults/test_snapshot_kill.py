"""kill -9 at every step of a save and of a restore, of a real process, and life goes on.

The kernel keeps what was written, so nothing that was acknowledged may be missing, synced or not.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.store.snapshot import check, generations
from tests.faults.mother import Killer, killing
from tests.store.rigs import Rig, body_of, bring, files, keep, said, say


@pytest.fixture
def killer() -> Iterator[Killer]:
    with killing("tests.faults.killed") as one:
        yield one


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """A box with one generation; its boot is `boot-1`."""
    folder = tmp_path / "prepared"
    folder.mkdir()
    rig = Rig(folder)
    store = rig.open()
    say(store, "old")
    bring(store, b"old", "old.pdf")
    keep(store)
    rig.close()
    return folder


def again(folder: Path, boot: str) -> Rig:
    rig = Rig(folder)
    rig.boot_id.write_text(f"{boot}\n")
    return rig


def is_sound(rig: Rig) -> bool:
    layout = rig.layout
    left = [path.name for path in layout.stable.iterdir() if not path.name.isdecimal()]
    broken = [n for n in generations.numbers(layout) if check.generation(layout, n, deep=True)]
    return not broken and left == ["CURRENT"]


def test_kill_at_every_step_of_a_save(killer: Killer, prepared: Path, tmp_path: Path) -> None:
    outcomes = []
    for step in range(1, 100):
        folder = tmp_path / f"step{step}"
        shutil.copytree(prepared, folder)
        heard = killer.run(folder, "boot-1", "save", step)
        assert heard[:2] == ["message", "file"]

        rig = again(folder, "boot-1")
        store = rig.open()  # the same boot: nothing acknowledged is missing
        assert (store.outcome.how, said(store)) == ("reopened", ["old", "in flight"])
        assert (body_of(store, "old.pdf"), body_of(store, "flight.pdf")) == (b"old", b"in flight")
        assert is_sound(rig)
        rig.close()

        rig = again(folder, "boot-2")
        store = rig.open()  # the next boot: all of it or nothing
        new = said(store) == ["old", "in flight"]
        assert (said(store), files(store)) in (
            (["old"], ["old.pdf"]),
            (["old", "in flight"], ["old.pdf", "flight.pdf"]),
        )
        assert new or "saved" not in heard
        assert keep(store).generation > 1
        rig.close()
        outcomes.append(new)
        shutil.rmtree(folder)
        if heard[-1] == "done":
            break
    assert outcomes == sorted(outcomes)
    assert outcomes.count(False) > 15
    assert outcomes.count(True) > 1


def test_kill_at_every_step_of_a_save_of_a_choice(killer: Killer, prepared: Path, tmp_path: Path) -> None:
    outcomes = []
    for step in range(1, 100):
        folder = tmp_path / f"step{step}"
        shutil.copytree(prepared, folder)
        heard = killer.run(folder, "boot-1", "choice", step)

        rig = again(folder, "boot-1")
        store = rig.open()
        assert (store.outcome.how, said(store), files(store)) == (
            "reopened",
            ["old", "in flight"],
            ["flight.pdf"],
        )
        assert is_sound(rig)
        rig.close()

        rig = again(folder, "boot-2")
        store = rig.open()  # the next boot: all of what was chosen or nothing
        new = files(store) == ["flight.pdf"]
        assert said(store) == ["old"]
        assert {name: body_of(store, name) for name in files(store)} in (
            {"old.pdf": b"old"},
            {"flight.pdf": b"in flight"},
        )
        assert new or "saved" not in heard
        assert keep(store).generation > 1
        rig.close()
        outcomes.append(new)
        shutil.rmtree(folder)
        if heard[-1] == "done":
            break
    assert outcomes == sorted(outcomes)
    assert outcomes.count(False) > 15
    assert outcomes.count(True) > 1


def test_kill_at_every_step_of_a_restore(killer: Killer, prepared: Path, tmp_path: Path) -> None:
    for step in range(1, 100):
        folder = tmp_path / f"step{step}"
        shutil.copytree(prepared, folder)
        heard = killer.run(folder, "boot-2", "restore", step)
        rig = again(folder, "boot-2")
        store = rig.open()
        assert (store.outcome.generation, said(store)) == (1, ["old"])
        assert body_of(store, "old.pdf") == b"old"
        assert is_sound(rig)
        live = [path.name for path in rig.layout.live.iterdir() if path.is_dir()]
        say(store, "goes on")
        rig.close()
        assert len(live) <= 2  # this one, and the session that the first boot left
        assert said(rig.open()) == ["old", "goes on"]
        rig.close()
        shutil.rmtree(folder)
        if heard:
            assert step > 10
            return
    pytest.fail("the restore never came to its end")
