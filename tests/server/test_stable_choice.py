"""Saving a choice over HTTP: what it will take, what looks dangerous, how far it is, what came of it."""

import asyncio
import threading
from collections.abc import Awaitable
from typing import Any

import pytest

from appliance.store.disk import Disk
from tests.boxes import ADMIN, Boxes
from tests.people import Answer, People, Person
from tests.server.test_stable_changes import put, room, say

PROGRAM = b"MZ" + bytes(200)


async def again(people: People, boxes: Boxes) -> Person:
    """The power went and came back."""
    boxes.new_boot()
    people.box = await boxes.again(people.box)
    return await Person(people.box, *ADMIN).sign_in()


async def words(person: Person, room: str = "r_general") -> list[str]:
    return [one["body"] for one in (await person.get(f"/api/rooms/{room}/messages")).json["items"]]


async def names(person: Person) -> set[str]:
    return {one["name"] for one in (await person.get("/api/uploads")).json["items"]}


class Slow(Disk):
    """A card that keeps a save waiting until it is let go."""

    def __init__(self) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()

    def sync(self, path: Any) -> None:
        self.reached.set()
        assert self.go_on.wait(20)
        super().sync(path)


async def test_a_file_and_a_room_are_saved_and_the_rest_is_not(people: People, boxes: Boxes) -> None:
    ana, admin = people.ana, people.admin
    await say(ana, "goes")
    taller = await room(ana, "public", "Taller")
    await say(ana, "stays", taller)
    wanted, other = await put(ana, "wanted.txt", b"wanted"), await put(ana, "other.txt", b"other")
    only = {"rooms": [taller], "files": [wanted["id"]]}
    body = {"only": only, "note": "lo del taller"}
    told = (await admin.post("/api/stable/estimate", {"only": only})).json
    assert (told["files"], told["messages"], told["rooms"], told["new_bytes"]) == (1, 1, 1, 6)
    assert told["free_bytes"] > told["database_bytes"] > 0 < told["seconds"]
    assert (told["flagged"], told["flagged_count"]) == ([], 0)
    saved = await admin.post("/api/stable", body)
    assert saved.status == 201
    assert {name: saved.json[name] for name in ("generation", "note", "files", "messages", "rooms")} == {
        "generation": 1,
        "note": "lo del taller",
        "files": 1,
        "messages": 1,
        "rooms": 2,
    }
    taken = {"kinds": [], "rooms": 1, "files": 1, "kept": False, "base": None, "left_out": []}
    assert saved.json["only"] == taken
    assert (saved.json["automatic"], saved.json["current"], saved.json["ok"]) == (False, True, True)
    assert [one["name"] for one in (await admin.get("/api/stable/difference?kind=files")).json["items"]] == [
        "other.txt"
    ]
    told = (await admin.post("/api/stable/estimate", {})).json
    assert (told["files"], told["messages"], told["rooms"], told["new_bytes"]) == (1, 1, 1, other["size"])
    admin = await again(people, boxes)
    assert (await words(admin), await words(admin, taller), await names(admin)) == (
        [],
        ["stays"],
        {"wanted.txt"},
    )


async def test_by_kind_with_what_was_deleted(people: People, boxes: Boxes) -> None:
    ana, admin = people.ana, people.admin
    file = await put(ana, "deleted.txt", b"x")
    await say(ana, "saved")
    assert (await admin.post("/api/stable", {})).status == 201
    await say(ana, "not chosen")
    await put(ana, "new.txt", b"y")
    assert (await ana.delete(f"/api/uploads/{file['id']}")).status == 204
    assert (await admin.post("/api/stable", {"only": {"kinds": ["files"]}})).status == 201
    listed = (await admin.get("/api/stable")).json
    assert [(one["current"], one["only"] and one["only"]["base"]) for one in listed["generations"]] == [
        (True, 1),
        (False, None),
    ]
    admin = await again(people, boxes)
    assert (await words(admin), await names(admin)) == (["saved"], {"new.txt"})


async def test_messages_bring_what_came_for_them(people: People, boxes: Boxes) -> None:
    ana, admin = people.ana, people.admin
    there = await room(ana, "private", "Taller")
    file = await put(ana, f"plano.txt?for={there}", b"plano")
    assert (await ana.post(f"/api/rooms/{there}/messages", {"files": [file["id"]]})).status == 201
    await put(ana, "aparte.txt", b"aparte")
    for kinds, files in ((["files"], 1), (["messages"], 2)):
        saved = await admin.post("/api/stable", {"only": {"kinds": kinds}})
        assert (saved.status, saved.json["files"]) == (201, files), kinds
    await again(people, boxes)
    ana = await Person(people.box, "ana").sign_in()
    (message,) = (await ana.get(f"/api/rooms/{there}/messages")).json["items"]
    assert [one["name"] for one in message["files"]] == ["plano.txt"]
    assert (await ana.get(f"/api/uploads/{file['id']}/content")).content == b"plano"


