"""Updates without internet, step by step against a root of its own: taken, tried, good, or rolled back."""

import http.server
import json
import os
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from box import package, steps, updates
from box.package import HEAD

from appliance.host.machine import Machine
from image import update as maker
from tests.image.test_asks import Obedient

OWN = "1.2.0"


def made_key(path: Path) -> Path:
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(path)], check=True)
    return path


class Fitted(Obedient):
    """A board whose image takes updates of one key."""

    def __init__(self, root: Path, key: Path) -> None:
        (root / "usr/lib/pichat").mkdir(parents=True)
        maker.lay_key(root, key)
        (root / "etc").mkdir()
        (root / "etc/pichat-release").write_text(f"pichat {OWN}\n")
        super().__init__(root)
        self.key = key
        self.boot()

    def boot(self) -> None:
        """As after the plug: /run is empty, and what was mounted is not."""
        self.told.clear()
        for name in ("update", "crashes", "trouble"):
            (self.run_dir / f"{name}.json").unlink(missing_ok=True)
        assert steps.run(self, "update") == 0

    @property
    def mounted_file(self) -> Path | None:
        found = [Path(command[-2]) for command in self.told if command[0] == "mount"]
        return found[-1] if found else None

    @property
    def reboots(self) -> int:
        return self.told.count(("systemctl", "--no-block", "reboot"))

    def made(self, version: str, *, key: Path | None = None, needs: str = "", text: bytes = b"x") -> bytes:
        squashed, target = self.root / "body", self.root / "made.pichat"
        squashed.write_bytes(text * 5000 + version.encode())
        maker.write(squashed, target, key or self.key, version, needs or package.needed())
        return target.read_bytes()

    def bring(self, raw: bytes) -> dict[str, object]:
        """By the page; answers what the page is told."""
        (self.data / "update.pichat").write_bytes(raw)
        Machine(self.run_dir).ask("update", {"id": "u1"})
        assert steps.run(self, "ask") == 0
        assert not (self.data / "update.pichat").exists()
        return self.facts

    @property
    def facts(self) -> dict[str, object]:
        found: dict[str, object] = self.noted("update")
        return found

    def kept(self) -> list[str]:
        return sorted(path.name for path in (self.system / "updates").glob("*.pichat"))


@pytest.fixture
def fitted(tmp_path: Path) -> Fitted:
    root = tmp_path / "root"
    root.mkdir()
    return Fitted(root, made_key(tmp_path / "key.pem"))


