"""The script that writes cards: which disks it refuses, that it asks twice, that what it wrote is there."""

import lzma
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from image import flash
from image.tools import BuildError


def disk(**more: Any) -> dict[str, Any]:
    about = {
        "name": "sdb",
        "path": "/dev/sdb",
        "size": 32 * 10**9,
        "rm": True,
        "hotplug": True,
        "tran": "usb",
    }
    return {**about, "type": "disk", "model": "Card", "mountpoints": [None], "ro": False, **more}


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (disk(rm=False, hotplug=False), "not a removable"),
        (disk(ro=True), "not a removable"),
        (disk(type="part"), "not a removable"),
        (disk(children=[{"mountpoints": ["/boot"], "type": "part"}]), "uses it: /boot"),
        (disk(children=[{"mountpoints": [None], "children": [{"mountpoints": ["/"]}]}]), "uses it: /"),
        (disk(mountpoints=["[SWAP]"]), "uses it"),
        (disk(size=2 * 10**9), "too small"),
    ],
)
def test_a_disk_that_is_not_a_card_is_refused(one: dict[str, Any], why: str) -> None:
    assert why in flash.complaint(one)
    with pytest.raises(BuildError, match="is not written"):
        flash.chosen([one], "/dev/sdb")


def test_a_card_that_the_desktop_has_mounted_is_taken() -> None:
    assert flash.complaint(disk(children=[{"mountpoints": ["/media/ana/bootfs"], "type": "part"}])) == ""
    with pytest.raises(BuildError, match="no disk"):
        flash.chosen([disk()], "/dev/sdc")


@pytest.mark.parametrize("answers", [["no"], [""], ["yes", "sda"], ["sí", ""]])
def test_it_asks_twice(answers: list[str]) -> None:
    given = iter(answers)
    with pytest.raises(BuildError, match="nothing was written"):
        flash.confirm(disk(), lambda _: next(given))


def test_two_right_answers_are_enough() -> None:
    given = iter(["si", "sdb"])
    flash.confirm(disk(), lambda _: next(given))


@pytest.fixture
def card(tmp_path: Path) -> Iterator[Path]:
    """A block device of 32 MiB."""
    file = tmp_path / "card"
    with file.open("wb") as one:
        one.truncate(32 * 1024**2)
    done = subprocess.run(["losetup", "-f", "--show", str(file)], capture_output=True, text=True, check=True)
    yield Path(done.stdout.strip())
    subprocess.run(["losetup", "-d", done.stdout.strip()], check=True)


@pytest.mark.parametrize("packed", [False, True])
def test_what_was_written_is_on_the_card(card: Path, tmp_path: Path, packed: bool) -> None:
    raw = bytes(range(256)) * 40_000
    image = tmp_path / ("card.img.xz" if packed else "card.img")
    image.write_bytes(lzma.compress(raw) if packed else raw)
    flash.write(image, card)
    with card.open("rb") as file:
        assert file.read(len(raw)) == raw


def test_a_damaged_image_is_one_line(card: Path, tmp_path: Path) -> None:
    image = tmp_path / "card.img.xz"
    image.write_bytes(lzma.compress(b"x" * 100_000)[:-20])
    with pytest.raises(BuildError, match="damaged"):
        flash.write(image, card)
