"""What a boot takes back and what it leaves: the promise that the box is chosen for."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from appliance.base.errors import StartError
from appliance.store import intents
from tests.store.rigs import Rig, body_of, bring, drop, files, keep, said, say


def test_a_box_that_never_saved_begins_with_its_one_room(rig: Rig) -> None:
    store = rig.open()
    assert (store.outcome.how, store.outcome.generation) == ("factory", None)
    rooms = store.content.read_now(lambda db: db.execute("SELECT kind, name, everyone FROM rooms").fetchall())
    assert [tuple(room) for room in rooms] == [("public", "General", 1)]
    say(store, "hola")
    store = rig.rebooted(store)
    assert store.outcome.how == "factory"
    assert said(store) == []


def test_the_same_boot_goes_on_where_it_was(rig: Rig) -> None:
    store = rig.open()
    epoch = store.epoch
    say(store, "one")
    bring(store, b"bytes", "plan.pdf")
    store.close()
    store = rig.open()
    assert (store.outcome.how, store.epoch) == ("reopened", epoch)
    assert said(store) == ["one"]
    assert body_of(store, "plan.pdf") == b"bytes"


def test_a_new_boot_brings_back_what_was_saved(rig: Rig) -> None:
    store = rig.open()
    say(store, "before")
    bring(store, b"kept", "kept.pdf")
    saved = keep(store, "Tuesday")
    say(store, "after")
    bring(store, b"new", "new.pdf")
    epoch = store.epoch
    store = rig.rebooted(store)
    assert (store.outcome.how, store.outcome.generation) == ("restored", saved.generation)
    assert store.epoch != epoch
    assert said(store) == ["before"]
    assert files(store) == ["kept.pdf"]
    assert body_of(store, "kept.pdf") == b"kept"


def test_deletions_and_edits_are_undone(rig: Rig) -> None:
    store = rig.open()
    say(store, "the truth")
    kept = bring(store, b"kept", "kept.pdf")
    keep(store)
    store.content.write_now(lambda db: db.execute("UPDATE messages SET body = 'a lie'"))
    drop(store, kept)
    assert files(store) == []
    store = rig.rebooted(store)
    assert said(store) == ["the truth"]
    assert body_of(store, "kept.pdf") == b"kept"


def test_restore_at_each_start_when_the_setting_says_so(tmp_path) -> None:
    rig = Rig(tmp_path, restore="start")
    store = rig.open()
    say(store, "gone at the next start")
    store.close()
    store = rig.open()
    assert (store.outcome.why, said(store)) == ("start", [])
    store.close()


def test_each_start_is_a_boot_where_the_kernel_does_not_name_them(rig: Rig) -> None:
    rig.boot_id.unlink()
    store = rig.open()
    say(store, "one")
    store.close()
    store = rig.open()
    assert (store.outcome.why, said(store)) == ("boot", [])


def test_two_servers_do_not_share_a_data_folder(rig: Rig) -> None:
    store = rig.open()
    with pytest.raises(StartError, match=f"using the data folder {rig.settings.data}"):
        rig.open()
    store.close()
    assert rig.open().outcome.how == "reopened"


def test_a_data_folder_that_cannot_be_made_is_one_clear_line(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    rig = Rig(tmp_path)
    rig.settings = type(rig.settings)(data=tmp_path / "file" / "data")
    with pytest.raises(StartError, match="cannot be written"):
        rig.open()


def test_an_old_log_beside_a_copied_database_would_bite_and_does_not(rig: Rig, tmp_path: Path) -> None:
    """The trap: SQLite takes any `-wal` beside a database for its own, and `integrity_check` says ok."""
    store = rig.open()
    stable = [f"stable {i}" for i in range(50)]
    say(store, *stable)
    keep(store)
    say(store, *(f"evil {i}" for i in range(300)))
    (tmp_path / "twin").mkdir()
    killed = rig.twin(tmp_path / "twin")  # as a killed process leaves it: the log is full

    live = killed.layout.session(store.epoch) / "content.db"
    assert live.with_name("content.db-wal").stat().st_size > 100_000
    naive = tmp_path / "naive"
    shutil.copytree(live.parent, naive)
    (naive / "content.db").write_bytes((killed.layout.generation(1) / "content.db").read_bytes())
    with closing(sqlite3.connect(naive / "content.db")) as db:
        bitten = [row[0] for row in db.execute("SELECT body FROM messages").fetchall()]
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert "evil 299" in bitten

    shutil.copy(live.with_name("content.db-wal"), killed.layout.generation(1))  # and somebody left one there
    killed.new_boot()
    restored = killed.open()
    assert said(restored) == stable
    killed.close()


def test_a_session_in_which_nothing_happened_leaves_no_folder(rig: Rig) -> None:
    first = rig.open()
    second = rig.rebooted(first)
    assert [path.name for path in rig.layout.live.iterdir() if path.is_dir()] == [second.epoch]


def test_a_power_cut_is_not_a_decision(rig: Rig) -> None:
    first = rig.open()
    say(first, "precious")
    second = rig.rebooted(first)
    assert second.outcome.ended == first.epoch
    assert not second.outcome.erased
    assert (rig.layout.session(first.epoch) / "content.db").exists()
    with closing(sqlite3.connect(rig.layout.session(first.epoch) / "content.db")) as db:
        assert db.execute("SELECT body FROM messages").fetchall() == [("precious",)]


def test_a_deliberate_reset_erases_the_session_before_it(rig: Rig) -> None:
    store = rig.open()
    say(store, "to be gone")
    bring(store, b"body")
    first = store.epoch
    store.box.write_now(lambda db: intents.intend(db, first, "u_admin", 5))
    store.close()
    store = rig.open()  # in the same boot: the intent alone makes it one
    assert (store.outcome.why, store.outcome.erased, said(store)) == ("reset", True, [])
    assert [path.name for path in rig.layout.live.iterdir() if path.is_dir()] == [store.epoch]
    assert store.box.read_now(intents.unused) == frozenset()


def test_an_intent_is_used_once(rig: Rig) -> None:
    store = rig.open()
    store.box.write_now(lambda db: intents.intend(db, store.epoch, "u_admin", 5))
    store.close()
    store = rig.open()
    epoch = store.epoch
    say(store, "stays")
    store.close()
    store = rig.open()
    assert (store.epoch, said(store)) == (epoch, ["stays"])


def test_a_reset_that_a_power_cut_overtook_is_still_deliberate(rig: Rig) -> None:
    store = rig.open()
    say(store, "to be gone")
    first = store.epoch
    store.box.write_now(lambda db: intents.intend(db, first, "u_admin", 5))
    store = rig.rebooted(store)
    assert store.outcome.erased
    assert not rig.layout.session(first).exists()


def test_an_intent_whose_session_ended_otherwise_still_erases_it(rig: Rig) -> None:
    """The process was killed between the restore and the note that the intent is used."""
    store = rig.open()
    say(store, "to be gone")
    first = store.epoch
    store = rig.rebooted(store)
    store.box.write_now(lambda db: intents.intend(db, first, "u_admin", 5))
    epoch = store.epoch
    store.close()
    store = rig.open()
    assert (store.epoch, store.outcome.how) == (epoch, "reopened")
    assert not rig.layout.session(first).exists()


def test_restore_now_is_a_deliberate_end(rig: Rig) -> None:
    store = rig.open()
    say(store, "to be gone")
    first = store.epoch
    store.close()
    store = rig.open(now=True)
    assert (store.outcome.why, said(store)) == ("reset", [])
    assert not rig.layout.session(first).exists()


def test_an_unfinished_upload_outlives_the_program_but_not_the_boot(rig: Rig) -> None:
    store = rig.open()
    writer = store.blobs.writer("up1")
    writer.write(b"half")
    writer.pause()
    store.close()
    store = rig.open()
    assert store.blobs.parts() == [("up1", 4)]
    writer = store.blobs.reopen("up1")
    writer.write(b" done")
    assert writer.finish().size == 9
    writer.settled()
    store.blobs.writer("up2").pause()
    store = rig.rebooted(store)
    assert store.blobs.parts() == []


def test_a_damaged_live_folder_is_given_up_loudly(rig: Rig, expect_log) -> None:
    store = rig.open()
    say(store, "saved")
    keep(store)
    first = store.epoch
    store.close()
    (store.live / "content.db").write_bytes(b"not a database" * 1000)
    expect_log("the content of this boot is damaged")
    store = rig.open()
    assert (store.outcome.why, said(store)) == ("damaged", ["saved"])
    assert rig.layout.session(first).exists()
