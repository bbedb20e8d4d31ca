"""The power goes while an archive comes in: merged into a box that lives, or made a box of again. Done once
more everything is there, and once; whatever the cut left opens, and what was said to be done is done.
"""

import asyncio
import itertools
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from appliance.commands import importing
from appliance.domain.archive.reading import Archive
from appliance.store import decisions, users
from appliance.store.archive.rebuild import rebuild
from appliance.store.decisions import Decision, Kind
from appliance.store.disk import Disk
from appliance.store.opening import Store
from appliance.store.snapshot import check, generations
from appliance.store.snapshot.outcome import Unfinished
from appliance.store.users import UserRow
from tests.store.lab import Deed, Lab, every_lived_in_state, facts
from tests.store.returning import assert_in_order, bring_all, packed, second_room, watched, whole_ones
from tests.store.rigs import Rig, bring, keep, say

BODIES = {"a.pdf": b"%PDF-1.4 a", "b.pdf": b"%PDF-1.4 b"}
BANNED = "r_b u_eva"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two rooms, two files, an account, and somebody who may not come into one of the rooms."""
    rig = Rig(tmp_path)
    store = rig.open()
    second_room(store)
    say(store, "one", "two")
    say(store, "elsewhere", room="r_b")
    for name, body in BODIES.items():
        bring(store, body, name)
    eva = UserRow("u_eva", "eva", "eva", "Eva", "cliente", "es", None, False, 1)
    store.box.write_now(lambda db: users.insert(db, eva))
    store.box.write_now(lambda db: decisions.record(db, Decision(Kind.BAN, BANNED, "u_admin", 1)))
    path = packed(store, tmp_path / "a.zip")
    rig.close()
    return path


# Merged


def mine(store: Store) -> None:
    say(store, "mine")
    keep(store)


def merged(rig: Rig, store: Store, path: Path) -> None:
    with Archive(path) as one, redirect_stdout(StringIO()):
        asyncio.run(importing.merge(rig.settings, store, one, trust=True))


@every_lived_in_state
def test_the_power_goes_while_an_archive_is_merged(
    fast: Path, archive: Path, sample: int | None, expect_log
) -> None:
    """And while what it brought is saved. The session that was cut off may be brought back before."""
    expect_log("has lost its bytes")  # in the session that was cut off half way, and only there
    lab = Lab(fast, mine, cut=True)
    lab.where = lambda path: True
    lab.past_us = [lab.session, lab.rig.layout.archives]
    lab.may_guess = True
    turn = itertools.count()

    def merge_and_save(store: Store) -> None:
        watched(store, lab.disk.observe)
        merged(lab.rig, store, archive)
        keep(store)

    def everything_comes_once(store: Store) -> None:
        if next(turn) % 2:
            for epoch in whole_ones(store):
                bring_all(store, epoch)
        merged(lab.rig, store, archive)
        assert facts(store) == lab.after
        assert_in_order(store)
        bans = store.box.read_now(lambda db: decisions.every(db, Kind.BAN))
        assert [one.subject for one in bans] == [BANNED]

    lab.go_on = everything_comes_once
    lab.run(merge_and_save)
    assert lab.after == {"said": ["elsewhere", "mine", "one", "two"], "files": BODIES}
    assert set(lab.verdicts(sample)) == {"before", "after"}


# Made a box of again


class RebuildLab(Lab):
    """The deed is a rebuild: after a cut the box is started if it can be, and the command is given again."""

    def __init__(
        self, folder: Path, prepare: Deed | None, archive: Path, **lazy: Callable[[Path], bool]
    ) -> None:
        super().__init__(folder, prepare, **lazy)
        self.archive = archive
        self.where = lambda path: not path.startswith("/data/live")
        self.may_guess = True

    def run_rebuild(self) -> None:
        self.disk.observe = lambda: self.look(said_so=False)
        self.rebuild(self.rig, self.disk)
        self.disk.observe = lambda: None
        self.look(said_so=True)
        self.rig.new_boot()
        store = self.rig.open()
        self.after = self.found(store)
        store.close()

    def rebuild(self, rig: Rig, disk: Disk) -> None:
        with Archive(self.archive) as one:
            made = rebuild(rig.layout, disk, importing.planned(one))
        assert (made.generation, made.messages, made.files, made.lost) == (1, 3, 2, 0)

    def found(self, store: Store) -> dict[str, object]:
        people = store.box.read_now(users.everyone)
        return facts(store) | {"people": [one.username for one in people]}

    def start(self, rig: Rig) -> Store:
        """What is not complete does not start, so nobody can claim it; the same command completes it."""
        self.refused = False
        try:
            return rig.open()
        except Unfinished as error:
            assert "--rebuild" in str(error)
            self.refused = True
        self.rebuild(rig, Disk())
        return rig.open()

    def compare(self, rig: Rig, store: Store, *, said_so: bool) -> str:
        if store.outcome.passed or store.outcome.lost or is_damaged(rig):
            return "damaged"
        found = self.found(store)
        if found == self.after:
            return "refused" if self.refused else "after"
        if said_so:
            return "broken promise"
        store.close()
        self.rebuild(rig, Disk())
        store = rig.open()
        assert self.found(store) == self.after
        return "content alone" if found["said"] else "before"


def is_damaged(rig: Rig) -> bool:
    return any(check.generation(rig.layout, n, deep=True) for n in generations.numbers(rig.layout))


def lived_in(store: Store) -> None:
    """A box that was started, and never claimed."""


@every_lived_in_state
@pytest.mark.parametrize("prepare", [None, lived_in])
def test_the_power_goes_while_a_box_is_rebuilt(
    fast: Path, archive: Path, prepare: Deed | None, sample: int | None
) -> None:
    """Never is there less than a new box or more than the archive; the same command ends what it began."""
    lab = RebuildLab(fast, prepare, archive)
    lab.run_rebuild()
    assert lab.after == {"said": ["elsewhere", "one", "two"], "files": BODIES, "people": ["eva"]}
    verdicts = lab.verdicts(sample)
    assert set(verdicts) == {"before", "refused", "after"}


LAZY: dict[str, tuple[str, Callable[[Path], bool]]] = {
    "content": ("files", lambda path: path.name != "content.db"),
    "manifest": ("files", lambda path: path.name != "manifest.json"),
    "copy of the accounts": ("files", lambda path: path.parent.name != "building-1" or path.name != "box.db"),
    "pointer": ("files", lambda path: path.name != "CURRENT.new"),
    "body": ("files", lambda path: path.parent.parent.name != "blobs"),
    "folder of the generation": ("folders", lambda path: path.name != "building-1"),
    "folder of the body": ("folders", lambda path: path.parent.name != "blobs"),
    "folder of those folders": ("folders", lambda path: path.name != "blobs"),
    "names of the generation and of the pointer": ("folders", lambda path: path.name != "stable"),
}


@pytest.mark.parametrize("one", LAZY)
@pytest.mark.usefixtures("loud")
def test_no_sync_of_a_rebuild_is_superfluous(fast: Path, archive: Path, one: str) -> None:
    kind, lazy = LAZY[one]
    lab = RebuildLab(fast, None, archive, **{f"syncs_{kind}": lazy})
    lab.run_rebuild()
    assert lab.finds("damaged", "unrecoverable", "broken promise")
