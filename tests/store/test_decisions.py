"""What outlives every reset: decisions are put on whatever comes back."""

import pytest

from appliance.store import decisions
from appliance.store.decisions import Decision, Kind
from appliance.store.snapshot.apply import apply_decisions
from tests.store.rigs import GENERAL, Rig, bring, column, files, keep, said, say, sha


@pytest.fixture
def store(rig: Rig):
    store = rig.open()

    def more(db) -> None:
        db.execute("INSERT INTO rooms (id, kind, name, created) VALUES ('r_2', 'public', 'Two', 0)")
        for user in ("u_ana", "u_beto"):
            for room in (GENERAL, "r_2"):
                db.execute("INSERT INTO members (room, user, joined) VALUES (?, ?, 0)", (room, user))

    store.content.write_now(more)
    return store


def decide(store, kind: Kind, *subjects: str) -> None:
    for subject in subjects:
        decision = Decision(kind, subject, "u_admin", 1)
        store.box.write_now(lambda db, one=decision: decisions.record(db, one))


def test_what_was_erased_for_good_stays_erased(rig: Rig, store) -> None:
    bad, _ = say(store, "bad", "good")
    say(store, "in the other room", room="r_2")
    file_id = bring(store, b"bad", "bad.pdf")
    bring(store, b"good", "good.pdf")
    store.content.write_now(lambda db: db.execute("INSERT INTO message_files VALUES (?, ?)", (bad, file_id)))
    keep(store)
    decide(store, Kind.ERASED, bad, file_id, "r_2")
    store = rig.rebooted(store)
    assert column(store, "SELECT body FROM messages WHERE deleted IS NULL") == ["good"]
    places = "SELECT seq || ' ' || body || ' ' || (deleted IS NOT NULL) FROM messages ORDER BY seq"
    assert column(store, places) == ["1  1", "2 good 0"]  # `seq` has no holes
    assert files(store) == ["good.pdf"]
    assert column(store, "SELECT id FROM rooms") == [GENERAL]
    assert column(store, "SELECT count(*) FROM message_files") == [0]
    assert column(store, "SELECT head FROM rooms") == [2]  # a number is not given twice


def test_a_rejected_body_is_rejected_wherever_it_comes_back(rig: Rig, store) -> None:
    bring(store, b"bad", "one.pdf", state="released")
    bring(store, b"bad", "two.pdf")
    bring(store, b"good", "good.pdf")
    keep(store)
    decide(store, Kind.REJECTED_BODY, sha(b"bad"))
    store = rig.rebooted(store)
    assert column(store, "SELECT state FROM files ORDER BY ev") == ["rejected", "rejected", "quarantined"]


def test_an_account_that_is_gone_is_a_member_nowhere_and_keeps_its_name(rig: Rig, store) -> None:
    say(store, "I was here")
    keep(store)
    decide(store, Kind.ACCOUNT_GONE, "u_ana")
    store = rig.rebooted(store)
    assert column(store, "SELECT DISTINCT user FROM members") == ["u_beto"]
    assert column(store, "SELECT sender_name FROM messages") == ["Ana"]


def test_what_somebody_owned_who_is_gone_goes_to_a_moderator(rig: Rig, store) -> None:
    def more(db) -> None:
        db.execute("UPDATE rooms SET owner = 'u_ana' WHERE id = 'r_2'")
        db.execute("UPDATE members SET role = 'owner' WHERE room = 'r_2' AND user = 'u_ana'")
        db.execute("INSERT INTO members (room, user, role, joined) VALUES ('r_2', 'u_uma', 'moderator', 9)")

    store.content.write_now(more)
    keep(store)
    decide(store, Kind.ACCOUNT_GONE, "u_ana")
    store = rig.rebooted(store)
    assert column(store, "SELECT owner FROM rooms WHERE id = 'r_2'") == ["u_uma"]
    assert column(store, "SELECT user FROM members WHERE role = 'owner'") == ["u_uma"]


def test_who_is_banned_from_a_room_is_out_of_it_again(rig: Rig, store) -> None:
    keep(store)
    detail = {"name": "Ana", "until": None, "reason": "spam", "by": "Uma"}
    for subject in ("r_2 u_ana", "r_2 ~gus the guest", "r_gone u_ana"):
        decision = Decision(Kind.BAN, subject, "u_uma", 7, detail)
        store.box.write_now(lambda db, one=decision: decisions.record(db, one))
    store = rig.rebooted(store)
    assert column(store, "SELECT user FROM members WHERE room = 'r_2'") == ["u_beto"]
    assert column(store, f"SELECT user FROM members WHERE room = '{GENERAL}'") == ["u_ana", "u_beto"]
    assert column(store, "SELECT subject FROM bans ORDER BY subject") == ["u_ana", "~gus the guest"]
    assert column(store, "SELECT name FROM bans WHERE until IS NULL") == ["Ana", "Ana"]


def test_a_changed_door_stays_changed_and_two_rooms_never_have_one_code(rig: Rig, store) -> None:
    store.content.write_now(
        lambda db: db.execute("UPDATE rooms SET code = 'AAAAAA', password = 'old' WHERE id = 'r_2'")
    )
    keep(store)
    for room, code in (("r_2", "BBBBBB"), (GENERAL, "BBBBBB"), ("r_gone", "CCCCCC")):
        decision = Decision(Kind.ROOM_PASSWORD, room, "u_uma", 7, {"password": "new", "code": code})
        store.box.write_now(lambda db, one=decision: decisions.record(db, one))
    store = rig.rebooted(store)
    assert column(store, "SELECT code FROM rooms WHERE id = 'r_2'") == ["BBBBBB"]
    assert column(store, f"SELECT code FROM rooms WHERE id = '{GENERAL}'") == [None]
    assert column(store, "SELECT DISTINCT password FROM rooms") == ["new"]


def test_twice_is_once(rig: Rig, store) -> None:
    bad, _ = say(store, "bad", "good")
    bring(store, b"bad", "bad.pdf")
    decide(store, Kind.ERASED, bad, bad)
    decide(store, Kind.REJECTED_BODY, sha(b"bad"))
    decide(store, Kind.ACCOUNT_GONE, "u_ana")
    standing = store.box.read_now(decisions.every)
    assert len(standing) == 3
    store.close()
    from appliance.store.database import connect

    db = connect(store.content.path, synchronous="NORMAL")
    apply_decisions(db, standing)
    once = "\n".join(db.iterdump())
    apply_decisions(db, standing)
    assert "\n".join(db.iterdump()) == once
    db.close()


def test_decisions_of_a_newer_program_are_left_alone(rig: Rig, store) -> None:
    say(store, "x")
    keep(store)
    decide(store, "moon_phase", "full")  # type: ignore[arg-type]
    decide(store, Kind.BAN, "u_ana")
    decide(store, Kind.ROOM_PASSWORD, GENERAL)
    assert said(rig.rebooted(store)) == ["x"]


def test_decisions_can_be_looked_up_and_withdrawn(store) -> None:
    decide(store, Kind.BAN, "u_ana")
    read, write = store.box.read_now, store.box.write_now
    assert read(lambda db: decisions.stands(db, Kind.BAN, "u_ana"))
    assert write(lambda db: decisions.withdraw(db, Kind.BAN, "u_ana"))
    assert not write(lambda db: decisions.withdraw(db, Kind.BAN, "u_ana"))
    assert not read(lambda db: decisions.stands(db, Kind.BAN, "u_ana"))
    assert read(lambda db: decisions.every(db, Kind.BAN)) == []
