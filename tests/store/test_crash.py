"""The power goes at every moment of a save and of a restore. Nothing may be lost that was said to be saved.

Every state that the crash model allows is laid out in a folder, and the real restore runs on it.
"""

import itertools
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path

import pytest

from appliance.base.errors import StartError
from appliance.store.opening import Store
from appliance.store.snapshot import check, generations
from appliance.store.snapshot.choice import Choice
from appliance.store.snapshot.save import delete
from tests.store.crash import CrashDisk, Tree, Where, database_bytes, lay_out
from tests.store.rigs import Rig, body_of, bring, column, files, keep, said, say

Deed = Callable[[Store], object]
AT_MOST = 400  # states of one moment
SAMPLE = 120  # states that a box is started in; all of them where hours are not too long
every_state = pytest.mark.parametrize("sample", [SAMPLE, pytest.param(None, marks=pytest.mark.long)])


class Lab:
    """A prepared data folder, one deed on it, and what every power cut during the deed leads to."""

    def __init__(self, folder: Path, prepare: Deed | None, **lazy: Callable[[Path], bool]) -> None:
        self.folder = folder
        home = folder / "home"
        home.mkdir(parents=True)
        self.rig = Rig(home)
        self.before: dict[str, object] = {"said": [], "files": {}}
        if prepare is not None:
            store = self.rig.open()
            prepare(store)
            self.before = facts(store)
            store.close()
        self.disk = CrashDisk(home, **lazy)
        self.seen: dict[int, bool] = {}  # digest of a state: may "saved" have been said?
        self.trees: dict[int, Tree] = {}
        self.where: Where = lambda path: path.startswith(("/data/stable", "/data/blobs"))
        self.may_guess = bool(lazy)  # without syncs there are millions of states
        self.turn = itertools.count()

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
            box = database_bytes(path, self.folder / "scratch.db")
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

    def finds(self, verdict: str) -> bool:
        """Whether any state ends so; the latest first, for there the promises are broken."""
        trees = reversed(self.trees.items())
        return any(self.judge(tree, said_so=self.seen[one]).startswith(verdict) for one, tree in trees)

    def judge(self, tree: Tree, *, said_so: bool) -> str:
        home = self.folder / f"state{next(self.turn)}"
        home.mkdir()
        lay_out(tree, home)
        rig = Rig(home)
        rig.boots = 100
        rig.new_boot()
        try:
            store = rig.open()
        except StartError as error:
            return f"unrecoverable: {type(error).__name__}"
        try:
            return self.compare(rig, store, said_so=said_so)
        finally:
            rig.close()
            shutil.rmtree(home)

    def compare(self, rig: Rig, store: Store, *, said_so: bool) -> str:
        if store.outcome.passed or store.outcome.lost:
            return "damaged"
        if any(check.generation(rig.layout, n, deep=True) for n in generations.numbers(rig.layout)):
            return "damaged"
        found = facts(store)
        keep(store)  # whatever was left half done is in nobody's way
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


def one_saved(store: Store) -> None:
    say(store, "old")
    bring(store, b"old body", "old.pdf")
    keep(store)


def save_more(store: Store) -> None:
    say(store, "new")
    bring(store, b"new body " * 50, "new.pdf")
    keep(store)


def never_saved(store: Store) -> None:
    pass


def six_saved(store: Store) -> None:
    """One more than stay: the next save deletes generation 2 and the body that it alone names."""
    for number in range(1, 6):
        say(store, f"word {number}")
        file_id = bring(store, f"body {number}".encode(), f"{number}.pdf")
        keep(store)
        store.content.write_now(lambda db, one=file_id: db.execute("DELETE FROM files WHERE id = ?", (one,)))
    keep(store)


def two_saved(store: Store) -> None:
    one_saved(store)
    save_more(store)


def choose_first(store: Store) -> None:
    generations.make_current(store.layout, store.disk, 1)


def save_choice(store: Store) -> None:
    """One new file of two, one deletion of what was saved, and not the new message."""
    say(store, "new")
    wanted = bring(store, b"new body " * 50, "new.pdf")
    bring(store, b"other body", "other.pdf")
    gone = column(store, "SELECT id FROM files WHERE name = 'old.pdf'")
    store.content.write_now(lambda db: db.execute("DELETE FROM files WHERE name = 'old.pdf'"))
    keep(store, only=Choice(files=(wanted, *gone)))


