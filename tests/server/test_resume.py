"""Coming back: after a blink, after long, after a restart of the program, after a reset of the box."""

import asyncio
from typing import Any

import pytest

from tests.boxes import Boxes
from tests.people import People, Person, Socket

GENERAL = "r_general"


def cursor(socket: Socket, ev: int | None = None) -> str:
    return f"{socket.welcome['epoch']}.{socket.welcome['ev'] if ev is None else ev}"


async def say(person: Person, *texts: str, room: str = GENERAL) -> None:
    for text in texts:
        answer = await person.post(f"/api/rooms/{room}/messages", {"body": text})
        assert answer.status == 201, answer.text


async def bodies(socket: Socket) -> list[str]:
    batch = await socket.wait("batch")
    return [event["body"] for event in batch["events"] if event["type"] == "message"]


async def test_everything_since_the_cursor_in_one_batch_and_nothing_twice(people: People) -> None:
    ana = await people.ana.connect()
    await say(people.beto, "one")
    heard = await ana.wait("message")
    await ana.close()
    await say(people.beto, "two", "three")
    again = await people.ana.connect(resume=cursor(ana, heard["ev"]))
    assert again.welcome["mode"] == "resumed"
    assert await bodies(again) == ["two", "three"]
    assert again.welcome["rooms"][0]["head"] == 3
    await say(people.beto, "four")
    assert (await again.wait("message"))["body"] == "four"


async def test_nothing_was_missed(people: People) -> None:
    ana = await people.ana.connect()
    ev = (await ana.wait("user_joined"))["ev"]
    await ana.close()
    again = await people.ana.connect(resume=cursor(ana, ev))
    assert (again.welcome["mode"], await bodies(again)) == ("resumed", [])


@pytest.mark.parametrize(
    ("resume", "mode"),
    [
        ("{epoch}.0", "resync"),
        ("{epoch}.99999999", "resync"),
        ("{epoch}.x", "resync"),
        ("{epoch}.-1", "resync"),
        ("{epoch}", "resync"),
        ("{epoch}.", "resync"),
        ("{epoch}.12345678901234567890", "resync"),
        ("00000000.5", "reset"),
        ("", "reset"),
        ("nonsense", "reset"),
    ],
)
async def test_cursors_that_lead_nowhere(boxes: Boxes, resume: str, mode: str) -> None:
    box = await boxes.claimed(ring_events=2)
    people = People(box)
    await people.gather()
    first = await people.ana.connect()
    await say(people.beto, "one", "two", "three")
    again = await people.ana.connect(resume=resume.format(epoch=first.welcome["epoch"]))
    assert again.welcome["mode"] == mode
    assert again.welcome["rooms"][0]["head"] == 3
    await people.leave()


async def test_who_missed_more_than_a_batch_loads_anew(boxes: Boxes) -> None:
    box = await boxes.claimed(message_burst=10_000, message_rate=10_000)
    people = People(box)
    await people.gather()
    ana, beto = await people.ana.connect(), await people.beto.connect()
    start = cursor(ana, (await ana.wait("user_joined"))["ev"])
    await ana.close()
    for number in range(500):
        await beto.ask({"type": "send", "room": GENERAL, "cid": f"c{number}", "body": str(number)})
    again = await people.ana.connect(resume=start)
    assert again.welcome["mode"] == "resync"
    since = await people.ana.connect(resume=f"{again.welcome['epoch']}.{again.welcome['ev'] - 499}")
    assert since.welcome["mode"] == "resumed"
    assert len(await bodies(since)) == 499
    page = await since.ask({"type": "history", "room": GENERAL, "after": 0, "limit": 100})
    assert [item["seq"] for item in page["items"]] == list(range(1, 101))
    await people.leave()


async def test_a_replay_asks_again_who_may_hear(people: People) -> None:
    """What was said in a room between the cursor and being shown out is not replayed afterwards."""
    body = {"name": "Plan", "members": [people.beto.me["id"]]}
    room = (await people.ana.post("/api/rooms", body)).json["id"]
    beto = await people.beto.connect()
    start = cursor(beto)
    await beto.close()
    await say(people.ana, "secret", room=room)
    await say(people.ana, "for all")
    await people.ana.delete(f"/api/rooms/{room}/members/{people.beto.me['id']}")
    again = await people.beto.connect(resume=start)
    assert await bodies(again) == ["for all"]
    # And the other way: who was brought in meanwhile hears what the room said.
    await people.ana.post("/api/rooms", {"name": "Otro", "members": [people.beto.me["id"]]})
    third = await people.beto.connect(resume=cursor(again))
    batch = await third.wait("batch")
    assert [event["info"]["name"] for event in batch["events"] if event["type"] == "member_changed"] == [
        "Otro",
        "Otro",
    ]


