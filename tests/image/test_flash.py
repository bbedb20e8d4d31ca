"""The script that writes cards: which disks it refuses, that it asks twice, that what it wrote is there."""

import hashlib
import json
import lzma
import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from box import layout

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
        (disk(ro=True), "write-protected"),
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


def test_nobody_there_to_answer_is_a_no() -> None:
    def nobody(_: str) -> str:
        raise EOFError

    with pytest.raises(BuildError, match="nothing was written"):
        flash.confirm(disk(), nobody)


@contextmanager
def loop(file: Path) -> Iterator[Path]:
    """A block device of 32 MiB."""
    with file.open("wb") as one:
        one.truncate(32 * 1024**2)
    done = subprocess.run(["losetup", "-f", "--show", str(file)], capture_output=True, text=True, check=True)
    yield Path(done.stdout.strip())
    subprocess.run(["losetup", "-d", done.stdout.strip()], check=True)


@pytest.fixture
def card(tmp_path: Path) -> Iterator[Path]:
    with loop(tmp_path / "card") as device:
        yield device


def image_of(path: Path, size: int = 10_240_000) -> bytes:
    """Begins as a card of ours does; packed when its name says so."""
    raw = bytearray(bytes(range(256)) * (size // 256))
    struct.pack_into("<I", raw, 440, layout.DISK_ID)
    path.write_bytes(lzma.compress(raw, preset=0) if path.suffix == ".xz" else raw)
    return bytes(raw)


@pytest.mark.parametrize("packed", [False, True])
def test_what_was_written_is_on_the_card(
    card: Path, tmp_path: Path, packed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    image = tmp_path / ("card.img.xz" if packed else "card.img")
    raw = image_of(image)
    flash.write(image, card, flash.checked(image))
    with card.open("rb") as file:
        assert file.read(len(raw)) == raw
    assert "writing: 100 %  10 of 10 MB" in capsys.readouterr().err


def test_a_file_that_is_not_ours_or_not_whole_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    image = tmp_path / "card.img.xz"
    image_of(image)
    beside = tmp_path / "card.img.xz.sha256"
    beside.write_text(
        f"{hashlib.sha256(image.read_bytes()).hexdigest()}  card.img.xz\n{'0' * 64}  card.img\n"
    )
    assert flash.checked(image) == 10_240_000
    beside.write_text(f"{'0' * 64}  card.img.xz\n")
    with pytest.raises(BuildError, match="damaged: download it again"):
        flash.checked(image)
    beside.unlink()
    image.write_bytes(image.read_bytes()[:-20])
    with pytest.raises(BuildError, match="damaged: download it again"):
        flash.checked(image)
    strange = tmp_path / "strange.img"
    strange.write_bytes(b"\0" * 100_000)
    with pytest.raises(BuildError, match="no image of PiChat"):
        flash.checked(strange)


def test_an_image_that_breaks_off_amid_the_writing_is_one_line(card: Path, tmp_path: Path) -> None:
    image = tmp_path / "card.img.xz"
    image.write_bytes(lzma.compress(b"x" * 100_000)[:-20])
    with pytest.raises(BuildError, match=r"damaged.* half written"):
        flash.write(image, card, 100_000)


def test_a_card_that_goes_away_amid_the_writing_is_one_line(tmp_path: Path) -> None:
    """The device is there, what holds its bytes takes no more: the kernel says EIO, as for one pulled out."""
    image, place = tmp_path / "card.img", tmp_path / "small"
    place.mkdir()
    image_of(image)
    mount = f'mount -t tmpfs -o size=4m tmpfs "{place}" && echo && exec sleep 600'
    with subprocess.Popen(["unshare", "--mount", "sh", "-c", mount], stdout=subprocess.PIPE) as holding:
        assert holding.stdout is not None
        holding.stdout.readline()
        try:
            with (
                loop(Path(f"/proc/{holding.pid}/root{place}/card")) as device,
                pytest.raises(BuildError, match=r"gave up .*pulled out\? the card is half written"),
            ):
                flash.write(image, device, 10_240_000)
        finally:
            holding.kill()


def test_a_card_that_something_else_holds_is_not_written(card: Path, tmp_path: Path) -> None:
    image = tmp_path / "card.img"
    image_of(image)
    held = os.open(card, os.O_RDONLY | os.O_EXCL)
    with pytest.raises(BuildError, match=r"nothing was written.* cannot be had alone"):
        flash.write(image, card, 10_240_000)
    os.close(held)
    assert card.read_bytes()[:512] == b"\0" * 512


@pytest.fixture
def reader(card: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer whose lsblk calls the device a card of 32 GB in a reader; what it says can be changed."""
    programs, listed = tmp_path / "bin", tmp_path / "listed.json"
    programs.mkdir()
    about = disk(name=card.name, path=str(card), serial="1")
    listed.write_text(json.dumps({"blockdevices": [disk(rm=False, hotplug=False, path="/dev/sda"), about]}))
    for name, script in {"lsblk": f"cat {listed}", "eject": f"echo $1 >{tmp_path}/ejected"}.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    return listed


def test_from_the_list_of_disks_to_the_card_that_can_be_taken_out(
    reader: Path, card: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = tmp_path / "card.img.xz"
    raw = image_of(image)
    assert flash.flash([str(image)]) == 0
    shown = capsys.readouterr().out
    assert f"{card}  32 GB  usb  Card" in shown
    assert "/dev/sda" not in shown
    given = iter(["sí", card.name])
    assert flash.flash([str(image), str(card)], lambda _: next(given)) == 0
    assert card.read_bytes()[: len(raw)] == raw
    assert (tmp_path / "ejected").read_text() == f"{card}\n"
    said = capsys.readouterr().out
    assert "Listo: pon la tarjeta" in said
    assert "Ya puedes sacar" not in said


def test_a_reader_that_cannot_eject_is_no_failure(
    reader: Path, card: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bin/eject").write_text("#!/bin/sh\necho eject: unable to eject >&2\nexit 1\n")
    image = tmp_path / "card.img"
    image_of(image)
    given = iter(["yes", card.name])
    assert flash.flash([str(image), str(card)], lambda _: next(given)) == 0
    assert "Ya puedes sacar la tarjeta" in capsys.readouterr().out


def test_a_card_that_was_changed_while_the_question_stood_is_not_written(
    reader: Path, card: Path, tmp_path: Path
) -> None:
    image = tmp_path / "card.img"
    image_of(image)

    def slow(question: str) -> str:
        reader.write_text(reader.read_text().replace('"serial": "1"', '"serial": "2"'))
        return "yes" if "yes" in question else card.name

    with pytest.raises(BuildError, match="another disk than a moment ago"):
        flash.flash([str(image), str(card)], slow)
    reader.write_text('{"blockdevices": []}')
    with pytest.raises(BuildError, match="there is no disk"):
        flash.flash([str(image), str(card)], slow)
    assert card.read_bytes()[:512] == b"\0" * 512
