"""Erased for good: gone at once, never back, and the data folder knows nothing of it any more."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from appliance.store import audit, decisions
from appliance.store.decisions import Decision, Kind
from tests.boxes import ADMIN, Boxes
from tests.people import People, Person
from tests.server.earlier import cut, say, upload

GENERAL = "/api/rooms/r_general/messages"
SECRET = "murciélago"


def places(folder: Path, text: str) -> list[str]:
    """Files of the data folder that contain this text, as it is or as the index of words keeps it."""
    plain = text.encode()
    folded = text.replace("é", "e").encode()
    found = [one for one in folder.rglob("*") if one.is_file()]
    return [
        str(one.relative_to(folder)) for one in found if any(t in one.read_bytes() for t in (plain, folded))
    ]


async def erase(person: Person, path: str) -> dict[str, Any]:
    answer = await person.delete(f"{path}?forever=1")
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


async def reset(people: People, boxes: Boxes) -> None:
    assert (await people.admin.post("/api/reset", {"password": ADMIN[1]})).status == 202
    people.box = await boxes.again(people.box)
    people.admin = await Person(people.box, *ADMIN).sign_in()


async def test_a_message_is_gone_from_everywhere(people: People, boxes: Boxes) -> None:
    data = people.box.settings.data
    for number in range(3):
        await say(people.ana, f"relleno {number}")
    await say(people.ana, f"un {SECRET} vuela")
    await people.ana.patch(f"{GENERAL}/1", {"body": f"editado: {SECRET}"})
    assert len((await people.ana.get("/api/search?q=murcielago")).json["items"]) == 2
    assert (await people.admin.post("/api/stable", {})).status == 201
    assert places(data, SECRET)
    socket = await people.ana.connect()
    done = await erase(people.admin, f"{GENERAL}/4")
    assert done == {"messages": 1, "files": 0, "rooms": 0, "generations": [1], "damaged": []}
    frame = await socket.wait("message_deleted")
    assert frame["seq"] == 4
    await erase(people.admin, f"{GENERAL}/1")
    assert (await people.ana.get("/api/search?q=murcielago")).json["items"] == []
    await reset(people, boxes)
    assert SECRET not in (await people.admin.get(GENERAL)).text
    assert (await people.admin.post("/api/stable", {})).status == 201
    assert (await people.admin.delete("/api/stable/1")).status == 204
    await boxes.stop(people.box)
    assert places(data, SECRET) == []


async def test_a_file_goes_with_its_bytes_its_twins_and_its_places(people: People, boxes: Boxes) -> None:
    data = people.box.settings.data
    one = await upload(people.ana, "a.txt", SECRET.encode())
    two = await upload(people.beto, "b.txt", SECRET.encode())
    said = await say(people.ana, "mira", files=[one])
    assert (await people.admin.post("/api/stable", {})).status == 201
    three = await upload(people.ana, "c.txt", SECRET.encode())
    await people.ana.delete(f"/api/uploads/{three}")  # it could be undone for a minute
    done = await erase(people.admin, f"/api/uploads/{one}")
    assert (done["files"], done["generations"]) == (2, [1])
    assert (await people.ana.post(f"/api/uploads/{three}/restore")).status == 404
    for file in (one, two):
        assert (await people.admin.get(f"/api/uploads/{file}")).status == 404
    (item,) = (await people.ana.get(GENERAL)).json["items"]
    assert (item["id"], item["files"]) == (said["id"], [])
    await reset(people, boxes)
    assert (await people.admin.get("/api/uploads")).json["items"] == []
    await people.admin.post("/api/stable", {})
    await people.admin.delete("/api/stable/1")
    assert places(data, SECRET) == []
    back = await people.admin.put("/api/uploads/d.txt", SECRET.encode())  # nobody said that it may not come
    assert back.status == 201


async def test_a_room_with_all_that_was_said(people: People, boxes: Boxes) -> None:
    data = people.box.settings.data
    room = (await people.ana.post("/api/rooms", {"name": "Taller", "kind": "public"})).json["id"]
    await say(people.ana, SECRET, room)
    await people.admin.post("/api/stable", {})
    done = await erase(people.admin, f"/api/rooms/{room}")
    assert (done["rooms"], done["generations"]) == (1, [1])
    assert (await people.ana.get(f"/api/rooms/{room}")).status == 404
    await reset(people, boxes)
    assert (await people.admin.get(f"/api/rooms/{room}")).status == 404
    await people.admin.post("/api/stable", {})
    await people.admin.delete("/api/stable/1")
    assert places(data, SECRET) == []


async def test_what_waits_after_a_power_cut_forgets_it_too(people: People, boxes: Boxes) -> None:
    said = await say(people.ana, f"un {SECRET}")
    await say(people.ana, "otra cosa")
    file = await upload(people.ana, "a.txt", f"bytes {SECRET}".encode())
    house = await cut(people, boxes)
    answer = await house.admin.post("/api/erase", {"ids": [said["id"], file]})
    assert (answer.status, answer.json["messages"], answer.json["files"]) == (200, 1, 1)
    assert [one["body"] for one in await house.items("messages")] == ["otra cosa"]
    assert await house.items("files") == []
    done = await house.bring_back(messages=[said["id"]], files=[file])
    assert (done["gone"], done["messages"], done["files"]) == (2, 0, 0)
    assert places(house.box.settings.data, SECRET) == []
    await house.leave()


async def test_an_older_generation_has_the_empty_place_too(people: People, boxes: Boxes) -> None:
    for text in ("uno", f"un {SECRET}", "tres"):
        await say(people.ana, text)
    assert (await people.beto.post("/api/rooms/r_general/reports", {"seq": 2, "reason": "feo"})).status < 300
    assert (await people.admin.post("/api/stable", {})).status == 201
    await say(people.ana, "cuatro")
    assert (await people.admin.post("/api/stable", {})).status == 201
    await erase(people.admin, f"{GENERAL}/2")
    assert (await people.admin.post("/api/stable/1/current")).status == 200
    await reset(people, boxes)
    items = (await people.admin.get(GENERAL)).json["items"]
    assert [(one["seq"], one["body"], bool(one.get("deleted"))) for one in items] == [
        (1, "uno", False),
        (2, "", True),
        (3, "tres", False),
    ]
    assert (await say(people.admin, "sigue"))["seq"] == 4
    assert (await people.admin.post("/api/stable", {})).status == 201
    for number in (1, 2):
        assert (await people.admin.delete(f"/api/stable/{number}")).status == 204
    await boxes.stop(people.box)
    assert places(people.box.settings.data, SECRET) == []  # nor in what was reported


async def test_only_administrators_and_only_what_there_is(people: People) -> None:
    said = await say(people.ana, "mio")
    file = await upload(people.ana, "a.txt", b"a")
    for path in (f"{GENERAL}/{said['seq']}", f"/api/uploads/{file}", "/api/rooms/r_general"):
        answer = await people.ana.delete(f"{path}?forever=1")
        assert (answer.status, answer.code) == (403, "forbidden"), path
    for path in (f"{GENERAL}/99", "/api/uploads/f_none", "/api/rooms/r_none", "/api/rooms/r_none/messages/1"):
        assert (await people.admin.delete(f"{path}?forever=1")).status == 404, path
    secret = (await people.ana.post("/api/rooms", {"name": "x", "kind": "private"})).json["id"]
    await say(people.ana, "privado", secret)
    assert (await people.admin.delete(f"/api/rooms/{secret}/messages/1?forever=1")).status == 404
    for ids in ([], ["x"] * 101, "x"):
        assert (await people.admin.post("/api/erase", {"ids": ids})).status == 400
    air = await people.admin.post("/api/rooms", {"name": "Aire", "kind": "public", "ephemeral": True})
    await say(people.admin, "aire", air.json["id"])
    answer = await people.admin.delete(f"/api/rooms/{air.json['id']}/messages/1?forever=1")
    assert (answer.status, answer.code) == (409, "conflict")


async def test_the_deed_is_written_down_without_the_words(people: People) -> None:
    said = await say(people.ana, SECRET)
    await erase(people.admin, f"{GENERAL}/{said['seq']}")
    row = (await people.box.store.box.read(audit.newest))[0]
    assert (row.action, row.subject, row.detail["messages"]) == ("erased", said["id"], 1)
    assert SECRET not in str(row)


async def test_a_crash_after_the_decision_does_not_undo_it(people: People, boxes: Boxes) -> None:
    said, room = await say(people.ana, SECRET), None
    room = (await people.ana.post("/api/rooms", {"name": "Taller", "kind": "public"})).json["id"]
    file = await upload(people.ana, "a.txt", SECRET.encode())
    for one in (said["id"], room, file):
        decision = Decision(Kind.ERASED, one, "u", 1)
        await people.box.store.box.write(lambda db, decision=decision: decisions.record(db, decision))
    box = await boxes.again(people.box)  # the same boot: the session goes on
    admin = await Person(box, *ADMIN).sign_in()
    assert (await admin.get(f"/api/rooms/{room}")).status == 404
    assert (await admin.get("/api/uploads")).json["items"] == []
    assert SECRET not in (await admin.get(GENERAL)).text
    await boxes.stop(box)
    assert places(box.settings.data, SECRET) == []
    await admin.leave()


async def test_a_save_and_an_erasure_at_once(people: People) -> None:
    said = await say(people.ana, SECRET)
    saved, erased = await asyncio.gather(
        people.admin.post("/api/stable", {}), people.admin.delete(f"{GENERAL}/{said['seq']}?forever=1")
    )
    assert (saved.status, erased.status) == (201, 200)
    holds = bool(places(people.box.store.layout.generation(1), SECRET))
    assert bool(erased.json["generations"]) == holds


@pytest.mark.parametrize("count", [2])
async def test_two_administrators_erase_the_same(people: People, count: int) -> None:
    said = await say(people.ana, SECRET)
    path = f"{GENERAL}/{said['seq']}?forever=1"
    answers = await asyncio.gather(*(people.admin.delete(path) for _ in range(count)))
    assert [one.status for one in answers] == [200] * count


async def test_also_out_of_what_was_saved(people: People, boxes: Boxes) -> None:
    data = people.box.settings.data
    await say(people.ana, "queda")
    assert (await people.admin.post("/api/stable", {"note": "sin nada"})).status == 201
    said = await say(people.ana, f"un {SECRET}")
    file = await upload(people.ana, "a.txt", f"bytes {SECRET}".encode())
    kept = await upload(people.ana, "b.txt", b"otros bytes")
    for note in ("martes", "jueves"):
        assert (await people.admin.post("/api/stable", {"note": note})).status == 201
    assert (await people.admin.get("/api/search?q=murcielago")).status == 200
    answer = await people.admin.post("/api/erase", {"ids": [said["id"], file], "generations": True})
    assert (answer.status, answer.json["generations"]) == (200, [])
    assert places(data, SECRET) == []
    listed = (await people.admin.get("/api/stable")).json
    seen = [(one["generation"], one["note"], one["files"], one["ok"]) for one in listed["generations"]]
    assert seen == [(5, "jueves", 1, True), (4, "martes", 1, True), (1, "sin nada", 0, True)]
    assert listed["current"] == 5
    for number in (5, 4):
        verified = (await people.admin.post(f"/api/stable/{number}/verify")).json
        assert verified == {"ok": True, "findings": []}
    await reset(people, boxes)
    assert people.box.store.outcome.generation == 5
    assert [one["id"] for one in (await people.admin.get("/api/uploads")).json["items"]] == [kept]
    body = await people.admin.get(f"/api/uploads/{kept}/content")
    assert body.content == b"otros bytes"
    assert "queda" in (await people.admin.get(GENERAL)).text


async def test_a_damaged_generation_is_not_made_anew(people: People, boxes: Boxes, expect_log: Any) -> None:
    said = await say(people.ana, SECRET)
    await people.admin.post("/api/stable", {})
    path = people.box.store.layout.generation(1) / "manifest.json"
    path.chmod(0o600)
    path.write_text("{}")
    expect_log("is damaged and stays as it is")
    expect_log("bodies are not cleared away")
    answer = await people.admin.delete(f"{GENERAL}/{said['seq']}?forever=1&generations=1")
    assert (answer.status, answer.json["generations"]) == (200, [1])
