"""Rooms in memory alone: what is said there is on no disk, and ends with the last one who leaves."""

import asyncio
from pathlib import Path
from typing import Any

from tests.boxes import Boxes
from tests.people import People, Socket
from tests.visitors import enter, made

SECRET = "periwinkle-lighthouse-4711"


def on_disk(folder: Path, text: str) -> list[str]:
    """The files of the data folder that hold a text, journals and logs too."""
    needle = text.encode()
    return [str(p) for p in folder.rglob("*") if p.is_file() and needle in p.read_bytes()]


async def say(socket: Socket, room: str, cid: str, body: str) -> dict[str, Any]:
    return await socket.ask({"type": "send", "room": room, "cid": cid, "body": body})


async def test_nothing_of_it_reaches_the_disk(people: People, box: Any) -> None:
    name = "Room of the periwinkle"
    room = await made(people.ana, name=name, ephemeral=True, password="limonada")
    assert room["ephemeral"] is True
    ana, beto = await people.ana.connect(), await people.beto.connect()
    await beto.ask({"type": "join", "code": room["code"], "password": "limonada"})
    gus = await enter(box, room["code"], "Guest periwinkle", password="limonada")
    guest = await gus.connect()
    for number in range(8):
        await say(ana, room["id"], f"c{number}", f"{SECRET} {number}")
    assert (await say(guest, room["id"], "g", f"{SECRET} from the guest"))["seq"] == 9
    assert (await beto.wait(lambda f: f.get("seq") == 9))["body"].startswith(SECRET)
    # The same words in a room of the other kind are found: the search works.
    plain = await made(people.ana, name="Plain")
    await say(ana, plain["id"], "p", "words that are kept 815")
    await people.admin.post("/api/stable", {})
    assert on_disk(box.settings.data, "words that are kept 815")
    for text in (SECRET, name, "Guest periwinkle", room["code"], room["id"]):
        assert on_disk(box.settings.data, text) == [], text
    await gus.leave()


async def test_it_is_a_room_as_any_other(people: People) -> None:
    room = await made(people.ana, ephemeral=True, kind="group", members=[people.beto.me["id"]])
    ana, beto = await people.ana.connect(), await people.beto.connect()
    first = await say(ana, room["id"], "c1", "one")
    again = await say(ana, room["id"], "c1", "one")
    assert (first["seq"], again["seq"], again["dup"]) == (1, 1, True)
    heard = await beto.wait("message")
    await say(beto, room["id"], "c1", "two")
    page = await beto.ask({"type": "history", "room": room["id"]})
    assert [one["body"] for one in page["items"]] == ["one", "two"]
    # One counter for all rooms, so that a connection that blinked goes on where it was.
    resumed = await people.beto.connect(resume=f"{beto.welcome['epoch']}.{heard['ev']}")
    assert resumed.welcome["mode"] == "resumed"
    assert [one["body"] for one in (await resumed.wait("batch"))["events"] if "body" in one] == ["two"]
    entry = next(one for one in resumed.welcome["rooms"] if one["id"] == room["id"])
    assert (entry["head"], entry["ephemeral"], len(entry["epoch"])) == (2, True, 8)
    renamed = await people.ana.patch(f"/api/rooms/{room['id']}", {"name": "Short"})
    assert renamed.json["name"] == "Short"
    listed = (await people.ana.get("/api/rooms")).json["items"]
    assert listed[-1]["id"] == room["id"]


