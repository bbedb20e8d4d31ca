"""Saving a choice: what was chosen is as it is now, deletions too, and the rest as it was saved."""

import random
import sqlite3
from contextlib import closing

import pytest
from msgspec.structs import replace

from appliance.base.errors import Code, Refusal
from appliance.store import decisions, schema, search
from appliance.store.decisions import Decision, Kind
from appliance.store.disk import Disk, file_hash
from appliance.store.snapshot import check, generations
from appliance.store.snapshot.choice import Choice
from appliance.store.snapshot.manifest import read, seal
from tests.store.histories import Life, content_of, dump, ought, wished
from tests.store.rigs import Rig, body_of, bring, drop, files, in_generation, keep, said, say, sha, spoil


def chosen(**more: object) -> Choice:
    return Choice(**more)  # type: ignore[arg-type]


def make_room(store, room: str, kind: str = "public", **more: object) -> str:
    columns = {"id": room, "kind": kind, "name": room, "created": 1, **more}
    sql = f"INSERT INTO rooms ({', '.join(columns)}) VALUES ({', '.join('?' for _ in columns)})"
    store.content.write_now(lambda db: db.execute(sql, tuple(columns.values())))
    return room


@pytest.mark.parametrize("seed", range(3))
def test_random_histories_and_choices_come_back_as_they_were_chosen(rig: Rig, seed: int) -> None:
    play(rig, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3, 2000))
def test_many_random_histories_and_choices(rig: Rig, seed: int) -> None:
    play(rig, seed)


def play(rig: Rig, seed: int) -> None:
    dice = random.Random(seed)
    store = rig.open()
    life = Life(store, dice)
    for _ in range(5):
        life.live(dice.randrange(5, 40))
        live = content_of(store.content.path, fixed=False)
        saved = generations.effective(rig.layout)
        before = (
            content_of(rig.layout.generation(saved.generation) / "content.db", fixed=True) if saved else None
        )
        if dice.random() < 0.2:
            keep(store)
            expected = {**live, "message_files": with_both_ends(live)}
        else:
            choice = wished(dice, live, before or factory(rig))
            keep(store, only=choice)
            expected = ought(live, before or factory(rig), choice)
        number = generations.numbers(rig.layout)[-1]
        found = content_of(rig.layout.generation(number) / "content.db", fixed=True)
        assert found == expected
        assert check.generation(rig.layout, number, deep=True) == []
        assert words_fit(rig, number)
        assert content_of(store.content.path, fixed=False) == live
        if dice.random() < 0.6:
            life.store = store = rig.rebooted(store)
            assert store.content.read_now(dump) == expected
            assert all(body_of(store, name) for name in files(store))
        elif dice.random() < 0.3:
            older = dice.choice(generations.numbers(rig.layout))
            generations.make_current(rig.layout, store.disk, older)


def factory(rig: Rig):
    """What a box begins with, of this very one."""
    path = rig.folder / "factory"
    if not path.exists():
        path.mkdir()
        other = Rig(path)
        other.open().close()
        epoch = next(one for one in other.layout.live.iterdir() if one.is_dir())
        path.joinpath("content.db").write_bytes((epoch / "content.db").read_bytes())
    return content_of(path / "content.db", fixed=True)


def with_both_ends(live):
    """Of a file that is gone a full save leaves nothing."""
    return {key: one for key, one in live["message_files"].items() if (key[1],) in live["files"]}


def words_fit(rig: Rig, number: int) -> bool:
    """The index of a generation names what is in it and nothing else, up to where it says it has come."""
    path = rig.layout.generation(number) / "content.db"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        sql = (
            "SELECT count(*) FROM words LEFT JOIN indexed ON indexed.number = words.rowid"
            " LEFT JOIN messages ON messages.room = indexed.room AND messages.seq = indexed.seq"
            " WHERE words.body IS NOT messages.body"
            " AND coalesce(messages.ev, 0) <= (SELECT value + 0 FROM meta WHERE key = 'indexed_ev')"
        )
        return bool(db.execute(sql).fetchone()[0] == 0)


