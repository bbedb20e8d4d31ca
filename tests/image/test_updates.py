"""Updates without internet, step by step against a root of its own: taken, tried, good, or refused."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from box import package, steps, updates
from box.package import HEAD

from image import update as maker
from tests.image.fitted import OWN, Fitted, made_key
from tests.image.test_asks import Obedient


def test_an_image_without_a_key_takes_no_updates(tmp_path: Path) -> None:
    board = Obedient(tmp_path)
    assert "update" not in board.page.can()
    assert steps.run(board, "update") == 0
    assert not (board.system / "updates").exists()


def test_an_update_waits_is_tried_and_becomes_good(fitted: Fitted, well: int) -> None:
    assert "update" in fitted.page.can()
    assert fitted.facts["running"] == OWN
    facts = fitted.bring(fitted.made("1.3.0"))
    assert (facts["waiting"], facts["running"], facts["asked"]) == ("1.3.0", OWN, "u1")
    assert fitted.mounted_file is None
    fitted.boot()
    assert (fitted.facts["running"], fitted.facts["trial"], fitted.facts["waiting"]) == ("1.3.0", True, None)
    assert fitted.mounted_file is not None
    [command] = [command for command in fitted.told if command[0] == "mount"]
    assert f"ro,nosuid,nodev,loop,offset={HEAD}" in command
    assert command[-1] == str(fitted.root / "opt/pichat")
    updates.trial(fitted, port=well, patience=5, steady=0)
    assert fitted.facts["trial"] is False
    assert fitted.reboots == 0
    for _ in range(5):
        fitted.boot()
        assert (fitted.facts["running"], fitted.facts["trial"]) == ("1.3.0", False)
    updates.trial(fitted, port=9, patience=0, steady=0)  # nothing is on trial any more
    assert fitted.reboots == 0


@pytest.mark.parametrize(
    "why", ["signature", "truncated", "longer", "changed", "older", "needs", "magic", "empty"]
)
def test_what_is_not_for_this_box_is_refused_with_a_reason(fitted: Fitted, tmp_path: Path, why: str) -> None:
    good = fitted.made("1.3.0")
    bad = {
        "signature": lambda: fitted.made("1.3.0", key=made_key(tmp_path / "other.pem")),
        "truncated": lambda: good[:-1],
        "longer": lambda: good + b"x",
        "changed": lambda: good[:-9] + b"?" + good[-8:],
        "older": lambda: fitted.made("1.1.9"),
        "needs": lambda: fitted.made("1.3.0", needs="cpython-27-z80"),
        "magic": lambda: b"PK" + good[2:],
        "empty": lambda: b"",
    }[why]()
    expected = {"longer": "truncated", "changed": "truncated", "needs": "format", "magic": "format"}
    expected["empty"] = "format"
    facts = fitted.bring(bad)
    assert isinstance(facts["refused"], dict)
    assert (facts["refused"]["why"], facts["waiting"]) == (expected.get(why, why), None)
    assert fitted.kept() == []
    assert list((fitted.system / "updates").glob("*.part")) == []
    fitted.boot()
    assert fitted.facts["running"] == OWN
    assert fitted.bring(good)["waiting"] == "1.3.0"


def test_a_page_cannot_be_signed_twice_over(fitted: Fitted) -> None:
    """Another version under the old signature."""
    raw = fitted.made("1.3.0").replace(b'"1.3.0"', b'"9.3.0"')
    assert fitted.bring(raw)["refused"] == {"why": "signature", "version": ""}


def test_root_takes_no_update_through_a_link(fitted: Fitted) -> None:
    away = fitted.root / "away"
    away.write_bytes(fitted.made("1.3.0"))
    (fitted.data / "update.pichat").symlink_to(away)
    fitted.page.ask("update", {"id": "u1"})
    assert steps.run(fitted, "ask") == 0
    assert away.exists()
    assert fitted.kept() == []


def test_a_file_on_the_boot_partition_is_taken_once(fitted: Fitted) -> None:
    (fitted.card / "Nueva.pichat").write_bytes(fitted.made("1.3.0"))
    (fitted.card / "broken.pichat").write_bytes(b"not one")
    fitted.boot()
    assert fitted.facts["running"] == "1.3.0"
    assert (fitted.card / "NO-Nueva.pichat").exists()
    assert (fitted.card / "NO-broken.pichat").exists()
    assert "broken.pichat: no se ha usado" in fitted.noted("trouble")["update broken.pichat"]["es"]


def test_of_several_on_the_boot_partition_the_newest_starts_and_each_that_is_none_is_told(
    fitted: Fitted,
) -> None:
    """Whatever they are called: what counts is the version that somebody signed."""
    (fitted.card / "pichat-1.9.0.pichat").write_bytes(fitted.made("1.9.0"))
    (fitted.card / "pichat-1.10.0.pichat").write_bytes(fitted.made("1.10.0"))
    (fitted.card / "A.PICHAT").write_bytes(fitted.made("1.11.0")[:-1])
    (fitted.card / "old.pichat").write_bytes(fitted.made("1.1.0"))
    (fitted.card / "folder.pichat").mkdir()
    (fitted.card / "versi?n.pichat").symlink_to("as a kernel without its letters shows it")
    fitted.boot()
    assert fitted.facts["running"] == "1.10.0"
    assert len(fitted.kept()) == 1
    told = [one["es"].partition(":")[0] for one in fitted.noted("trouble").values()]
    assert sorted(told) == ["A.PICHAT", "folder.pichat", "old.pichat"]
    left = [path.name for path in fitted.card.iterdir() if path.suffix.lower() == ".pichat"]
    assert [name for name in left if not name.startswith("NO-")] == ["versi?n.pichat"]
    fitted.boot()
    assert fitted.noted("trouble") is None


@pytest.fixture
def full(fitted: Fitted) -> Iterator[Path]:
    """The data partition is small; the file that takes what is left of it."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=9m", "tmpfs", fitted.mount], check=True)
    fitted.system.mkdir()
    fitted.data.mkdir()
    yield fitted.mount / "film"
    subprocess.run(["umount", fitted.mount], check=True)