async def test_it_ends_when_the_last_one_is_gone_and_not_at_a_blink(boxes: Boxes) -> None:
    box = await boxes.claimed(presence_grace_ms=300)
    people = People(box)
    await people.gather()
    room = await made(people.ana, ephemeral=True, members=[people.beto.me["id"]])
    path = f"/api/rooms/{room['id']}"
    ana, beto = await people.ana.connect(), await people.beto.connect()
    await say(ana, room["id"], "c", SECRET)
    await ana.close()
    ana = await people.ana.connect()
    await beto.close()
    await asyncio.sleep(0.6)
    assert (await people.ana.get(path)).json["head"] == 1
    witness = await people.beto.connect()
    await witness.close()
    await ana.close()
    async with asyncio.timeout(10):
        while (await people.ana.get(path)).status != 404:
            await asyncio.sleep(0.05)
    assert (await people.beto.get(path)).status == 404
    await people.leave()


async def test_whoever_leaves_last_ends_it_at_once(people: People) -> None:
    room = await made(people.ana, ephemeral=True, members=[people.beto.me["id"]])
    ana, beto = await people.ana.connect(), await people.beto.connect()
    await ana.ask({"type": "leave", "room": room["id"]})
    told = await beto.wait(lambda f: f.get("why") == "handed_over")
    assert (told["user"]["name"], told["role"]) == ("Beto", "owner")
    await beto.ask({"type": "leave", "room": room["id"]})
    assert (await people.beto.get(f"/api/rooms/{room['id']}")).status == 404


async def test_the_program_that_ends_takes_it_along(boxes: Boxes, people: People, box: Any) -> None:
    room = await made(people.ana, ephemeral=True)
    gus = await enter(box, room["code"], "Gus")
    ana = await people.ana.connect()
    await say(ana, room["id"], "c", SECRET)
    again = await boxes.again(box)
    gus.box = people.ana.box = again
    assert (await people.ana.get(f"/api/rooms/{room['id']}")).status == 404
    assert (await gus.get(f"/api/rooms/{room['id']}")).status == 401
    await gus.leave()


async def test_it_is_bounded_in_number_and_in_messages(boxes: Boxes) -> None:
    box = await boxes.claimed(ephemeral_rooms=1, ephemeral_messages=5, message_burst=100)
    people = People(box)
    await people.gather()
    room = await made(people.ana, ephemeral=True)
    ana = await people.ana.connect()
    for number in range(1, 9):
        await say(ana, room["id"], f"c{number}", str(number))
    page = await ana.ask({"type": "history", "room": room["id"]})
    assert [one["body"] for one in page["items"]] == ["4", "5", "6", "7", "8"]
    full = await people.beto.post("/api/rooms", {"name": "Two", "ephemeral": True})
    assert (full.status, full.code) == (409, "conflict")
    await people.leave()


async def test_nobody_takes_all_of_them(people: People) -> None:
    answers = [await people.ana.post("/api/rooms", {"name": "x", "ephemeral": True}) for _ in range(11)]
    assert [one.status for one in answers] == [201] * 10 + [409]
    assert (await people.beto.post("/api/rooms", {"name": "x", "ephemeral": True})).status == 201


async def test_the_memory_of_all_of_them_has_an_end(boxes: Boxes) -> None:
    box = await boxes.claimed(ephemeral_bytes=1 << 20, ephemeral_messages=100_000, message_burst=10_000)
    people = People(box)
    await people.gather()
    room = await made(people.ana, ephemeral=True)
    ana = await people.ana.connect()
    for number in range(400):
        answer = await say(ana, room["id"], f"c{number}", "x" * 4000)
        if answer["type"] == "error":
            break
    assert answer["code"] == "no_space"
    # The rest of the box goes on.
    assert (await say(ana, "r_general", "c", "still here"))["seq"] == 1
    assert (await ana.ask({"type": "history", "room": room["id"]}))["items"]
    await people.leave()


async def test_files_do_not_go_there(people: People) -> None:
    room = await made(people.ana, ephemeral=True)
    mine = (await people.ana.put("/api/uploads/plan.txt", b"a plan")).json
    answer = await people.ana.post(f"/api/rooms/{room['id']}/messages", {"files": [mine["id"]]})
    assert answer.json["error"]["params"] == {"field": "files", "reason": "ephemeral"}
