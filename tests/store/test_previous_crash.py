"""The power goes while what an earlier cut left is brought back, or erased. Nothing comes twice, nothing that
was saved is lost, and what was said to be gone is gone.
"""

import itertools
import shutil
from pathlib import Path

from appliance.store import changes, previous
from appliance.store.events import next_ev
from appliance.store.opening import Store
from appliance.store.snapshot import sessions
from tests.store.crash import CrashDisk, Tree, lay_out
from tests.store.lab import AT_MOST, Lab, every_lived_in_state, facts
from tests.store.returning import assert_in_order, bring_all, second_room, watched, whole_ones
from tests.store.rigs import GENERAL, Rig, bring, keep, said, say

BODIES = {"saved.pdf": b"saved", "one.pdf": b"%PDF-1.4 one", "two.pdf": b"%PDF-1.4 two"}


def lost(store: Store) -> None:
    """One generation, more of everything that no save has seen, in two rooms, and an edit of what it has."""
    say(store, "saved")
    bring(store, BODIES["saved.pdf"], "saved.pdf")
    keep(store)
    second_room(store)
    store.content.write_now(lambda db: changes.edit(db, GENERAL, 1, "better", ev=next_ev(db), at=1))
    say(store, "one", "two")
    say(store, "elsewhere", room="r_b")
    for name in ("one.pdf", "two.pdf"):
        bring(store, BODIES[name], name)


def everything_comes_once(store: Store, turn: int) -> tuple[int, bool]:
    """In whatever order the sessions are brought back, the one that was cut off half way among them.

    Answers how many of them were whole, and whether one had lost bytes: so much a cut may take.
    """
    there = whole_ones(store)[:: 1 if turn % 2 else -1]
    lost = sum([bring_all(store, epoch).lost for epoch in there])
    assert facts(store) == {"said": ["elsewhere", "better", "one", "two"], "files": BODIES}
    assert_in_order(store)
    for epoch in there:
        with previous.opened(store, epoch) as past:
            assert past.holds()[:4] == (0, 0, 0, 0)
    return len(there), lost > 0


def bring_and_save(store: Store) -> None:
    watched(store, store.disk.observe)  # type: ignore[attr-defined]
    (epoch,) = sessions.earlier(store.layout, but=store.epoch)
    done = bring_all(store, epoch)
    assert (done.files, done.messages, done.rooms, done.lost) == (2, 4, 1, 0)
    keep(store)


@every_lived_in_state
def test_the_power_goes_while_an_earlier_session_is_brought_back(
    fast: Path, sample: int | None, expect_log
) -> None:
    """And while what came back is saved. From then on it is there after every boot."""
    expect_log("has lost its bytes")  # in the session that was cut off half way, and only there
    lab = Lab(fast, lost, cut=True)
    lab.where = lambda path: True
    lab.past_us = [lab.session]
    lab.may_guess = True
    turn, ways = itertools.count(), set[tuple[int, bool]]()
    lab.go_on = lambda store: ways.add(everything_comes_once(store, next(turn)))
    lab.run(bring_and_save)
    assert lab.before["said"] == ["saved"]
    verdicts = lab.verdicts(sample)
    assert set(verdicts) == {"before", "after"}
    assert {(1, False), (2, False), (2, True)} == ways


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
