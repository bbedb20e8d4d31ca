"""The power goes at every moment of a save and of a restore. Nothing may be lost that was said to be saved.

Every state that the crash model allows is laid out in a folder, and the real restore runs on it.
"""

from collections.abc import Callable
from copy import copy
from pathlib import Path

import pytest

from appliance.store.opening import Store
from appliance.store.snapshot import generations
from appliance.store.snapshot.choice import Choice
from appliance.store.snapshot.save import delete
from tests.store.lab import Deed, Lab, Nth, every_state
from tests.store.rigs import bring, column, keep, say


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
