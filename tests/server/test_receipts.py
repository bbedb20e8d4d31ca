"""Receipts where the plays do not look: merged in time, large rooms, rooms in memory."""

import asyncio
from typing import Any

from tests.boxes import Boxes
from tests.people import PASSWORD, People, Person, Socket

GENERAL = "r_general"
QUICK = {"message_burst": 10_000, "message_rate": 10_000}


async def say(person: Person, *texts: str, room: str = GENERAL) -> None:
    for text in texts:
        assert (await person.post(f"/api/rooms/{room}/messages", {"body": text})).status == 201


async def until_read(socket: Socket, user: str, seq: int) -> list[dict[str, Any]]:
    """The receipts up to the one that says so."""
    heard = [await socket.wait("receipts")]
    while {"user": user, "delivered": seq, "read": seq} not in heard[-1]["items"]:
        heard.append(await socket.wait("receipts"))
    return heard


async def test_many_marks_are_few_receipts(boxes: Boxes) -> None:
    box = await boxes.claimed(**QUICK)
    people = People(box)
    await people.gather()
    ana, beto = await people.ana.connect(), await people.beto.connect()
    await say(people.ana, *(str(number) for number in range(60)))
    for seq in range(1, 61):
        assert (await beto.ask({"type": "read", "room": GENERAL, "seq": seq}))["type"] == "ack"
    heard = await until_read(ana, people.beto.me["id"], 60)
    assert len(heard) < 30  # at most one a second, and sixty marks take far less than thirty
    reads = [frame["items"][0]["read"] for frame in heard]
    assert reads == sorted(reads)
    await people.leave()


async def test_receipts_are_volatile(people: People) -> None:
    ana, beto = await people.ana.connect(), await people.beto.connect()
    await say(people.ana, "one")
    cursor = f"{ana.welcome['epoch']}.{(await ana.wait('message'))['ev']}"
    await ana.close()
    await beto.ask({"type": "read", "room": GENERAL, "seq": 1})
    again = await people.ana.connect(resume=cursor)
    assert again.welcome["mode"] == "resumed"
    assert "receipts" not in [event["type"] for event in (await again.wait("batch"))["events"]]


async def test_in_a_room_in_memory(people: People) -> None:
    body = {"name": "Humo", "kind": "private", "ephemeral": True, "members": [people.beto.me["id"]]}
    ana, beto = await people.ana.connect(), await people.beto.connect()
    room = (await people.ana.post("/api/rooms", body)).json["id"]
    await say(people.ana, "ssh", room=room)
    await beto.ask({"type": "react", "room": room, "seq": 1, "emoji": "🤫"})
    await ana.wait("reaction")
    await beto.ask({"type": "read", "room": room, "seq": 1})
    assert (await until_read(ana, people.beto.me["id"], 1))[-1]["room"] == room
    await ana.ask({"type": "edit", "room": room, "seq": 1, "body": "shh @beto"})
    assert (await beto.wait("message_edited"))["mentions"] == [people.beto.me["id"]]
    await ana.ask({"type": "delete", "room": room, "seqs": [1]})
    assert (await beto.wait("message_deleted"))["seq"] == 1
    page = await beto.ask({"type": "history", "room": room})
    assert (page["items"][0]["body"], page["items"][0].get("reactions")) == ("", None)


async def test_a_large_room_is_told_numbers(boxes: Boxes) -> None:
    box = await boxes.claimed(**QUICK)
    people = People(box)
    await people.gather()
    ids = [people.beto.me["id"], people.uma.me["id"]]
    for number in range(28):
        account = {"username": f"p{number}", "role": "usuario", "password": PASSWORD}
        ids.append((await people.admin.post("/api/users", account)).json["id"])
    room = (await people.ana.post("/api/rooms", {"name": "Todos", "members": ids})).json["id"]
    ana, beto = await people.ana.connect(), await people.beto.connect()
    await say(people.ana, "one", room=room)
    await beto.ask({"type": "read", "room": room, "seq": 1})
    told = await ana.wait("receipts")
    assert told["counts"] == {"seq": 1, "delivered": 2, "read": 2, "members": 31}
    assert "items" not in told
    opened = await ana.ask({"type": "open", "room": room})
    assert all("read" not in one for one in opened["members"])
    await people.uma.patch("/api/users/me", {"receipts": False})
    uma = await people.uma.connect()
    await uma.ask({"type": "read", "room": room, "seq": 1})
    async with asyncio.timeout(10):
        while (told := await ana.wait("receipts"))["counts"]["members"] != 30:
            pass
    assert told["counts"]["read"] == 2
    await people.leave()
