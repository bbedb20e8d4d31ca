"""When an update is given up: what runs instead, and whose accounts are there then."""

import json
import sqlite3
from contextlib import closing

import pytest
from box import steps, updates
from box.package import HEAD

from tests.image.fitted import OWN, Fitted, crash, joined, people


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
    if not good:
        crash(fitted, 4)  # the image's own: nothing to go back to
        assert fitted.reboots == 0


def test_what_was_good_and_crashes_takes_no_accounts_with_it(fitted: Fitted, well: int) -> None:
    joined(fitted, "marta")
    fitted.bring(fitted.made("1.3.0"))
    fitted.boot()
    updates.trial(fitted, port=well, patience=5, steady=0)
    joined(fitted, "ana")
    crash(fitted, 3)
    fitted.boot()
    assert fitted.facts["running"] == OWN
    assert people(fitted) == ["marta", "ana"]


def test_one_that_was_good_comes_back_when_the_one_before_it_works_no_better(
    fitted: Fitted, well: int
) -> None:
    """An older PiChat does not start on what a newer one has made of the data."""
    fitted.bring(fitted.made("1.3.0"))
    fitted.boot()
    updates.trial(fitted, port=well, patience=5, steady=0)
    crash(fitted, 3)
    for _ in range(2):
        fitted.boot()
        assert (fitted.facts["running"], fitted.facts["stays"]) == (OWN, False)
    crash(fitted, 3)
    assert fitted.reboots == 1
    for _ in range(2):
        fitted.boot()
        assert (fitted.facts["running"], fitted.facts["stays"]) == ("1.3.0", True)
        assert fitted.facts["rolled_back"] is None
        assert "tampoco funciona" in fitted.noted("trouble")["update"]["es"]
        crash(fitted, 5)
        assert fitted.reboots == 0
    fitted.bring(fitted.made("1.4.0"))
    fitted.boot()
    updates.trial(fitted, port=well, patience=5, steady=0)
    fitted.boot()
    assert (fitted.facts["running"], fitted.facts["stays"]) == ("1.4.0", False)
    assert len(fitted.kept()) == 1


def test_what_waits_is_withdrawn_and_what_runs_is_not(fitted: Fitted, well: int) -> None:
    fitted.bring(fitted.made("1.3.0"))
    assert fitted.drop()["waiting"] is None
    assert fitted.kept() == []
    fitted.boot()
    assert (fitted.facts["running"], fitted.facts["rolled_back"]) == (OWN, None)
    fitted.bring(fitted.made("1.3.0"))
    fitted.boot()
    assert fitted.drop()["asked"] == "u2"
    updates.trial(fitted, port=well, patience=5, steady=0)
    fitted.boot()
    assert fitted.facts["running"] == "1.3.0"


@pytest.mark.parametrize("withdrawn", [False, True])
def test_the_accounts_of_before_outlast_a_trial_that_another_one_replaces(
    fitted: Fitted, withdrawn: bool
) -> None:
    joined(fitted, "marta")
    fitted.bring(fitted.made("1.3.0"))
    fitted.boot()
    joined(fitted, "what 1.3.0 writes and 1.2.0 cannot read")
    fitted.bring(fitted.made("1.4.0"))
    if withdrawn:
        fitted.drop()
    else:
        fitted.boot()
        assert fitted.facts["running"] == "1.4.0"
        updates.trial(fitted, port=9, patience=0, steady=0)
    fitted.boot()
    assert fitted.facts["running"] == OWN
    assert people(fitted) == ["marta"]


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


def test_an_older_image_keeps_what_a_newer_one_has_found_good(fitted: Fitted, well: int) -> None:
    fitted.bring(fitted.made("1.3.0"))
    fitted.boot()
    updates.trial(fitted, port=well, patience=5, steady=0)
    path = fitted.system / "updates/state.json"
    said = json.loads(path.read_text())
    path.write_text(json.dumps({**said, "mood": "well", "good": {**said["good"], "colour": "red"}}))
    fitted.boot()
    assert fitted.facts["running"] == "1.3.0"