@pytest.fixture
def well() -> Iterator[int]:
    """A port that says that all is well."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def crash(board: Fitted) -> None:
    os.environ["SERVICE_RESULT"] = "exit-code"
    try:
        assert steps.run(board, "update-crash") == 0
    finally:
        del os.environ["SERVICE_RESULT"]


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


def test_a_newer_one_takes_the_place_of_a_good_one_and_leaves_it_for_a_rollback(
    fitted: Fitted, well: int
) -> None:
    fitted.bring(fitted.made("1.3.0"))
    fitted.boot()
    updates.trial(fitted, port=well, patience=5, steady=0)
    fitted.bring(fitted.made("1.10.0"))
    fitted.boot()
    assert fitted.facts["running"] == "1.10.0"
    assert len(fitted.kept()) == 2
    updates.trial(fitted, port=9, patience=0, steady=0)
    assert fitted.reboots == 1
    fitted.boot()
    assert fitted.facts["running"] == "1.3.0"
    assert fitted.facts["rolled_back"] == {"version": "1.10.0", "why": "unhealthy"}
    assert len(fitted.kept()) == 1


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


def test_a_trial_that_never_answers_is_rolled_back_with_the_accounts_of_before(fitted: Fitted) -> None:
    def accounts(*texts: str) -> None:
        for text in texts:
            with closing(sqlite3.connect(fitted.data / "box.db")) as db:
                db.execute(text)
                db.commit()

    accounts("PRAGMA user_version = 5", "CREATE TABLE people (name)", "INSERT INTO people VALUES ('marta')")
    fitted.bring(fitted.made("1.3.0"))
    fitted.boot()
    accounts("PRAGMA user_version = 6", "DROP TABLE people")
    updates.trial(fitted, port=9, patience=0, steady=0)
    assert fitted.reboots == 1
    fitted.boot()
    assert fitted.facts["running"] == OWN
    assert fitted.facts["rolled_back"] == {"version": "1.3.0", "why": "unhealthy"}
    assert "no funcionó" in fitted.noted("trouble")["update"]["es"]
    with closing(sqlite3.connect(fitted.data / "box.db")) as db:
        assert db.execute("SELECT name FROM people").fetchall() == [("marta",)]
        assert db.execute("PRAGMA user_version").fetchone() == (5,)
    accounts("INSERT INTO people VALUES ('ana')")
    fitted.boot()  # once, and told once
    assert fitted.noted("trouble") is None
    with closing(sqlite3.connect(fitted.data / "box.db")) as db:
        assert len(db.execute("SELECT name FROM people").fetchall()) == 2
    assert fitted.facts["rolled_back"] is not None
    assert fitted.bring(fitted.made("1.3.0", text=b"y"))["rolled_back"] is None


@pytest.mark.parametrize("good", [False, True])
def test_the_third_crash_in_one_boot_is_one_too_many(fitted: Fitted, well: int, good: bool) -> None:
    fitted.bring(fitted.made("1.3.0"))
    fitted.boot()
    if good:
        updates.trial(fitted, port=well, patience=5, steady=0)
    crash(fitted)
    assert steps.run(fitted, "update-crash") == 0  # told to stop: no crash
    crash(fitted)
    assert fitted.reboots == 0
    crash(fitted)
    assert fitted.reboots == 1
    fitted.boot()
    assert fitted.facts["running"] == OWN
    assert fitted.facts["rolled_back"] == {"version": "1.3.0", "why": "crashes"}
    for _ in range(4):  # the image's own: nothing to go back to
        crash(fitted)
    assert fitted.reboots == 0


def test_three_boots_without_an_answer_are_enough(fitted: Fitted) -> None:
    fitted.bring(fitted.made("1.3.0"))
    for _ in range(updates.BOOTS):
        fitted.boot()
        assert fitted.facts["running"] == "1.3.0"
    fitted.boot()
    assert fitted.facts["running"] == OWN
    assert fitted.facts["rolled_back"] == {"version": "1.3.0", "why": "boots"}


def test_one_that_the_card_has_spoilt_does_not_start(fitted: Fitted, well: int) -> None:
    fitted.bring(fitted.made("1.3.0"))
    fitted.boot()
    updates.trial(fitted, port=well, patience=5, steady=0)
    [name] = fitted.kept()
    with (fitted.system / "updates" / name).open("r+b") as file:
        file.seek(HEAD + 100)
        file.write(b"?")
    fitted.boot()
    assert fitted.facts["running"] == OWN
    assert fitted.facts["rolled_back"] == {"version": "1.3.0", "why": "damaged"}


def test_a_newer_image_is_the_floor_of_what_was_brought(fitted: Fitted, well: int) -> None:
    fitted.bring(fitted.made("1.3.0"))
    fitted.boot()
    updates.trial(fitted, port=well, patience=5, steady=0)
    (fitted.root / "etc/pichat-release").write_text("pichat 1.4.0\n")
    fitted.boot()
    assert (fitted.facts["running"], fitted.facts["rolled_back"]) == ("1.4.0", None)
    assert fitted.kept() == []


def test_a_file_on_the_boot_partition_is_taken_once(fitted: Fitted) -> None:
    (fitted.card / "Nueva.pichat").write_bytes(fitted.made("1.3.0"))
    (fitted.card / "broken.pichat").write_bytes(b"not one")
    fitted.boot()
    assert fitted.facts["running"] == "1.3.0"
    assert (fitted.card / "NO-Nueva.pichat").exists()
    assert (fitted.card / "NO-broken.pichat").exists()
    assert "broken.pichat: no se ha usado" in fitted.noted("trouble")["update"]["es"]


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
