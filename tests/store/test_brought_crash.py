"""The power goes while an update comes in: the next boot finds all of it under its name, or nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.store.brought import NAME, Brought
from appliance.store.snapshot.layout import Layout
from tests.store.crash import CrashDisk, Tree

UPDATE = b"an update " * 100


def brought(home: Path, **lazy: Callable[[Path], bool]) -> list[tuple[Tree, bool]]:
    """Every state that a cut may leave, and whether it had been said that it is there."""
    layout = Layout(home)
    disk = CrashDisk(home, **lazy)
    states: list[tuple[Tree, bool]] = []

    def look(*, said_so: bool) -> None:
        disk.take_in(home)
        states.extend((tree, said_so) for tree in disk.states(lambda path: True, limit=400))

    disk.observe = lambda: look(said_so=False)
    coming = Brought(layout, disk)
    coming.begin()
    for start in range(0, len(UPDATE), 300):
        coming.write(UPDATE[start : start + 300])
        look(said_so=False)
    coming.finish()
    look(said_so=True)
    assert coming.waits
    return states


def bad(states: list[tuple[Tree, bool]]) -> list[Tree]:
    """Half of it under its name, or nothing where it was said to be there."""
    found = [(tree, tree.get(f"/{NAME}"), said_so) for tree, said_so in states]
    return [tree for tree, data, said_so in found if data != UPDATE and (data is not None or said_so)]


def test_the_power_goes_while_an_update_comes_in(tmp_path: Path) -> None:
    states = brought(tmp_path)
    assert {f"/{NAME}" in tree for tree, _ in states} == {True, False}
    assert {f"/{NAME}.part" in tree for tree, _ in states} == {True, False}
    assert bad(states) == []


@pytest.mark.parametrize("kind", ["syncs_files", "syncs_folders"])
def test_neither_of_its_syncs_is_superfluous(tmp_path: Path, kind: str) -> None:
    assert bad(brought(tmp_path, **{kind: lambda path: False}))


def test_what_a_cut_left_of_one_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.part").write_bytes(b"half")
    assert bad(brought(tmp_path)) == []
