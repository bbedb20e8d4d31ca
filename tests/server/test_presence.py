"""Who is here: told at once of a few, together of a crowd, so that two hundred who return are not a storm."""

import asyncio
from typing import Any

from tests.boxes import Boxes
from tests.people import PASSWORD, People, Person, Socket
from tests.server.test_old_doors import door
from tests.visitors import enter, made

CROWD = 60
ROOMY = {
    "guests_per_room": CROWD,
    "guests_per_address": CROWD,
    "max_connections_per_address": 4 * CROWD,
    "presence_grace_ms": 1,
}
GENERAL = "r_general"
MOVES = ("user_joined", "user_left", "presence")


async def heard(socket: Socket, room: str, wanted: set[str], came: bool) -> list[dict[str, Any]]:
    """All that is told of comings (or goings) in a room until everybody wanted has been named."""
    frames: list[dict[str, Any]] = []
    named: set[str] = set()
    while not wanted <= named:
        frame = await socket.wait(lambda f: f["type"] in MOVES and f["room"] == room)
        frames.append(frame)
        if frame["type"] == "presence":
            named |= {one["id"] for one in frame.get("joined" if came else "left", [])}
        elif (frame["type"] == "user_joined") == came:
            named.add(frame["user"]["id"])
    return frames


async def test_a_crowd_that_comes_and_goes_is_a_handful_of_frames(boxes: Boxes) -> None:
    box = await boxes.claimed(**ROOMY)
    people = People(box)
    await people.gather()
    room = await made(people.ana)
    ana = await people.ana.connect()
    guests: list[Person] = [await enter(box, room["code"], f"Guest {n}") for n in range(CROWD)]
    ids = {guest.me["id"] for guest in guests}
    sockets = await asyncio.gather(*(guest.connect() for guest in guests))
    came = await heard(ana, room["id"], ids, came=True)
    assert len(came) <= 10, "five alone, the rest once a second"
    assert came[-1]["type"] == "presence"
    assert came[-1].get("left", []) == []
    online = await ana.ask({"type": "open", "room": room["id"]})
    assert {one["id"] for one in online["members"] if one["here"]} == {*ids, people.ana.me["id"]}
    await asyncio.gather(*(socket.close() for socket in sockets))
    went = await heard(ana, room["id"], ids, came=False)
    assert len(went) <= 10
    assert [frame["ev"] for frame in came + went] == sorted({frame["ev"] for frame in came + went})
    for guest in guests:
        await guest.leave()
    await people.leave()


async def test_clients_of_izpochat_are_told_of_each(boxes: Boxes) -> None:
    """They know no other word for it."""
    box = await boxes.claimed(**ROOMY)
    people = People(box)
    await people.gather()
    room = await made(people.ana)
    guests = [await enter(box, room["code"], f"Guest {n}") for n in range(9)]
    async with door(people.ana, room["id"]) as old:
        await asyncio.gather(*(guest.connect() for guest in guests))
        names = {(await old.wait("user_joined"))["user"]["name"] for _ in range(10)}
        assert names == {"Ana", *(f"Guest {n}" for n in range(9))}
    for guest in guests:
        await guest.leave()
    await people.leave()


async def test_after_a_boot_a_crowd_in_the_room_of_everybody_is_not_told_one_by_one(people: People) -> None:
    """They were members before they had a row there; the first few are told as ever."""
    ana = await people.ana.connect()
    accounts = [{"username": f"p{n}", "role": "usuario", "password": PASSWORD} for n in range(12)]
    crowd = [Person(people.box, str(account["username"])) for account in accounts]
    for person, account in zip(crowd, accounts, strict=True):
        assert (await people.admin.post("/api/users", account)).status == 201
        await person.sign_in()
    await asyncio.gather(*(person.connect() for person in crowd))
    ids = {person.me["id"] for person in crowd}
    assert len(await heard(ana, GENERAL, ids, came=True)) <= 8
    told = [frame for frame in rest(ana) if frame["type"] == "member_changed"]
    assert 0 < len(told) < 12
    listed = (await people.ana.get(f"/api/rooms/{GENERAL}/members")).json["items"]
    assert ids < {one["id"] for one in listed}
    for person in crowd:
        await person.leave()


def rest(socket: Socket) -> list[dict[str, Any]]:
    return [socket.frames.get_nowait() for _ in range(socket.frames.qsize())]
