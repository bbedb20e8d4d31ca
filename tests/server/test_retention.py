"""Rooms that forget: by the age of what was said, slowly, and again after every restore."""

from typing import Any

import pytest

from tests.boxes import Boxes
from tests.clocks import DAY, HOUR
from tests.people import People, Person
from tests.server.earlier import cut, say, upload, words
from tests.store.rigs import say as write


async def forgets(person: Person, room: str, days: int | None) -> None:
    answer = await person.patch(f"/api/rooms/{room}", {"retention_days": days})
    assert answer.status == 200, answer.text
    assert answer.json.get("retention_days") == days


async def room_of(person: Person) -> str:
    return str((await person.post("/api/rooms", {"name": "Taller", "kind": "public"})).json["id"])


async def moved(people: People, boxes: Boxes, seconds: float) -> int:
    """Time passes; answers how many messages go."""
    boxes.clock.pass_by(seconds)
    for person in (people.admin, people.ana, people.beto, people.uma):
        person.token = ""
        await person.sign_in()
    gone: int = await people.box.services.retention.round()
    return gone


async def test_old_words_go_with_their_files(people: People, boxes: Boxes) -> None:
    room = await room_of(people.ana)
    await forgets(people.ana, room, 7)
    loose = await upload(people.ana, "suelto.txt", b"suelto")
    area = await upload(people.ana, "de-todos.txt", b"de todos")
    bound = await upload(people.ana, f"atado.txt?for={room}", b"atado")
    kept = await upload(people.ana, f"guardar.txt?for={room}", b"guardar")
    await people.ana.patch(f"/api/uploads/{kept}", {"keep": True})
    await say(people.ana, "viejo", room, files=[bound, kept, area])
    await say(people.ana, "otra sala")
    assert await moved(people, boxes, 5 * DAY) == 0
    await say(people.ana, "nuevo", room)
    socket = await people.ana.connect()
    assert await moved(people, boxes, 3 * DAY) == 1
    frame = await socket.wait("room_resync")
    assert (frame["room"], frame["first"], frame["head"]) == (room, 2, 2)
    assert (await words(people.ana, room), await words(people.ana)) == (["nuevo"], ["otra sala"])
    left = {one["id"] for one in (await people.ana.get("/api/uploads?room=*")).json["items"]}
    assert left == {loose, kept, area}
    assert not any(one.read_bytes() == b"atado" for one in people.box.store.live.glob("blobs/??/*"))
    assert await moved(people, boxes, 0) == 0


async def test_the_box_has_a_word_of_its_own_and_rooms_another(people: People, boxes: Boxes) -> None:
    people.box = await boxes.again(people.box, retention_days=2)
    for person in (people.admin, people.ana, people.beto, people.uma):
        person.box = people.box
    room = await room_of(people.ana)
    await forgets(people.ana, room, 0)  # for ever
    await say(people.ana, "queda", room)
    await say(people.ana, "se va")
    assert await moved(people, boxes, 3 * DAY) == 1
    assert (await words(people.ana, room), await words(people.ana)) == (["queda"], [])
    await forgets(people.ana, room, None)  # as the box does
    assert await moved(people, boxes, 0) == 1
    assert (await say(people.ana, "sigue", room))["seq"] == 2


async def test_what_a_restore_brings_back_goes_again(people: People, boxes: Boxes) -> None:
    await forgets(people.admin, "r_general", 1)
    await say(people.ana, "viejo")
    file = await upload(people.ana, "viejo.txt?for=r_general", b"viejo")
    await say(people.ana, "con algo", files=[file])
    await people.admin.post("/api/stable", {})
    generation = people.box.store.layout.generation(1)
    saved = {one.name: one.read_bytes() for one in generation.iterdir()}
    assert await moved(people, boxes, 2 * DAY) == 2
    house = await cut(people, boxes)
    assert house.box.store.outcome.generation == 1
    await house.box.services.retention.round()
    assert await words(house.admin) == []
    assert {one.name: one.read_bytes() for one in generation.iterdir()} == saved  # never what was saved
    assert (await house.admin.post("/api/stable/1/verify")).json == {"ok": True, "findings": []}
    await house.leave()


async def test_what_comes_back_from_a_power_cut_leaves_its_place(people: People, boxes: Boxes) -> None:
    await say(people.ana, "viejo")
    house = await cut(people, boxes)
    await forgets(house.admin, "r_general", 1)
    boxes.clock.pass_by(HOUR / 3)
    await say(house.ana, "nuevo")
    await house.bring_back(all=True)
    socket = await house.ana.connect()
    boxes.clock.pass_by(DAY - HOUR / 6)
    assert await house.box.services.retention.round() == 1
    assert (await socket.wait("message_deleted"))["seq"] == 2
    house.admin.token = ""
    await house.admin.sign_in()
    items = (await house.admin.get("/api/rooms/r_general/messages")).json["items"]
    assert [(one["seq"], one["body"], bool(one.get("deleted"))) for one in items] == [
        (1, "nuevo", False),
        (2, "", True),
    ]
    await house.leave()


async def test_a_clock_that_is_put_right_makes_nothing_old(people: People, boxes: Boxes) -> None:
    await forgets(people.admin, "r_general", 10_000)
    await say(people.ana, "dicho con el reloj atrasado")
    boxes.clock.wall += 20_000 * DAY
    assert await people.box.services.retention.round() == 0
    boxes.clock.wall -= 40_000 * DAY
    assert await people.box.services.retention.round() == 0
    assert (
        len(await people.box.store.content.read(lambda db: db.execute("SELECT 1 FROM messages").fetchall()))
        == 1
    )


async def test_many_go_in_small_steps(people: People, boxes: Boxes) -> None:
    await forgets(people.admin, "r_general", 1)
    write(people.box.store, *(f"palabra {number}" for number in range(250)))  # said in 1970
    await say(people.ana, "nuevo")
    boxes.clock.ran += 2 * DAY
    await people.box.services.retention.round()
    assert await words(people.ana) == ["nuevo"]


async def test_whose_word_it_is(people: People) -> None:
    room = await room_of(people.ana)
    for person, status in ((people.beto, 403), (people.uma, 403), (people.admin, 200)):
        assert (await person.patch(f"/api/rooms/{room}", {"retention_days": 3})).status == status
    for value in (-1, 40_000, "x", 1.5):
        answer = await people.ana.patch(f"/api/rooms/{room}", {"retention_days": value})
        assert (answer.status, answer.code) == (400, "bad_request"), value
    assert (await people.beto.get(f"/api/rooms/{room}")).json["retention_days"] == 3


@pytest.mark.parametrize("days", [0, 30])
async def test_it_is_told_to_the_room(people: People, days: int, boxes: Boxes) -> None:
    room = await room_of(people.ana)
    socket = await people.ana.connect()
    await forgets(people.ana, room, days)
    changed: dict[str, Any] = await socket.wait("room_changed")
    assert changed["info"]["retention_days"] == days