async def test_a_program_that_starts_again_goes_on_counting(boxes: Boxes) -> None:
    box = await boxes.claimed()
    people = People(box)
    await people.gather()
    ana = await people.ana.connect()
    await say(people.beto, "before")
    ev = (await ana.wait("message"))["ev"]
    box = await boxes.again(box)
    people.ana.box = people.beto.box = box
    again = await people.ana.connect(resume=cursor(ana, ev))
    assert again.welcome["epoch"] == ana.welcome["epoch"]
    assert (again.welcome["mode"], await bodies(again)) == ("resumed", [])
    await say(people.beto, "after")
    heard = await again.wait("message")
    assert (heard["seq"], heard["ev"] > ev) == (2, True)
    third = await people.ana.connect(resume=cursor(ana, ev))
    assert await bodies(third) == ["after"]
    older = await people.ana.connect(resume=cursor(ana, ev - 1))
    assert older.welcome["mode"] == "resync", "the ring of the program before is gone"
    await people.leave()


async def test_a_new_boot_is_a_reset(boxes: Boxes) -> None:
    box = await boxes.claimed()
    people = People(box)
    await people.gather()
    ana = await people.ana.connect()
    await say(people.beto, "until the boot")
    ev = (await ana.wait("message"))["ev"]
    boxes.new_boot()
    box = await boxes.again(box)
    people.ana.box = box
    again = await people.ana.connect(resume=cursor(ana, ev))
    assert again.welcome["mode"] == "reset"
    assert again.welcome["epoch"] != ana.welcome["epoch"]
    assert again.welcome["rooms"][0]["head"] == 0
    assert (await again.ask({"type": "history", "room": GENERAL}))["items"] == []
    await people.leave()


async def test_somebody_is_gone_after_the_grace(boxes: Boxes) -> None:
    box = await boxes.claimed(presence_grace_ms=1)
    people = People(box)
    await people.gather()
    beto = await people.beto.connect()
    one, two = await people.ana.connect(), await people.ana.connect()
    joined = [await beto.wait("user_joined") for _ in range(2)]
    assert [frame["user"]["name"] for frame in joined] == ["Beto", "Ana"]
    await one.close()
    await two.close()
    left = await beto.wait("user_left")
    assert left == {
        "type": "user_left",
        "ev": left["ev"],
        "room": GENERAL,
        "user": {"id": people.ana.me["id"], "name": "Ana"},
        "why": "disconnect",
    }
    online = await beto.ask({"type": "open", "room": GENERAL})
    assert {one["name"]: one["here"] for one in online["members"]} == {"Ana": False, "Beto": True}
    assert [one["name"] for one in (await beto.wait("users_online"))["users"]] == ["Beto"]
    await people.ana.connect()
    assert (await beto.wait("user_joined"))["user"]["name"] == "Ana"
    assert "user_left" not in [frame["type"] for frame in _rest(beto)]
    await people.leave()


async def test_a_blink_is_silent(people: People) -> None:
    beto, ana = await people.beto.connect(), await people.ana.connect()
    for _ in range(5):
        ana.connection.transport.abort()
        await ana.connection.wait_closed()
        ana = await people.ana.connect()
    await beto.ask({"type": "ping"})
    seen = [(f["type"], f["user"]["name"]) for f in _rest(beto) if f["type"].startswith("user_")]
    assert seen == [("user_joined", "Beto"), ("user_joined", "Ana")]


async def test_fifty_come_and_go_and_nothing_is_left(people: People, box: Any) -> None:
    for _ in range(50):
        await (await people.ana.connect()).close()
    hub = box.hub
    async with asyncio.timeout(10):
        while hub.connected:
            await asyncio.sleep(0.01)
    assert hub._channels == {}
    assert hub._of_session == {}
    assert hub._doorways == set()
    assert len(hub.attendance._timers) == 1


def _rest(socket: Socket) -> list[dict[str, Any]]:
    return [socket.frames.get_nowait() for _ in range(socket.frames.qsize())]
