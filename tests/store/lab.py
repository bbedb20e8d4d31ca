"""A data folder, one deed on it, and what every power cut during the deed leads to: see `crash`."""

import itertools
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.base.errors import StartError
from appliance.store.opening import Store
from appliance.store.snapshot import check, generations, sessions
from tests.store.crash import CrashDisk, Tree, Where, database_bytes, lay_out
from tests.store.rigs import Rig, body_of, files, keep, said

Deed = Callable[[Store], object]
AT_MOST = 400  # states of one moment
SAMPLE = 120  # states that a box is started in; all of them where hours are not too long
SMALL = 40  # where it has a lot to do in each of them


def _sampled(count: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("sample", [count, pytest.param(None, marks=pytest.mark.long)])


every_state, every_lived_in_state = _sampled(SAMPLE), _sampled(SMALL)


class Lab:
    """A prepared data folder, one deed on it, and what every power cut during the deed leads to."""

    def __init__(
        self, folder: Path, prepare: Deed | None, *, cut: bool = False, **lazy: Callable[[Path], bool]
    ) -> None:
        """`cut`: a power cut ended the session of the preparations."""
        self.folder = folder
        home = folder / "home"
        home.mkdir(parents=True)
        self.rig = Rig(home)
        self.before: dict[str, object] = {"said": [], "files": {}}
        if prepare is not None:
            store = self.rig.open()
            prepare(store)
            store = self.rig.rebooted(store) if cut else store
            self.before = facts(store)
            store.close()
        self.disk = CrashDisk(home, **lazy)
        self.seen: dict[int, bool] = {}  # digest of a state: may "saved" have been said?
        self.trees: dict[int, Tree] = {}
        self.where: Where = lambda path: path.startswith(("/data/stable", "/data/blobs"))
        self.past_us: list[Path] = []  # folders whose files nobody hands to the disk
        self.go_on: Deed = keep  # whatever was left half done is in nobody's way
        self.may_guess = bool(lazy)  # without syncs there are millions of states
        self.turn = itertools.count()

    @property
    def session(self) -> Path:
        """The one that is open, or was last."""
        current = sessions.current(self.rig.layout)
        assert current is not None
        return self.rig.layout.session(current.epoch)

    def run(self, deed: Deed) -> None:
        """Does it, watching every moment; then boots once more, to learn what it leads to."""
        self.disk.observe = lambda: self.look(said_so=False)
        store = self.rig.open(disk=self.disk)
        deed(store)
        self.disk.observe = lambda: None
        self.look(said_so=True)
        store.close()
        self.rig.new_boot()
        after = self.rig.open()
        self.after = facts(after)
        after.close()

    def run_restore(self) -> None:
        """The same for a boot itself: it promises nothing, and must not harm what it restores from."""
        self.rig.new_boot()
        self.disk.observe = lambda: self.look(said_so=False)
        store = self.rig.open(disk=self.disk)
        self.disk.observe = lambda: None
        self.look(said_so=False)
        self.after = facts(store)
        store.close()

    def look(self, *, said_so: bool) -> None:
        """The accounts are SQLite's business: where the file is whole, it holds what was committed."""
        path = self.rig.layout.box
        whole, box = self.disk.whole(path), None
        if path.exists():
            box = database_bytes(path)
        for folder in self.past_us:
            self.disk.take_in(folder)
        if not self.may_guess:
            assert self.disk.count(self.where) <= AT_MOST, "not every state would be looked at"
        for tree in self.disk.states(self.where, limit=AT_MOST):
            if box and tree.get("/data/box.db") == whole:
                tree["/data/box.db"] = box
            digest = digest_of(tree)
            self.seen[digest] = self.seen.get(digest, False) or said_so
            self.trees[digest] = tree

    def verdicts(self, sample: int | None = None) -> dict[str, int]:
        """How many states end how; of a `sample`, spread over all moments, with the first and the last."""
        counts: dict[str, int] = {}
        digests = list(self.trees)
        if sample is not None and len(digests) > sample:
            dice = random.Random(len(digests))
            digests = [digests[0], *dice.sample(digests[1:-1], sample - 2), digests[-1]]
        for digest in digests:
            verdict = self.judge(self.trees[digest], said_so=self.seen[digest])
            counts[verdict] = counts.get(verdict, 0) + 1
        return counts

    def finds(self, *verdicts: str) -> bool:
        """Whether any state ends in one of these ways; the latest first, for there promises are broken."""
        trees = reversed(self.trees.items())
        return any(self.judge(tree, said_so=self.seen[one]).startswith(verdicts) for one, tree in trees)

    def judge(self, tree: Tree, *, said_so: bool) -> str:
        home = self.folder / f"state{next(self.turn)}"
        home.mkdir()
        lay_out(tree, home)
        rig = Rig(home)
        rig.boots = 100
        rig.new_boot()
        try:
            store = self.start(rig)
        except StartError as error:
            return f"unrecoverable: {type(error).__name__}"
        try:
            return self.compare(rig, store, said_so=said_so)
        finally:
            rig.close()
            shutil.rmtree(home)

    def start(self, rig: Rig) -> Store:
        return rig.open()

    def compare(self, rig: Rig, store: Store, *, said_so: bool) -> str:
        if store.outcome.passed or store.outcome.lost:
            return "damaged"
        if any(check.generation(rig.layout, n, deep=True) for n in generations.numbers(rig.layout)):
            return "damaged"
        found = facts(store)
        self.go_on(store)
        if found == self.after:
            return "after"
        if found == self.before:
            return "broken promise" if said_so else "before"
        return "neither"


def digest_of(tree: Tree) -> int:
    """Bytes remember their hash, so that telling states apart is quick."""
    return hash(tuple(sorted((name, hash(data)) for name, data in tree.items())))


def facts(store: Store) -> dict[str, object]:
    """What people would find."""
    return {"said": said(store), "files": {name: body_of(store, name) for name in files(store)}}


class Nth:
    """Leaves out one call alone."""

    def __init__(self, name: str, number: int) -> None:
        self.name, self.left = name, number

    def __call__(self, path: Path) -> bool:
        self.left -= path.name == self.name
        return path.name != self.name or self.left != 0
