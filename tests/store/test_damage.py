"""Cards that do not keep what was written to them: the next good generation, loudly; never in silence, never
by deleting anything."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.base.errors import StartError
from appliance.store import audit, meta
from appliance.store.opening import NoGoodGeneration
from appliance.store.snapshot import boxfile, check, generations
from appliance.store.snapshot.layout import Layout
from appliance.store.snapshot.manifest import Flaw
from appliance.store.snapshot.outcome import BoxLost, NewerStore, RestoreOutcome
from tests.store.rigs import Rig, body_of, bring, keep, said, say, spoil

Damage = Callable[[Layout], None]


def truncated(layout: Layout) -> None:
    spoil(layout.generation(3) / "content.db", lambda data: data[: len(data) // 2])


def flipped(layout: Layout) -> None:
    middle = 5000
    path = layout.generation(3) / "content.db"
    spoil(path, lambda data: data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])


def manifest_garbage(layout: Layout) -> None:
    spoil(layout.generation(3) / "manifest.json", lambda _: b"\x00" * 300)


def manifest_empty(layout: Layout) -> None:
    spoil(layout.generation(3) / "manifest.json", lambda _: b"")


def manifest_changed(layout: Layout) -> None:
    spoil(layout.generation(3) / "manifest.json", lambda data: data.replace(b'"messages":3', b'"messages":4'))


def manifest_of_another(layout: Layout) -> None:
    other = (layout.generation(2) / "manifest.json").read_bytes()
    spoil(layout.generation(3) / "manifest.json", lambda _: other)


def content_missing(layout: Layout) -> None:
    (layout.generation(3) / "content.db").unlink()


def generation_missing(layout: Layout) -> None:
    layout.generation(3).rename(layout.data / "elsewhere")


DAMAGES = {
    truncated: "content",
    flipped: "content",
    content_missing: "content",
    manifest_garbage: "replaced",
    manifest_empty: "replaced",
    manifest_changed: "replaced",
    manifest_of_another: "replaced",
    generation_missing: "missing",
}


def three(rig: Rig) -> None:
    """Three generations, the newest is current; then the power goes."""
    store = rig.open()
    for number in (1, 2, 3):
        say(store, f"word {number}")
        keep(store)
    say(store, "not saved")
    store.close()
    rig.new_boot()


def passed(outcome: RestoreOutcome) -> list[tuple[int | None, str]]:
    return [(one.generation, one.flaw.value) for one in outcome.passed]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_bad_generation_falls_back_to_the_one_before_it(rig: Rig, expect_log, damage: Damage) -> None:
    three(rig)
    damage(rig.layout)
    expect_log("passed over generation 3")
    store = rig.open()
    assert said(store) == ["word 1", "word 2"]
    assert (store.outcome.generation, passed(store.outcome)) == (2, [(3, DAMAGES[damage])])
    row = store.box.read_now(audit.newest)[0]
    assert (row.action, row.subject) == ("restored", "2")
    assert row.detail["passed"] == [{"generation": 3, "flaw": DAMAGES[damage]}]
    store.close()
    assert passed(rig.open().outcome) == [(3, DAMAGES[damage])]  # a restart does not sweep it under the rug


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_of_an_older_generation_is_found_without_the_pointer(
    rig: Rig, expect_log, damage: Damage
) -> None:
    """The manifest seals itself: the pointer knows the hash of the current one alone."""
    three(rig)
    damage(rig.layout)
    rig.layout.stable_current.unlink()
    if damage is not generation_missing:
        expect_log("passed over generation 3")
    assert said(rig.open()) == ["word 1", "word 2"]


def test_a_change_to_the_manifest_that_keeps_its_shape_is_seen(rig: Rig) -> None:
    three(rig)
    path = rig.layout.generation(2) / "manifest.json"
    before = path.read_bytes()
    for position in range(len(before)):
        spoil(path, lambda data, at=position: before[:at] + bytes([before[at] ^ 1]) + before[at + 1 :])
        found = [one.what for one in check.generation(rig.layout, 2, deep=False)]
        assert found in (["manifest"], ["replaced"]) or position == len(before) - 1


@pytest.mark.parametrize("text", [b"", b"garbage", b"\xff\xfe", b"3", b"x y", b"1 2 3"])
def test_a_pointer_that_cannot_be_read_leads_to_the_newest_loudly(rig: Rig, expect_log, text: bytes) -> None:
    three(rig)
    rig.layout.stable_current.write_bytes(text)
    expect_log("passed over stable/CURRENT")
    store = rig.open()
    assert (store.outcome.generation, passed(store.outcome)) == (3, [(None, "pointer")])


def test_older_ones_come_before_newer_ones(rig: Rig, expect_log) -> None:
    three(rig)
    digest = hashlib.sha256((rig.layout.generation(2) / "manifest.json").read_bytes()).hexdigest()
    rig.layout.stable_current.write_text(f"2 {digest}\n")
    spoil(rig.layout.generation(2) / "content.db", lambda _: b"")
    spoil(rig.layout.generation(1) / "content.db", lambda _: b"")
    expect_log("passed over generation")
    store = rig.open()
    assert (store.outcome.generation, [one.generation for one in store.outcome.passed]) == (3, [2, 1])


def test_where_nothing_can_be_read_nothing_is_started_and_nothing_deleted(rig: Rig) -> None:
    three(rig)
    for number in (1, 2, 3):
        spoil(rig.layout.generation(number) / "content.db", lambda _: b"x")
    before = tree(rig.layout.data)
    with pytest.raises(NoGoodGeneration) as rescue:
        rig.open()
    assert [one.generation for one in rescue.value.passed] == [3, 2, 1]
    assert tree(rig.layout.data) == before
    with pytest.raises(NoGoodGeneration):  # the lock was let go, and it stays so
        rig.open()


def tree(folder: Path) -> dict[str, bytes]:
    skipped = {"lock", "box.db-wal", "box.db-shm"}
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name not in skipped)
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_a_lost_body_is_reported_and_the_rest_comes_back(rig: Rig, expect_log) -> None:
    store = rig.open()
    bring(store, b"lost", "lost.pdf")
    bring(store, b"short", "short.pdf")
    bring(store, b"fine", "fine.pdf")
    keep(store)
    store.close()
    for path in rig.layout.blobs.glob("??/*"):
        if path.read_bytes() == b"lost":
            path.unlink()
        elif path.read_bytes() == b"short":
            spoil(path, lambda _: b"sh")
    rig.new_boot()
    expect_log("2 saved files have lost their bytes")
    store = rig.open()
    assert (store.outcome.generation, len(store.outcome.lost), passed(store.outcome)) == (1, 2, [])
    assert body_of(store, "fine.pdf") == b"fine"
    found = check.generation(rig.layout, 1, deep=True)
    assert {(one.what, one.name) for one in found} == {
        ("body_missing", "lost.pdf"),
        ("body_size", "short.pdf"),
    }


def test_a_flipped_bit_in_a_body_is_found_by_the_deep_look(rig: Rig) -> None:
    store = rig.open()
    bring(store, b"abcdef", "a.pdf")
    keep(store)
    (path,) = rig.layout.blobs.glob("??/*")
    spoil(path, lambda _: b"abcdeg")
    assert check.generation(rig.layout, 1, deep=False) == []
    assert [one.what for one in check.generation(rig.layout, 1, deep=True)] == ["body_damaged"]
    assert [one.what for one in check.session(rig.layout, store.epoch, deep=True)] == ["body_damaged"]


def test_a_generation_of_a_newer_program_is_refused_in_one_line(rig: Rig, monkeypatch) -> None:
    three(rig)
    known = "appliance.store.schema.CONTENT"
    monkeypatch.setattr(known, ())
    with pytest.raises(NewerStore, match="generation 3 was saved by a newer PiChat"):
        rig.open()


def test_a_box_file_that_is_damaged_is_never_begun_anew(rig: Rig) -> None:
    three(rig)
    for harm in (
        lambda _: b"",
        lambda _: b"garbage" * 1000,
        lambda data: data[:4096] + b"\xff" * (len(data) - 4096),
    ):
        whole = rig.layout.box.read_bytes()
        spoil(rig.layout.box, harm)
        with pytest.raises(BoxLost, match="pichat restore --box"):
            rig.open()
        rig.layout.box.write_bytes(whole)
    rig.layout.box.unlink()
    with pytest.raises(BoxLost, match="missing"):
        rig.open()
    assert not rig.layout.box.exists()


def test_the_accounts_come_back_from_a_generation_on_command(rig: Rig) -> None:
    store = rig.open()
    add = "INSERT INTO users (id, username, username_key, name, role, created) VALUES (?, ?, ?, ?, ?, 0)"
    store.box.write_now(lambda db: db.execute(add, ("u_1", "ana", "ana", "Ana", "cliente")))
    keep(store)
    store.box.write_now(lambda db: db.execute(add, ("u_2", "late", "late", "Late", "cliente")))
    keep(store)
    store.close()
    spoil(rig.layout.box, lambda _: b"garbage" * 1000)
    (rig.layout.data / "box.db-wal").write_bytes(b"an old log")
    spoil(rig.layout.generation(2) / "box.db", lambda data: data[:-1])  # the newest copy is no good either
    assert boxfile.recover_box(rig.layout, store.disk, None, 77) == 1
    store = rig.open()
    names = store.box.read_now(
        lambda db: [row[0] for row in db.execute("SELECT username FROM users").fetchall()]
    )
    assert names == ["ana"]
    assert (rig.layout.data / "box.db.damaged-77").read_bytes() == b"garbage" * 1000
    assert (rig.layout.data / "box.db.damaged-77-wal").read_bytes() == b"an old log"
    assert [one.what for one in check.generation(rig.layout, 2, deep=False)] == ["box"]


def test_an_older_box_file_is_copied_aside_before_it_changes(rig: Rig, monkeypatch) -> None:
    rig.open().close()
    before = rig.layout.box.stat().st_size
    more = (*boxfile.BOX, "CREATE TABLE newer (x);")
    monkeypatch.setattr(boxfile, "BOX", more)
    store = rig.open()
    assert store.box.migrated_from == len(more) - 1
    aside = rig.layout.data / f"box.db.before-{len(more) - 1}"
    assert aside.stat().st_size == before
    store.close()
    monkeypatch.undo()
    with pytest.raises(NewerStore, match=f"as it was before that: {aside}"):
        rig.open()


def test_an_old_generation_is_migrated_in_the_copy_alone(rig: Rig, monkeypatch) -> None:
    three(rig)
    from appliance.store import opening, schema

    more = (*schema.CONTENT, "CREATE TABLE newer (x);")
    monkeypatch.setattr(schema, "CONTENT", more)
    monkeypatch.setattr(opening, "CONTENT", more)
    before = (rig.layout.generation(3) / "content.db").read_bytes()
    store = rig.open()
    assert store.content.read_now(lambda db: db.execute("SELECT count(*) FROM newer").fetchall()[0][0]) == 0
    assert said(store) == ["word 1", "word 2", "word 3"]
    assert (rig.layout.generation(3) / "content.db").read_bytes() == before
    assert generations.effective(rig.layout).generation == 3


def test_generations_that_vanished_are_not_taken_for_a_new_box(rig: Rig) -> None:
    """A card that lost a whole folder: the accounts remember that something was saved."""
    three(rig)
    for number in (1, 2, 3):
        rig.layout.generation(number).rename(rig.folder / str(number))
    rig.layout.stable_current.unlink()
    with pytest.raises(NoGoodGeneration) as rescue:
        rig.open()
    assert [(one.generation, one.flaw.value) for one in rescue.value.passed] == [(3, "missing")]


@pytest.mark.parametrize("text", [b"", b"\xff\x00garbage"])
def test_a_pointer_of_a_box_that_never_began_a_save_points_at_nothing(
    rig: Rig, expect_log, text: bytes
) -> None:
    """Nothing was saved, so nothing can be lost: it starts, and says what it found."""
    store = rig.open()
    say(store, "never saved")
    rig.layout.stable_current.write_bytes(text)
    expect_log("passed over stable/CURRENT")
    store = rig.rebooted(store)
    assert (store.outcome.how, said(store)) == ("factory", [])
    assert [one.flaw for one in store.outcome.passed] == [Flaw.POINTER]
    say(store, "saved")
    keep(store)
    assert said(rig.rebooted(store)) == ["saved"]


@pytest.mark.parametrize("pointer", [b"\xff\x00garbage", b"1 " + b"0" * 64, None])
def test_a_box_that_remembers_a_save_never_comes_up_empty(rig: Rig, pointer: bytes | None) -> None:
    """Whatever the pointer says, also when the process ended before the accounts were told of the save."""
    store = rig.open()
    keep(store)
    if pointer is not None:
        store.box.write_now(lambda db: meta.drop(db, generations.SAVED))
    store.close()
    shutil.rmtree(rig.layout.generation(1))
    if pointer is None:
        rig.layout.stable_current.unlink()
    else:
        rig.layout.stable_current.write_bytes(pointer)
    rig.new_boot()
    with pytest.raises(NoGoodGeneration):
        rig.open()


def test_a_folder_that_belongs_to_nobody_of_ours_is_one_line(rig: Rig) -> None:
    rig.open().close()
    rig.layout.live.rename(rig.folder / "live")
    rig.layout.live.write_text("a file where a folder should be")
    with pytest.raises(StartError, match="cannot be"):
        rig.open()
