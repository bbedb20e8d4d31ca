"""The power goes at every moment of erasing what a power cut had left. What was said to be gone is gone."""

import shutil
from pathlib import Path

from appliance.store import previous
from appliance.store.snapshot import sessions
from tests.store.crash import CrashDisk, Tree, lay_out
from tests.store.rigs import Rig, bring, keep, said, say

AT_MOST = 400


def test_the_power_goes_while_an_earlier_session_is_erased(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    rig = Rig(home)
    store = rig.open()
    say(store, "saved")
    keep(store)
    say(store, "lost")
    bring(store, b"lost")
    epoch = store.epoch
    rig.rebooted(store).close()

    disk = CrashDisk(home)
    states: list[tuple[Tree, bool]] = []

    def look(*, said_so: bool) -> None:
        found = disk.states(lambda path: path.startswith("/data/live"), limit=AT_MOST)
        states.extend((tree, said_so) for tree in found)

    store = rig.open(disk=disk)
    disk.observe = lambda: look(said_so=False)
    previous.erase(store, epoch)
    disk.observe = lambda: None
    look(said_so=True)
    rig.close()
    assert {any(f"/{epoch}/" in path for path in tree) for tree, _ in states} == {True, False}
    for number, (tree, said_so) in enumerate(states):
        where = tmp_path / f"state{number}"
        where.mkdir()
        lay_out(tree, where)
        again = Rig(where)
        again.boots = 100
        again.new_boot()
        store = again.open()
        assert said(store) == ["saved"]
        there = epoch in sessions.earlier(again.layout, but=store.epoch)
        assert not (said_so and there)
        if there:
            with previous.opened(store, epoch) as past:
                assert past.holds().files == 1
        again.close()
        shutil.rmtree(where)
