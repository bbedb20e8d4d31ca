"""Bodies by their hash: how they come in, are shared, and go."""

import hashlib
import stat
from pathlib import Path

import pytest

from appliance.base.errors import Code, Refusal
from appliance.store.blobs import Blobs, body_path
from appliance.store.writer import Body
from tests.store.rigs import Rig, body_of, bring, drop, keep, sha


@pytest.fixture
def blobs(tmp_path) -> Blobs:
    for name in ("live/blobs", "live/incoming", "kept"):
        (tmp_path / name).mkdir(parents=True)
    return Blobs(tmp_path / "live", tmp_path / "kept")


def come(blobs: Blobs, upload: str, data: bytes) -> Body:
    writer = blobs.writer(upload)
    writer.write(data)
    body = writer.finish()
    writer.settled()
    return body


def read(blobs: Blobs, sha256: str) -> bytes:
    with blobs.open_read(sha256) as file:
        return file.read()


def test_a_body_is_hashed_as_it_comes_and_named_by_its_hash(blobs: Blobs) -> None:
    writer = blobs.writer("u1")
    for piece in (b"one ", bytearray(b"two "), memoryview(b"three")):
        writer.write(piece)
    body = writer.finish()
    assert body == (hashlib.sha256(b"one two three").hexdigest(), 13)
    path = blobs.path(body.sha256)
    assert path.parent.name == body.sha256[:2]
    assert stat.S_IMODE(path.stat().st_mode) == 0o440
    assert read(blobs, body.sha256) == b"one two three"
    assert blobs.parts() == []


def test_an_empty_body_is_a_body(blobs: Blobs) -> None:
    body = blobs.writer("u1").finish()
    assert (body.size, read(blobs, body.sha256)) == (0, b"")


def test_a_part_is_for_nobody_else_and_its_name_is_taken_once(blobs: Blobs, tmp_path) -> None:
    writer = blobs.writer("u1")
    (part,) = (tmp_path / "live" / "incoming").iterdir()
    assert stat.S_IMODE(part.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        blobs.writer("u1")
    writer.abort()
    writer.abort()
    assert not part.exists()


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a.b", "x" * 101, "a\0"])
def test_only_ids_of_ours_become_names(blobs: Blobs, name: str) -> None:
    with pytest.raises(Refusal):
        blobs.writer(name)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_only_a_hash_leads_to_a_body(blobs: Blobs, name: str) -> None:
    with pytest.raises(Refusal) as refused:
        blobs.open_read(name)
    assert refused.value.code is Code.NOT_FOUND


def test_a_body_that_nobody_has_is_gone(blobs: Blobs) -> None:
    for look in (blobs.open_read, blobs.path):
        with pytest.raises(Refusal) as refused:
            look("a" * 64)
        assert refused.value.code is Code.GONE


def test_a_symbolic_link_is_not_followed(blobs: Blobs, tmp_path) -> None:
    (tmp_path / "secret").write_text("s")
    (tmp_path / "live" / "incoming" / "u1.part").symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="exists"):
        blobs.writer("u1")
    target = body_path(tmp_path / "live" / "blobs", "a" * 64)
    target.parent.mkdir()
    target.symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="symbolic links"):
        blobs.open_read("a" * 64)


def test_the_same_bytes_are_kept_once(blobs: Blobs) -> None:
    first, second = come(blobs, "u1", b"same"), come(blobs, "u2", b"same")
    assert first == second
    assert len(list(blobs.in_session())) == 1


def test_a_pause_lets_go_of_the_file_and_nothing_else(blobs: Blobs) -> None:
    writer = blobs.writer("u1")
    writer.write(b"one")
    before = len(list(Path("/proc/self/fd").iterdir()))
    writer.pause()
    assert len(list(Path("/proc/self/fd").iterdir())) == before - 1
    writer.write(b" two")
    assert writer.finish() == (sha(b"one two"), 7)


def test_after_a_crash_an_upload_goes_on_where_the_file_ends(blobs: Blobs) -> None:
    writer = blobs.writer("u1")
    writer.write(b"one")
    del writer
    assert blobs.parts() == [("u1", 3)]
    again = blobs.reopen("u1")
    again.write(b" two")
    assert again.finish() == (sha(b"one two"), 7)
    with pytest.raises(Refusal) as refused:
        blobs.reopen("u1")
    assert refused.value.code is Code.NOT_FOUND


def test_a_body_is_taken_away_when_no_row_names_it(rig: Rig) -> None:
    store = rig.open()
    one = bring(store, b"same", "one.pdf")
    two = bring(store, b"same", "two.pdf")
    drop(store, one)
    assert body_of(store, "two.pdf") == b"same"
    drop(store, two)
    assert list(store.blobs.in_session()) == []
    assert list((store.live / "incoming").iterdir()) == []


def test_a_reader_goes_on_while_the_body_is_taken_away(rig: Rig) -> None:
    store = rig.open()
    one = bring(store, b"same", "one.pdf")
    with store.blobs.open_read(sha(b"same")) as file:
        drop(store, one)
        assert file.read() == b"same"


def test_a_body_whose_row_is_on_its_way_stays(rig: Rig) -> None:
    """Somebody deletes the only file of a body while the same bytes are uploaded again."""
    store = rig.open()
    old = bring(store, b"same", "old.pdf")
    writer = store.blobs.writer("u1")
    writer.write(b"same")
    writer.finish()
    drop(store, old)
    assert len(list(store.blobs.in_session())) == 1
    writer.abort()
    store.discard(sha(b"same"))
    assert list(store.blobs.in_session()) == []


def test_bytes_that_a_generation_keeps_are_shared_and_outlive_it(rig: Rig) -> None:
    store = rig.open()
    bring(store, b"same", "old.pdf")
    keep(store)
    store = rig.rebooted(store)
    assert list(store.blobs.in_session()) == []
    bring(store, b"same", "new.pdf")
    (mine,), (kept,) = store.blobs.in_session(), rig.layout.blobs.glob("??/*")
    assert mine.stat().st_ino == kept.stat().st_ino
    kept.unlink()
    assert body_of(store, "new.pdf") == b"same"


def test_bytes_of_an_earlier_session_are_not_trusted(rig: Rig) -> None:
    """A folder that a power cut left may hold anything under any name."""
    store = rig.open()
    bring(store, b"same", "old.pdf")
    (old,) = store.blobs.in_session()
    store = rig.rebooted(store)
    old.chmod(0o600)
    old.write_bytes(b"evil")
    bring(store, b"same", "new.pdf")
    assert body_of(store, "new.pdf") == b"same"


def test_a_kept_body_of_the_wrong_length_is_not_shared(rig: Rig, expect_log) -> None:
    store = rig.open()
    bring(store, b"same", "old.pdf")
    keep(store)
    store.close()
    (kept,) = rig.layout.blobs.glob("??/*")
    kept.unlink()
    kept.write_bytes(b"sam")
    rig.new_boot()
    expect_log("have lost their bytes")
    store = rig.open()
    bring(store, b"same", "new.pdf")
    assert body_of(store, "old.pdf") == b"same"  # healed, and the next save heals the kept one
    keep(store)
    assert kept.read_bytes() == b"same"
