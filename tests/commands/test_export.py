"""`pichat export`: onto a stick, with a server and without, whole or not at all."""

import zipfile
from pathlib import Path

import pytest

from tests.commands.conftest import Pichat
from tests.faults.volumes import SmallDisk
from tests.served import Served, command
from tests.store.rigs import Rig, bring, keep, say


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rig = Rig(tmp_path)
    store = rig.open()
    say(store, "hola")
    bring(store, b"%PDF-1.4 x" * 1000, "a.pdf")
    keep(store)
    rig.close()
    return rig.settings.data


@pytest.mark.parametrize("beside", [False, True])
def test_into_a_folder_under_a_name_of_its_own(
    data: Path, pichat: Pichat, tmp_path: Path, beside: bool
) -> None:
    served = Served(data) if beside else None
    stick = tmp_path / "stick"
    stick.mkdir()
    try:
        code, said = pichat(data, "export", str(stick))
    finally:
        if served:
            served.stop()
    assert code == 0, said
    (made,) = stick.iterdir()
    assert made.name.startswith("pichat-1-b_")
    assert said.splitlines()[0].startswith(f"{made}: ")
    assert zipfile.ZipFile(made).testzip() is None
    assert list((data / "archives").iterdir()) == []


def test_what_is_refused_is_one_line_and_leaves_nothing(data: Path, pichat: Pichat, tmp_path: Path) -> None:
    for words, line in (
        ((str(tmp_path / "none" / "x.zip"),), "cannot be written: No such file or directory"),
        ((str(tmp_path), "--generation", "7"), "there is no such generation"),
    ):
        code, said = pichat(data, "export", *words)
        assert (code, said.startswith("pichat: ")) == (1, True)
        assert said.endswith(line)
    assert list((data / "archives").iterdir()) == []
    assert pichat(tmp_path / "empty", "export", str(tmp_path)) == (
        1,
        "pichat: nothing is saved yet: `pichat save` first",
    )


def test_a_full_stick_holds_nothing_half(data: Path) -> None:
    small = SmallDisk(data.parent / "stick", 4)
    try:
        small.fill(8 * 1024)
        done = command("export", str(small.inside), "--data", str(data))
        assert done.returncode == 1
        assert "No space left on device" in done.stderr
        assert not list(small.inside.glob("pichat-*"))
    finally:
        small.stop()