async def test_a_file_is_not_left_out_in_silence_where_its_room_is_not_saved(people: People) -> None:
    admin = people.admin
    there = await room(admin, "public", "Taller")
    file = await put(admin, f"plano.txt?for={there}", b"plano")
    free = await put(admin, "libre.txt", b"libre")
    for one in (file, free):
        assert (await admin.patch(f"/api/uploads/{one['id']}", {"keep": True})).status == 200
    named = [{"id": file["id"], "name": "plano.txt"}]
    choices: list[dict[str, Any]] = [{"kept": True}, {"files": [file["id"], free["id"]]}]
    for only in choices:
        told = (await admin.post("/api/stable/estimate", {"only": only})).json
        assert (told["left_out"], told["left_out_count"], told["files"]) == (named, 1, int("kept" in only))
        assert told["new_bytes"] == 5 * told["files"]  # the second time it is there already
        saved = await admin.post("/api/stable", {"only": only})
        assert (saved.status, saved.json["left_out"], saved.json["files"]) == (201, named, 1), only
        assert saved.json["only"]["left_out"] == [file["id"]]
    choices = [{"kept": True, "rooms": [there]}, {"kept": True}]
    for only in choices:  # with its room, and from then on
        told = (await admin.post("/api/stable/estimate", {"only": only})).json
        assert (told["left_out"], told["left_out_count"]) == ([], 0)
        saved = await admin.post("/api/stable", {"only": only})
        assert (saved.json["left_out"], saved.json["files"]) == ([], 2)


async def test_a_file_of_a_closed_room_is_a_number_also_for_who_knows_its_id(people: People) -> None:
    there = await room(people.ana, "private", "Secreto")
    file = await put(people.ana, f"diario.txt?for={there}", b"diario")
    only = {"files": [file["id"]]}
    told = await people.admin.post("/api/stable/estimate", {"only": only})
    assert (told.json["left_out"], told.json["left_out_count"]) == ([], 1)
    saved = await people.admin.post("/api/stable", {"only": only})
    assert (saved.json["left_out"], saved.json["only"]["left_out"]) == ([], [file["id"]])
    assert "diario" not in told.text + saved.text


async def test_what_looks_dangerous_is_asked_about_twice(people: People) -> None:
    admin = people.admin
    bad = await put(people.ana, "virus.pdf", PROGRAM)
    assert bad["scan"] == "flagged"
    only = {"kinds": ["files"]}
    told = (await admin.post("/api/stable/estimate", {"only": only})).json
    assert (told["flagged"], told["files"]) == ([{"id": bad["id"], "name": "virus.pdf"}], 0)
    refused = await admin.post("/api/stable", {"only": only})
    assert (refused.status, refused.code) == (409, "conflict")
    params = {"reason": "flagged", "count": 1, "files": [bad["id"]], "names": ["virus.pdf"]}
    assert refused.json["error"]["params"] == params
    assert (await admin.get("/api/stable")).json["generations"] == []
    without = await admin.post("/api/stable", {"only": only, "include_flagged": False})
    assert (without.status, without.json["generation"], without.json["files"]) == (201, 1, 0)
    told = (await admin.post("/api/stable/estimate", {"only": only, "include_flagged": True})).json
    assert (told["files"], told["new_bytes"]) == (1, len(PROGRAM))
    with_it = await admin.post("/api/stable", {"only": only, "include_flagged": True})
    assert (with_it.status, with_it.json["files"]) == (201, 1)


async def test_choices_that_name_nothing_are_refused(people: People) -> None:
    for only, code in (
        ({}, "bad_request"),
        ({"kinds": ["posts"]}, "bad_request"),
        ({"kinds": "files"}, "bad_request"),
        ({"rooms": ["r_none"]}, "not_found"),
        ({"files": ["f_none"]}, "not_found"),
        ({"files": ["x"] * 10_001}, "too_large"),
    ):
        for path in ("/api/stable", "/api/stable/estimate"):
            assert (await people.admin.post(path, {"only": only})).code == code, (only, path)
    assert (await people.admin.get("/api/stable")).json["generations"] == []


