"""Saving as stable: what goes in, what stays out, what is kept of the past."""

import sqlite3
import stat
import threading
from contextlib import closing

import pytest

from appliance.base.errors import Code, Refusal
from appliance.store.disk import Disk
from appliance.store.snapshot import generations
from appliance.store.snapshot.manifest import verify
from appliance.store.snapshot.save import delete
from tests.store.rigs import (
    ADMIN,
    Rig,
    body_of,
    bring,
    drop,
    files,
    in_generation,
    keep,
    said,
    say,
    sha,
)


def kept_bodies(rig: Rig) -> set[str]:
    return {path.name for path in rig.layout.blobs.glob("??/*")}


def test_a_generation_says_what_it_holds(rig: Rig) -> None:
    store = rig.open()
    say(store, "one", "two")
    bring(store, b"12345", "a.pdf")
    bring(store, b"678", "b.pdf")
    saved = keep(store, "before the fair")
    assert (saved.generation, saved.note, (saved.by, saved.by_name)) == (1, "before the fair", ADMIN)
    assert (saved.files, saved.bytes, saved.messages, saved.rooms, saved.lost) == (2, 8, 2, 1, 0)
    assert verify(rig.layout, 1) == saved
    assert generations.pointer(rig.layout)[0] == 1


def test_generations_are_plain_read_only_files(rig: Rig) -> None:
    store = rig.open()
    say(store, "x")
    keep(store)
    folder = rig.layout.generation(1)
    assert {path.name for path in folder.iterdir()} == {"content.db", "box.db", "manifest.json"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o400}
    with (folder / "content.db").open("rb") as file:
        assert file.read(20)[18:20] == b"\x01\x01"  # no write-ahead log: none can be put beside it


def test_bodies_are_shared_not_copied(rig: Rig) -> None:
    store = rig.open()
    bring(store, b"x" * 5000)
    keep(store)
    (live,), (kept,) = store.blobs.in_session(), rig.layout.blobs.glob("??/*")
    assert live.stat().st_ino == kept.stat().st_ino
    assert stat.S_IMODE(kept.stat().st_mode) == 0o440


def test_flagged_and_unfinished_files_stay_out(rig: Rig) -> None:
    store = rig.open()
    bring(store, b"good", "good.pdf")
    bring(store, b"virus", "bad.pdf", scan="flagged")
    bring(store, b"half", "half.pdf", state="receiving")
    bring(store, b"no", "rejected.pdf", state="rejected")
    saved = keep(store)
    assert in_generation(rig, 1, "SELECT name FROM files ORDER BY ev") == ["good.pdf", "rejected.pdf"]
    assert saved.files == 2
    assert kept_bodies(rig) == {sha(b"good")}
    assert b"bad.pdf" not in (rig.layout.generation(1) / "content.db").read_bytes()
    keep(store, include_flagged=True)
    assert "bad.pdf" in in_generation(rig, 2, "SELECT name FROM files")
    bring(store, b"another", "worse.pdf", scan="flagged")
    saved = keep(store, kind="timer")
    assert in_generation(rig, 3, "SELECT name FROM files ORDER BY ev") == [
        "good.pdf",
        "bad.pdf",
        "rejected.pdf",
    ]
    assert files(store) == ["good.pdf", "bad.pdf", "half.pdf", "rejected.pdf", "worse.pdf"]


def test_the_copy_of_the_accounts_keeps_nobody_signed_in(rig: Rig) -> None:
    store = rig.open()

    def somebody(db: sqlite3.Connection) -> None:
        db.execute(
            "INSERT INTO users (id, username, username_key, name, role, created)"
            " VALUES ('u_1', 'ana', 'ana', 'Ana', 'cliente', 0)"
        )
        db.execute(
            "INSERT INTO sessions (id, user, kind, token_hash, created, seen, token_expires, expires)"
            " VALUES ('s_1', 'u_1', 'cookie', x'deadbeefdeadbeef', 0, 0, 0, 0)"
        )
        db.execute(
            "INSERT INTO links (id, kind, user, token_hash, expires) VALUES ('l_1', 'reset', 'u_1', x'01', 0)"
        )

    store.box.write_now(somebody)
    keep(store)
    path = rig.layout.generation(1) / "box.db"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        counts = {
            table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("users", "sessions", "links")
        }
    assert counts == {"users": 1, "sessions": 0, "links": 0}
    assert bytes.fromhex("deadbeefdeadbeef") not in path.read_bytes()


def test_five_deliberate_generations_stay_and_the_current_one_always(rig: Rig) -> None:
    store = rig.open()
    for number in range(1, 8):
        say(store, f"word {number}")
        keep(store)
    assert generations.numbers(rig.layout) == [3, 4, 5, 6, 7]
    generations.make_current(rig.layout, Disk(), 3)
    store = rig.rebooted(store)
    assert said(store) == ["word 1", "word 2", "word 3"]
    keep(store)
    assert generations.numbers(rig.layout) == [4, 5, 6, 7, 8]


def test_automatic_saves_turn_in_two_places_of_their_own(rig: Rig) -> None:
    store = rig.open()
    keep(store)
    for _ in range(4):
        keep(store, kind="timer")
    keep(store, kind="shutdown")
    assert generations.numbers(rig.layout) == [1, 5, 6]