def test_the_first_save_of_a_choice_is_on_top_of_nothing(rig: Rig) -> None:
    store = rig.open()
    say(store, "one")
    bring(store, b"kept", "kept.pdf")
    bring(store, b"other", "other.pdf")
    saved = keep(store, only=chosen(files=[found(store, "kept.pdf")]))
    assert (saved.files, saved.messages, saved.rooms) == (1, 0, 1)
    assert saved.only and (saved.only.files, saved.only.base) == (1, None)
    store = rig.rebooted(store)
    assert (said(store), files(store)) == ([], ["kept.pdf"])
    assert body_of(store, "kept.pdf") == b"kept"


def found(store, name: str) -> str:
    sql = "SELECT id FROM files WHERE name = ?"
    return str(store.content.read_now(lambda db: db.execute(sql, (name,)).fetchone())[0])


def test_a_room_comes_whole_with_the_files_of_its_messages(rig: Rig) -> None:
    store = rig.open()
    room = make_room(store, "r_a", "private", owner="u_ana")
    say(store, "elsewhere")
    (message,) = say(store, "look", room=room)
    file = bring(store, b"a picture", "picture.pdf")
    bring(store, b"not asked for", "other.pdf")
    for sql in (
        f"INSERT INTO message_files VALUES ('{message}', '{file}')",
        "INSERT INTO members (room, user, role, joined, read) VALUES ('r_a', 'u_ana', 'owner', 1, 1)",
        "INSERT INTO members (room, user, joined) VALUES ('r_a', 'g_gus', 1)",
        "INSERT INTO guests VALUES ('g_gus', 'r_a', 'Gus', 's', x'00', '', 0, 0)",
        "INSERT INTO reactions VALUES ('r_a', 1, '+', 'u_ana', 9)",
    ):
        store.content.write_now(lambda db, sql=sql: db.execute(sql))
    keep(store, only=chosen(rooms=[room]))
    store = rig.rebooted(store)
    assert (said(store), files(store)) == (["look"], ["picture.pdf"])
    links = store.content.read_now(
        lambda db: db.execute("SELECT message, file FROM message_files").fetchall()
    )
    assert [tuple(link) for link in links] == [(message, file)]
    members = store.content.read_now(lambda db: db.execute("SELECT user, read FROM members").fetchall())
    assert [tuple(one) for one in members] == [("u_ana", 1)]
    assert len(store.content.read_now(dump)["reactions"]) == 1


def test_what_was_deleted_leaves_the_snapshot_when_it_is_chosen(rig: Rig) -> None:
    store = rig.open()
    room = make_room(store, "r_a")
    say(store, "stays saved")
    say(store, "zanahoria", room=room)
    one, two = bring(store, b"one", "one.pdf"), bring(store, b"two", "two.pdf")
    store.content.write_now(search.catch_up)
    keep(store)
    for file in (one, two):
        drop(store, file)
    store.content.write_now(lambda db: db.execute("DELETE FROM messages"))
    store.content.write_now(lambda db: db.execute("DELETE FROM rooms WHERE id = 'r_a'"))
    keep(store, only=chosen(rooms=[room], files=[one]))
    assert b"zanahoria" not in (rig.layout.generation(2) / "content.db").read_bytes()
    for _ in range(5):  # pushes the first one out
        keep(store, only=chosen(kinds=frozenset({"members"})))
    assert {path.name for path in rig.layout.blobs.glob("??/*")} == {sha(b"two")}
    store = rig.rebooted(store)
    assert (said(store), files(store)) == (["stays saved"], ["two.pdf"])


