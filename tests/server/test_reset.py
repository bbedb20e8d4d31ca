"""Reset now: announced, called off, carried out; what it undoes, and what was decided and stays."""

import asyncio
from typing import Any

from appliance.store import audit, intents
from tests.boxes import ADMIN, Boxes
from tests.people import People, Person

GENERAL = "/api/rooms/r_general/messages"
RESET = {"password": ADMIN[1], "seconds": 600}


async def counting(person: Person) -> int | None:
    found: int | None = (await person.get("/api/status")).json["reset_in"]
    return found


async def test_an_announced_reset_can_be_called_off(people: People, boxes: Boxes) -> None:
    await people.ana.post(GENERAL, {"body": "sigue aqui"})
    socket = await people.ana.connect()
    nothing = await people.admin.delete("/api/reset")
    assert (nothing.status, nothing.json["error"]["params"]["reason"]) == (409, "not_counting")
    assert await counting(people.ana) is None
    assert (await people.admin.post("/api/reset", RESET)).status == 202
    notice = await socket.wait("notice")
    assert (notice["code"], notice["params"]) == ("box_reboot", {"seconds": 600})
    assert 590 < (await counting(people.uma) or 0) <= 600
    assert (await people.ana.delete("/api/reset")).status == 403
    assert (await people.admin.delete("/api/reset")).status == 204
    assert (await socket.wait("notice"))["code"] == "box_reboot_cancelled"
    assert await counting(people.ana) is None
    rows = await people.box.store.box.read(audit.newest)
    assert [row.action for row in rows][:2] == ["reset_cancelled", "reset"]
    box = await boxes.again(people.box)  # a crash afterwards resets nothing
    admin = await Person(box, *ADMIN).sign_in()
    assert [one["body"] for one in (await admin.get(GENERAL)).json["items"]] == ["sigue aqui"]
    await admin.leave()


async def test_what_is_announced_happens_also_when_the_power_goes(people: People, boxes: Boxes) -> None:
    await people.ana.post(GENERAL, {"body": "se va"})
    assert (await people.admin.post("/api/reset", RESET)).status == 202
    box = await boxes.again(people.box)
    assert (box.store.outcome.why, box.store.outcome.erased) == ("reset", True)
    assert list(box.store.layout.live.glob("????????")) == [box.store.live]


async def test_calling_off_twice_and_two_administrators(people: People) -> None:
    await people.admin.post("/api/reset", RESET)
    await people.admin.post("/api/reset", {**RESET, "seconds": 900})  # the newer word counts
    assert (await counting(people.admin) or 0) > 600
    answers = await asyncio.gather(*(people.admin.delete("/api/reset") for _ in range(2)))
    assert sorted(one.status for one in answers) == [204, 409]
    assert await people.box.store.box.read(intents.unused) == frozenset()


async def reset(people: People, boxes: Boxes) -> tuple[Any, Person]:
    assert (await people.admin.post("/api/reset", {"password": ADMIN[1]})).status == 202
    box = people.box = await boxes.again(people.box)
    return box, await Person(box, *ADMIN).sign_in()


async def test_plain_deletions_and_edits_are_undone_and_decisions_are_not(
    people: People, boxes: Boxes
) -> None:
    room = (await people.ana.post("/api/rooms", {"name": "Taller", "kind": "public"})).json["id"]
    await people.beto.post(f"/api/rooms/{room}/join")
    for text in ("uno", "dos", "tres"):
        await people.ana.post(GENERAL, {"body": text})
    ids = {
        name: (await people.ana.put(f"/api/uploads/{name}.txt", name.encode())).json["id"]
        for name in ("queda", "malo")
    }
    assert (await people.admin.post("/api/stable", {})).status == 201
    await people.ana.patch(f"{GENERAL}/1", {"body": "otra cosa"})
    await people.ana.delete(f"{GENERAL}/2")
    await people.ana.delete(f"/api/uploads/{ids['queda']}")
    await people.admin.post(f"/api/uploads/{ids['malo']}/reject")
    await people.ana.post(f"/api/rooms/{room}/bans", {"user": people.beto.me["id"]})
    _, admin = await reset(people, boxes)
    for _ in range(2):  # and after every later reset
        items = (await admin.get(GENERAL)).json["items"]
        assert [(one["seq"], one["body"]) for one in items] == [(1, "uno"), (2, "dos"), (3, "tres")]
        states = {one["id"]: one["state"] for one in (await admin.get("/api/uploads")).json["items"]}
        assert states == {ids["queda"]: "quarantined", ids["malo"]: "rejected"}
        beto = await Person(people.box, "beto").sign_in()
        assert (await beto.post(f"/api/rooms/{room}/join")).status in (403, 404)
        await beto.leave()
        await admin.leave()
        people.admin = await Person(people.box, *ADMIN).sign_in()
        _, admin = await reset(people, boxes)
    await admin.leave()