def fill(film: Path) -> None:
    with film.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(b"x" * 65536)


def test_an_update_leaves_room_for_the_accounts_that_are_put_aside(fitted: Fitted, full: Path) -> None:
    (fitted.data / "box.db").write_bytes(b"x" * 5 * 1024 * 1024)
    assert fitted.bring(fitted.made("1.3.0"))["refused"] == {"why": "no_space", "version": "1.3.0"}
    (fitted.data / "box.db").unlink()
    assert fitted.bring(fitted.made("1.3.0"))["waiting"] == "1.3.0"


def test_on_a_full_disk_nothing_is_tried_that_could_not_be_gone_back_from(fitted: Fitted, full: Path) -> None:
    fitted.bring(fitted.made("1.3.0"))
    (fitted.data / "box.db").write_bytes(b"x" * 99_999)
    fill(full)
    fitted.boot()
    assert (fitted.facts["running"], fitted.facts["refused"]) == (
        OWN,
        {"why": "no_space", "version": "1.3.0"},
    )
    assert fitted.kept() == []


def test_on_a_full_disk_what_is_good_starts_and_what_is_not_ends(
    fitted: Fitted, full: Path, well: int
) -> None:
    fitted.bring(fitted.made("1.3.0"))
    fitted.boot()
    updates.trial(fitted, port=well, patience=5, steady=0)
    fill(full)
    (fitted.card / "broken.pichat").write_bytes(b"not one")
    fitted.boot()
    assert fitted.facts["running"] == "1.3.0"
    full.unlink()
    fitted.bring(fitted.made("1.4.0"))
    fitted.boot()
    assert fitted.facts["running"] == "1.4.0"
    fill(full)
    updates.trial(fitted, port=9, patience=0, steady=0)
    assert fitted.reboots == 1
    fitted.boot()
    assert (fitted.facts["running"], fitted.facts["rolled_back"]) == (
        "1.3.0",
        {"version": "1.4.0", "why": "unhealthy"},
    )


def test_a_card_that_cannot_be_written_offers_nothing_twice(fitted: Fitted) -> None:
    fitted.card_writable = False
    (fitted.card / "pichat-1.3.0.pichat").write_bytes(fitted.made("1.3.0"))
    fitted.boot()
    updates.trial(fitted, port=9, patience=0, steady=0)
    for _ in range(2):
        fitted.boot()
        assert fitted.facts["running"] == OWN


def test_the_state_is_written_when_something_changes_and_not_otherwise(fitted: Fitted, well: int) -> None:
    fitted.bring(fitted.made("1.3.0"))
    fitted.boot()
    updates.trial(fitted, port=well, patience=5, steady=0)
    path = fitted.system / "updates/state.json"
    before = path.stat().st_mtime_ns
    fitted.boot()
    assert path.stat().st_mtime_ns == before
    for text in ("rubbish", "[]", json.dumps({"good": {"x": 1}})):
        path.write_text(text)
        fitted.boot()
        assert fitted.facts["running"] == OWN


def test_what_lies_behind_the_page_can_be_mounted_as_the_step_does(fitted: Fitted, tmp_path: Path) -> None:
    tree, squashed, made = tmp_path / "tree", tmp_path / "squashed", tmp_path / "made.pichat"
    (tree / "bin").mkdir(parents=True)
    (tree / "bin/pichat").write_text("the newer one")
    subprocess.run(["mksquashfs", tree, squashed, "-noappend", "-quiet", "-no-progress"], check=True)
    maker.write(squashed, made, fitted.key, "1.3.0", package.needed())
    fitted.bring(made.read_bytes())
    product = fitted.root / "opt/pichat"
    product.mkdir(parents=True)
    fitted.boot()
    [command] = [command for command in fitted.told if command[0] == "mount"]
    subprocess.run(command, check=True)
    try:
        assert (product / "bin/pichat").read_text() == "the newer one"
    finally:
        subprocess.run(["umount", product], check=True)