STORIES = {
    "first save": (never_saved, save_more),
    "next save": (one_saved, save_more),
    "a save that pushes an old one out": (six_saved, save_more),
    "an older one becomes current": (two_saved, choose_first),
    "first save, of a choice": (never_saved, save_choice),
    "next save, of a choice": (one_saved, save_choice),
    "a save of a choice that pushes an old one out": (six_saved, save_choice),
}


@pytest.fixture
def fast() -> Iterator[Path]:
    """Thousands of syncs need no real card: the model says what they are worth."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="pichat-crash-", dir=memory if memory.is_dir() else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def loud(expect_log) -> None:
    for part in ("passed over", "have lost their bytes", "not cleared away", "is lost"):
        expect_log(part)


@every_state
@pytest.mark.parametrize("story", STORIES)
def test_no_power_cut_during_it_loses_anything(fast: Path, story: str, sample: int | None) -> None:
    prepare, deed = STORIES[story]
    lab = Lab(fast, prepare)
    lab.run(deed)
    verdicts = lab.verdicts(sample)
    assert set(verdicts) <= {"before", "after"}
    assert min(verdicts.values()) > 0


@every_state
def test_no_power_cut_on_the_first_day_loses_what_was_saved(fast: Path, sample: int | None) -> None:
    """Not one of the folders is older than the save."""
    lab = Lab(fast, None)
    lab.where = lambda path: not path.startswith("/data/live")
    lab.run(save_more)
    assert set(lab.verdicts(sample)) == {"before", "after"}


def test_no_power_cut_during_a_deletion_leaves_half_a_generation(fast: Path) -> None:
    lab = Lab(fast, two_saved)
    lab.run(lambda store: delete(store, 1))
    assert lab.before == lab.after
    assert set(lab.verdicts()) == {"after"}


@every_state
def test_no_power_cut_during_a_restore_harms_what_it_restores_from(fast: Path, sample: int | None) -> None:
    lab = Lab(fast, two_saved)
    lab.where = lambda path: True
    lab.may_guess = True  # whatever is in the live folder, nobody will look at it
    lab.run_restore()
    assert lab.before == lab.after
    assert set(lab.verdicts(sample)) == {"after"}


@pytest.mark.usefixtures("loud")
def test_without_any_sync_of_files_the_model_finds_lost_boxes(fast: Path) -> None:
    """The model is worth nothing if it does not see what it is for."""
    lab = Lab(fast, never_saved, syncs_files=lambda path: False)
    lab.run(save_more)
    assert lab.finds("unrecoverable")


@pytest.mark.usefixtures("loud")
def test_without_any_sync_of_folders_the_model_finds_broken_promises(fast: Path) -> None:
    lab = Lab(fast, one_saved, syncs_folders=lambda path: False)
    lab.run(save_more)
    assert lab.finds("broken promise")


class Nth:
    """Leaves out one call alone."""

    def __init__(self, name: str, number: int) -> None:
        self.name, self.left = name, number

    def __call__(self, path: Path) -> bool:
        self.left -= path.name == self.name
        return path.name != self.name or self.left != 0


LAZY: dict[str, tuple[str, Callable[[Path], bool], str]] = {
    "content": ("files", lambda path: path.name != "content.db", "damaged"),
    "manifest": ("files", lambda path: path.name != "manifest.json", "damaged"),
    "copy of the accounts": ("files", lambda path: path.name != "box.db", "damaged"),
    "pointer": ("files", lambda path: path.name != "CURRENT.new", "damaged"),
    "body": ("files", lambda path: path.parent.parent.name != "blobs", "damaged"),
    "folder of the generation": ("folders", lambda path: not path.name.startswith("building"), "damaged"),
    "folder of the body": ("folders", lambda path: path.parent.name != "blobs", "damaged"),
    "folder of those folders": ("folders", lambda path: path.name != "blobs", "damaged"),
    "name of the generation": ("folders", Nth("stable", 1), "damaged"),
    "name of the pointer": ("folders", Nth("stable", 2), "broken promise"),
}


@pytest.mark.parametrize(
    ("one", "deed"),
    [*((one, save_more) for one in LAZY), ("content", save_choice), ("body", save_choice)],
)
@pytest.mark.usefixtures("loud")
def test_no_sync_of_a_save_is_superfluous(fast: Path, one: str, deed: Deed) -> None:
    kind, lazy, verdict = LAZY[one]
    lab = Lab(fast, one_saved, **{f"syncs_{kind}": copy(lazy)})
    lab.run(deed)
    assert lab.finds(verdict)
