"""kill -9 at every step of bringing back, of forgetting and of erasing for good: never half of anything,
never twice, and what was decided is carried out by whoever starts next.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.store import decisions
from appliance.store.snapshot import check, generations, sessions
from tests.faults.mother import Killer, killing
from tests.store.rigs import Rig, body_of, bring, column, files, keep, said, say

SECRET = "murcielago"


@pytest.fixture
def killer() -> Iterator[Killer]:
    with killing("tests.faults.killed_back") as one:
        yield one


def does(killer: Killer, folder: Path, deed: str, number: int, *subjects: str) -> bool:
    """Whether the deed was done before the process was killed."""
    return killer.run(folder, "boot-2", deed, number, *subjects) == ["done"]


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """A box with one generation, whose next session was cut off with more of everything in it."""
    folder = tmp_path / "prepared"
    folder.mkdir()
    rig = Rig(folder)
    store = rig.open()
    say(store, "saved")
    bring(store, b"saved", "saved.pdf")
    keep(store)
    say(store, "one", f"a {SECRET}", "three")
    bring(store, b"lost", "lost.pdf")
    bring(store, SECRET.encode(), "secret.pdf")
    rig.close()
    return folder


def opened(folder: Path) -> Rig:
    """The same boot, after the kill."""
    rig = Rig(folder)
    rig.boot_id.write_text("boot-2\n")
    return rig


def copies(prepared: Path, tmp_path: Path) -> Iterator[tuple[int, Path]]:
    for number in range(1, 200):
        folder = tmp_path / f"step{number}"
        shutil.copytree(prepared, folder)
        yield number, folder
        shutil.rmtree(folder)
    pytest.fail("it never came to its end")


def earlier(folder: Path) -> str:
    """The session that the power cut ended."""
    rig = Rig(folder)
    current = sessions.current(rig.layout)
    assert current is not None
    return current.epoch


def places(folder: Path) -> list[str]:
    found = [one for one in (folder / "data").rglob("*") if one.is_file()]
    return [one.name for one in found if SECRET.encode() in one.read_bytes()]


def test_kill_at_every_step_of_bringing_back(killer: Killer, prepared: Path, tmp_path: Path) -> None:
    epoch = earlier(prepared)
    everything = ["saved", "one", f"a {SECRET}", "three"]
    for number, folder in copies(prepared, tmp_path):
        done = does(killer, folder, "bring", number, epoch)
        rig = opened(folder)
        store = rig.open()
        assert store.outcome.how == "reopened"
        assert said(store) in (everything, ["saved"])
        brought = files(store)
        assert brought == ["saved.pdf", "lost.pdf", "secret.pdf"][: len(brought)]
        for name in brought:
            assert body_of(store, name) == {"secret": SECRET}.get(name[:-4], name[:-4]).encode()
        rig.close()
        if number % 5 == 0 or done:  # another process goes on, and makes nothing double
            assert does(killer, folder, "bring", 0, epoch)
            rig = opened(folder)
            store = rig.open()
            assert said(store) == everything
            assert files(store) == ["saved.pdf", "lost.pdf", "secret.pdf"]
            assert column(store, "SELECT seq FROM messages ORDER BY seq") == [1, 2, 3, 4]
            rig.close()
        if done:
            assert number > 10
            break


def test_kill_at_every_step_of_forgetting(killer: Killer, prepared: Path, tmp_path: Path) -> None:
    for number, folder in copies(prepared, tmp_path):
        done = does(killer, folder, "forget", number)
        rig = opened(folder)
        store = rig.open()
        there = sessions.earlier(rig.layout, but=store.epoch)
        assert said(store) == ["saved"]
        assert bool(places(folder)) == bool(there)  # all of it, or nothing
        rig.close()
        if done:
            assert there == []
            break


@pytest.mark.parametrize("deed", ["erase", "erase_saved"])
def test_kill_at_every_step_of_erasing_for_good(
    killer: Killer, prepared: Path, tmp_path: Path, deed: str
) -> None:
    rig = Rig(prepared)
    rig.boot_id.write_text("boot-1\n")
    store = rig.open()
    keep(store, "with it")
    subjects = column(store, f"SELECT id FROM messages WHERE body LIKE '%{SECRET}'")
    subjects += column(store, "SELECT id FROM files WHERE name = 'secret.pdf'")
    rig.close()
    for number, folder in copies(prepared, tmp_path):
        done = does(killer, folder, deed, number, *subjects)
        assert not (done and deed == "erase_saved" and places(folder))
        if number % 4 == 0 or done:
            assert does(killer, folder, "nothing", 0)  # a start is enough
            rig = opened(folder)
            store = rig.open()
            layout = rig.layout
            assert not any(check.generation(layout, one, deep=True) for one in generations.numbers(layout))
            decided = bool(store.box.read_now(decisions.every))
            shown = any(SECRET in one for one in said(store)) or "secret.pdf" in files(store)
            assert shown is not decided
            assert decided or not done
            rig.close()
            rig.new_boot()  # and no boot shows it again
            store = rig.rebooted(rig.open()) if decided else rig.open()
            assert any(SECRET in one for one in said(store)) is not decided
            rig.close()
        if done:
            break