def test_what_looks_dangerous_needs_a_second_yes(rig: Rig) -> None:
    store = rig.open()
    bad = bring(store, b"virus", "bad.pdf", scan="flagged")
    good = bring(store, b"good", "good.pdf")
    for choice in (chosen(files=[bad, good]), chosen(kinds=frozenset({"files"}))):
        with pytest.raises(Refusal) as refused:
            keep(store, only=choice)
        assert refused.value.code is Code.CONFLICT
        assert refused.value.params == {"reason": "flagged", "count": 1, "files": [bad], "names": ["bad.pdf"]}
    assert generations.numbers(rig.layout) == []
    keep(store, only=chosen(files=[bad, good]), include_flagged=False)
    assert in_generation(rig, 3, "SELECT name FROM files") == ["good.pdf"]
    keep(store, only=chosen(files=[bad]), include_flagged=True)
    assert in_generation(rig, 4, "SELECT name FROM files ORDER BY ev") == ["bad.pdf", "good.pdf"]
    store.content.write_now(lambda db: db.execute("UPDATE files SET state = 'released'"))
    keep(store, only=chosen(files=[bad]))
    assert in_generation(rig, 5, "SELECT state FROM files WHERE name = 'bad.pdf'") == ["released"]


def test_what_is_not_there_cannot_be_chosen(rig: Rig) -> None:
    store = rig.open()
    for choice in (chosen(rooms=["r_none"]), chosen(files=["f_none"])):
        with pytest.raises(Refusal) as refused:
            keep(store, only=choice)
        assert refused.value.code is Code.NOT_FOUND
    assert {path.name for path in rig.layout.stable.iterdir()} == set()


def test_decisions_are_respected_in_what_was_saved_before(rig: Rig) -> None:
    store = rig.open()
    (message,) = say(store, "berenjena")
    bring(store, b"rejected", "rejected.pdf")
    keep(store)
    for kind, subject in ((Kind.ERASED, message), (Kind.REJECTED_BODY, sha(b"rejected"))):
        one = Decision(kind, subject, "u_admin", 0)
        store.box.write_now(lambda db, one=one: decisions.record(db, one))
    keep(store, only=chosen(files=[bring(store, b"new", "new.pdf")]))
    assert in_generation(rig, 2, "SELECT body FROM messages WHERE deleted IS NULL") == []
    assert in_generation(rig, 2, "SELECT body FROM messages") == [""]  # the place stays
    assert in_generation(rig, 2, "SELECT state FROM files ORDER BY ev") == ["rejected", "quarantined"]


def test_a_damaged_generation_is_never_what_a_choice_stands_on(rig: Rig, expect_log) -> None:
    expect_log("bodies are not cleared away")
    store = rig.open()
    say(store, "old")
    keep(store)
    say(store, "newer")
    keep(store)
    spoil(rig.layout.generation(2) / "content.db", lambda data: data[:5000] + b"!" + data[5001:])
    saved = keep(store, only=chosen(files=[bring(store, b"x", "x.pdf")]))
    assert saved.only and saved.only.base == 1
    assert in_generation(rig, 3, "SELECT body FROM messages") == ["old"]
    for number in (1, 3):
        spoil(rig.layout.generation(number) / "content.db", lambda data: data[:5000] + b"!" + data[5001:])
    with pytest.raises(Refusal) as refused:
        keep(store, only=chosen(kinds=frozenset({"messages"})))
    assert (refused.value.code, refused.value.params["reason"]) == (Code.CONFLICT, "damaged")


def test_a_generation_of_an_older_program_is_what_a_choice_stands_on(rig: Rig) -> None:
    path = rig.folder / "old.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"{schema.CONTENT[0]}; PRAGMA user_version = 1;")
    store = rig.open()
    say(store, "kept")
    keep(store)
    file = bring(store, b"x", "x.pdf")
    put_in_place(rig, path)
    keep(store, only=chosen(files=[file]))
    assert read(rig.layout, 2).schema == len(schema.CONTENT)
    assert in_generation(rig, 2, "SELECT name FROM files") == ["x.pdf"]


def put_in_place(rig: Rig, path) -> None:
    """Generation 1 as an older program would have saved it."""
    folder = rig.layout.generation(1)
    manifest = read(rig.layout, 1)
    (folder / "content.db").unlink()
    (folder / "content.db").write_bytes(path.read_bytes())
    older = replace(manifest, schema=1, content_sha256=file_hash(path), content_size=path.stat().st_size)
    (folder / "manifest.json").unlink()
    (folder / "manifest.json").write_bytes(seal(older))
    generations.point_at(rig.layout, Disk(), 1)