async def late(asked: Awaitable[Answer]) -> str:
    answer = await asked
    assert answer.status == 202, answer.text
    return str(answer.json["task"])


@pytest.fixture
def hurried(runner: asyncio.Runner, boxes: Boxes) -> Any:
    """A box that waits for nothing, with its people."""
    group = People(runner.run(boxes.claimed(stable_patience_ms=0)))
    runner.run(group.gather())
    yield group
    runner.run(group.leave())


async def test_what_takes_long_is_answered_before_and_told_after(hurried: People) -> None:
    admin = hurried.admin
    assert (await admin.get("/api/stable/progress")).json["stage"] == "idle"
    socket, uma = await admin.connect(), await hurried.uma.connect()
    await put(hurried.ana, "a.txt", b"hola")
    task = await late(admin.post("/api/stable", {"note": "lento"}))
    notice = await socket.wait(lambda f: f.get("code") == "stable_progress" and f["params"]["finished"])
    assert notice["params"]["task"] == task
    assert (notice["params"]["what"], notice["params"]["stage"]) == ("save", "done")
    assert (await uma.wait(lambda f: f.get("code") == "stable_changed"))["params"]["generation"] == 1
    assert not [f for f in list(uma.frames._queue) if f.get("code") == "stable_progress"]  # type: ignore[attr-defined]
    for query in ("", f"?task={task}"):
        found = (await admin.get(f"/api/stable/progress{query}")).json
        assert (found["task"], found["finished"], found["error"]) == (task, True, None)
        assert (found["generation"]["note"], found["generation"]["files"]) == ("lento", 1)
    assert (await admin.get("/api/stable/progress?task=t_none")).code == "not_found"
    task = await late(admin.post("/api/stable/1/verify"))
    await socket.wait(lambda f: f.get("code") == "stable_progress" and f["params"]["task"] == task)
    found = (await admin.get("/api/stable/progress")).json
    assert (found["what"], found["number"], found["verified"]) == ("verify", 1, {"ok": True, "findings": []})


async def test_a_refusal_after_the_answer_is_told_as_well(hurried: People) -> None:
    admin = hurried.admin
    socket = await admin.connect()
    task = await late(admin.post("/api/stable", {"only": {"rooms": ["r_none"]}}))
    notice = await socket.wait(lambda f: f.get("code") == "stable_progress")
    assert (notice["params"]["finished"], notice["params"]["error"]) == (True, "not_found")
    found = (await admin.get(f"/api/stable/progress?task={task}")).json
    assert (found["stage"], found["generation"]) == ("failed", None)
    assert found["error"] == {"code": "not_found", "params": {"reason": "rooms", "id": "r_none"}}


async def test_of_two_saves_at_once_the_second_is_refused(hurried: People) -> None:
    admin, slow = hurried.admin, Slow()
    socket = await admin.connect()
    hurried.box.store.disk = slow
    first = await late(admin.post("/api/stable", {"note": "first"}))
    assert await asyncio.to_thread(slow.reached.wait, 20)
    for body in ({"note": "second"}, {"only": {"kinds": ["files"]}}):
        second = await admin.post("/api/stable", body)
        assert (second.status, second.code) == (409, "conflict")
        assert second.json["error"]["params"] == {"reason": "busy", "retry_ms": 2000}
    going = (await admin.get("/api/stable/progress")).json
    assert (going["task"], going["finished"], going["stage"]) == (first, False, "database")
    assert (await admin.get("/api/stable")).json["generations"] == []
    assert (await admin.get("/api/stable/difference")).status == 200
    slow.go_on.set()
    await socket.wait(lambda f: f.get("code") == "stable_progress" and f["params"].get("generation") == 1)
    assert [one["note"] for one in (await admin.get("/api/stable")).json["generations"]] == ["first"]


async def test_a_box_that_stops_finishes_what_it_saves(hurried: People, boxes: Boxes) -> None:
    slow = Slow()
    await say(hurried.ana, "saved in time")
    hurried.box.store.disk = slow
    await late(hurried.admin.post("/api/stable", {}))
    assert await asyncio.to_thread(slow.reached.wait, 20)
    stopping = asyncio.create_task(boxes.again(hurried.box, stable_patience_ms=1000))
    slow.go_on.set()
    box = await stopping
    assert (await (await Person(box, *ADMIN).sign_in()).get("/api/stable")).json["current"] == 1