def test_a_number_is_not_given_twice(rig: Rig) -> None:
    store = rig.open()
    for _ in range(3):
        keep(store)
    generations.make_current(rig.layout, store.disk, 1)
    delete(store, 3)
    assert keep(store).generation == 4


def test_bodies_go_when_no_generation_names_them(rig: Rig) -> None:
    store = rig.open()
    old = bring(store, b"old", "old.pdf")
    keep(store)
    drop(store, old)
    bring(store, b"new", "new.pdf")
    for _ in range(4):
        keep(store)
    assert kept_bodies(rig) == {sha(b"old"), sha(b"new")}
    keep(store)  # pushes the first one out
    assert kept_bodies(rig) == {sha(b"new")}


def test_bodies_that_the_session_leans_on_stay(rig: Rig) -> None:
    """Restored from 1, so without bytes of its own; then 1 goes."""
    store = rig.open()
    bring(store, b"leant on", "a.pdf")
    keep(store)
    first = rig.rebooted(store)
    fresh = [bring(first, b"other", "b.pdf")]
    drop(first, fresh[0])
    first.content.write_now(lambda db: db.execute("UPDATE files SET state = 'quarantined'"))
    keep(first)
    delete(first, 1)
    assert body_of(first, "a.pdf") == b"leant on"


def test_nothing_is_cleared_away_while_a_generation_is_damaged(rig: Rig, expect_log) -> None:
    store = rig.open()
    one = bring(store, b"one", "one.pdf")
    keep(store)
    drop(store, one)
    keep(store)
    keep(store)
    manifest = rig.layout.generation(2) / "manifest.json"
    manifest.chmod(0o600)
    manifest.write_bytes(b"{}")
    expect_log("bodies are not cleared away while generation 2 is damaged")
    delete(store, 1)
    assert sha(b"one") in kept_bodies(rig)
    delete(store, 2)
    assert sha(b"one") not in kept_bodies(rig)


def test_what_is_deleted_during_a_save_is_in_it_and_gone_afterwards(rig: Rig) -> None:
    """The save has read the names and not yet the bodies when somebody deletes a file."""
    reached, go_on = threading.Event(), threading.Event()

    class Slow(Disk):
        def mkdir(self, path) -> None:
            super().mkdir(path)
            if path.parent == rig.layout.blobs:
                reached.set()
                assert go_on.wait(10)

    store = rig.open(disk=Slow())
    one = bring(store, b"one", "one.pdf")
    two = bring(store, b"two", "two.pdf")
    saving = store.work.submit(keep, store)
    assert reached.wait(10)
    drop(store, one)
    drop(store, two)
    bring(store, b"two", "two again.pdf")
    go_on.set()
    assert saving.result(10).files == 2
    assert kept_bodies(rig) == {sha(b"one"), sha(b"two")}
    assert [path.name for path in store.blobs.in_session()] == [sha(b"two")]
    store = rig.rebooted(store)
    assert (body_of(store, "one.pdf"), body_of(store, "two.pdf")) == (b"one", b"two")


def test_a_damaged_live_database_is_not_saved(rig: Rig, expect_log) -> None:
    store = rig.open()
    say(store, *(f"message {i} " + "x" * 400 for i in range(100)))
    keep(store)
    sql = "SELECT rootpage FROM sqlite_master WHERE name = 'messages'"
    page = store.content.read_now(lambda db: db.execute(sql).fetchall()[0][0])
    store.close()
    path = store.live / "content.db"
    data = bytearray(path.read_bytes())
    data[4096 * (page - 1) : 4096 * page] = b"\xff" * 4096
    path.write_bytes(data)
    store = rig.open()
    expect_log("the live content is damaged")
    with pytest.raises(Refusal) as refused:
        keep(store)
    assert refused.value.code is Code.INTERNAL
    assert {path.name for path in rig.layout.stable.iterdir()} == {"1", "CURRENT"}


def test_a_lost_body_does_not_keep_the_rest_from_being_saved(rig: Rig, expect_log) -> None:
    store = rig.open()
    bring(store, b"here", "here.pdf")
    bring(store, b"lost", "lost.pdf")
    for path in store.blobs.in_session():
        if path.name == sha(b"lost"):
            path.unlink()
    expect_log("is lost; the file that names it is saved without it")
    assert keep(store).lost == 1
    assert kept_bodies(rig) == {sha(b"here")}


def test_a_kept_body_of_the_wrong_length_is_replaced_by_a_good_one(rig: Rig) -> None:
    store = rig.open()
    bring(store, b"whole body", "a.pdf")
    keep(store)
    (kept,) = rig.layout.blobs.glob("??/*")
    kept.unlink()
    kept.write_bytes(b"who")
    keep(store)
    assert kept.read_bytes() == b"whole body"


def test_where_a_file_cannot_have_two_names_bodies_are_copied(rig: Rig) -> None:
    class NoLinks(Disk):
        def link(self, old, new) -> None:
            raise PermissionError(1, "Operation not permitted")

    store = rig.open(disk=NoLinks())
    bring(store, b"copied", "a.pdf")
    keep(store)
    store = rig.rebooted(store)
    assert body_of(store, "a.pdf") == b"copied"


def test_deleting_what_is_not_there(rig: Rig) -> None:
    store = rig.open()
    with pytest.raises(Refusal) as refused:
        delete(store, 9)
    assert refused.value.code is Code.NOT_FOUND
