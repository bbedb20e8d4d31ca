"""Boxes that should remember: saves by the timer and at the shutdown, and none where nothing is new."""

from pathlib import Path
from typing import Any

import pytest

from appliance.store import audit
from tests.boxes import ADMIN, Boxes
from tests.people import People, Person
from tests.samples import ELF
from tests.served import CHOICES, Served
from tests.server.earlier import say, upload

AUTOMATIC = "/api/stable/automatic"


async def generations(people: People) -> list[tuple[int, str]]:
    listed = (await people.admin.get("/api/stable")).json["generations"]
    return [(one["generation"], one["kind"]) for one in listed]


async def due(people: People) -> None:
    """The time of the timer is up."""
    automatic = people.box.services.automatic
    automatic._due = 0.0
    await automatic.tick()


async def choose(people: People, **wanted: Any) -> None:
    answer = await people.admin.patch(AUTOMATIC, wanted)
    assert answer.status == 200, answer.text


async def test_off_until_somebody_wants_it(people: People, boxes: Boxes) -> None:
    shown = (await people.admin.get(AUTOMATIC)).json
    assert shown == {"save": "off", "minutes": 60, "waits": False}
    await say(people.ana, "algo")
    await due(people)
    assert await generations(people) == []
    people.box = await boxes.again(people.box)
    people.admin = await Person(people.box, *ADMIN).sign_in()
    assert await generations(people) == []


async def test_the_timer_saves_what_is_new_and_nothing_twice(people: People, expect_log: Any) -> None:
    await choose(people, save="timer", minutes=5)
    await due(people)
    assert await generations(people) == []  # nothing has happened yet
    await say(people.ana, "uno")
    await people.box.services.automatic.tick()  # not yet
    assert await generations(people) == []
    socket = await people.ana.connect()
    await due(people)
    assert await generations(people) == [(1, "timer")]
    assert (await socket.wait("notice"))["code"] == "stable_changed"
    await due(people)
    assert await generations(people) == [(1, "timer")]
    row = (await people.box.store.box.write(audit.newest))[0]  # behind what is still being written down
    assert (row.action, row.actor_name, row.subject) == ("stable_saved", "automatic", "1")


async def test_two_slots_of_their_own(people: People) -> None:
    await choose(people, save="both")
    for number in range(6):
        await say(people.ana, f"a mano {number}")
        assert (await people.admin.post("/api/stable", {})).status == 201
    for number in range(4):
        await say(people.ana, f"sola {number}")
        await due(people)
    found = await generations(people)
    assert found[:2] == [(10, "timer"), (9, "timer")]
    assert found[2:] == [(number, "deliberate") for number in (6, 5, 4, 3, 2)]
    await due(people)
    assert await generations(people) == found


async def test_what_looks_dangerous_never_goes_in(people: People, boxes: Boxes) -> None:
    await choose(people, save="timer")
    file = await upload(people.admin, "foto.jpg", ELF)
    assert (await people.admin.get(f"/api/uploads/{file}")).json["scan"] == "flagged"
    await due(people)
    assert await generations(people) == []  # that alone is no reason to save
    await say(people.ana, "algo")
    await due(people)
    await due(people)
    listed = (await people.admin.get("/api/stable")).json["generations"]
    assert [(one["generation"], one["files"]) for one in listed] == [(1, 0)]


async def test_what_somebody_chose_by_hand_is_not_undone(people: People) -> None:
    await choose(people, save="timer")
    for text in ("uno", "dos"):
        await say(people.ana, text)
        await people.admin.post("/api/stable", {})
    await people.admin.post("/api/stable/1/current")
    await say(people.ana, "tres")
    await due(people)
    assert [number for number, _ in await generations(people)] == [2, 1]
    assert (await people.admin.get(AUTOMATIC)).json["waits"] is True
    await people.admin.post("/api/stable", {})
    await say(people.ana, "cuatro")
    await due(people)
    assert (await generations(people))[0] == (4, "timer")


async def test_what_somebody_left_out_on_purpose_stays_out(people: People, boxes: Boxes) -> None:
    await choose(people, save="both")
    await upload(people.ana, "queda.txt", b"queda")
    await say(people.ana, "fuera")
    assert (await people.admin.post("/api/stable", {"only": {"kinds": ["files"]}})).status == 201
    await say(people.ana, "mas")
    await due(people)
    assert await generations(people) == [(1, "deliberate")]
    assert (await people.admin.get(AUTOMATIC)).json["waits"] is True
    for _ in range(2):  # also in the session after it, and at the shutdown of that one
        boxes.new_boot()
        people.box = await boxes.again(people.box)
        people.admin = await Person(people.box, *ADMIN).sign_in()
        assert await generations(people) == [(1, "deliberate")]
        assert (await people.admin.get("/api/rooms/r_general/messages")).json["items"] == []
        await say(people.admin, "otra sesion")
    await people.admin.post("/api/stable", {})  # everything, by hand: from here it goes on by itself
    await say(people.admin, "y sigue")
    await due(people)
    assert (await generations(people))[0] == (3, "timer")
    assert (await people.admin.get(AUTOMATIC)).json["waits"] is False


async def test_a_clean_shutdown_saves_and_a_reset_does_not(people: People, boxes: Boxes) -> None:
    await choose(people, save="shutdown")
    await say(people.ana, "se queda")
    await due(people)
    assert await generations(people) == []
    boxes.new_boot()
    people.box = await boxes.again(people.box)
    people.admin = await Person(people.box, *ADMIN).sign_in()
    assert await generations(people) == [(1, "shutdown")]
    assert (await people.admin.get(AUTOMATIC)).json["save"] == "shutdown"  # also after the reset
    assert "se queda" in (await people.admin.get("/api/rooms/r_general/messages")).text
    await say(people.admin, "se va")
    await people.admin.post("/api/reset", {"password": ADMIN[1], "seconds": 600})
    people.box = await boxes.again(people.box)
    people.admin = await Person(people.box, *ADMIN).sign_in()
    assert await generations(people) == [(1, "shutdown")]
    assert "se va" not in (await people.admin.get("/api/rooms/r_general/messages")).text


@pytest.mark.parametrize("wanted", [{"save": "daily"}, {"minutes": 0}, {"minutes": 20000}, {"minutes": "x"}])
async def test_what_cannot_be(people: People, wanted: dict[str, Any]) -> None:
    answer = await people.admin.patch(AUTOMATIC, wanted)
    assert (answer.status, answer.code) == (400, "bad_request")


async def test_the_settings_say_how_it_begins(boxes: Boxes) -> None:
    box = await boxes.claimed(automatic_save="both", automatic_save_minutes=7)
    admin = await Person(box, *ADMIN).sign_in()
    assert (await admin.get(AUTOMATIC)).json == {"save": "both", "minutes": 7, "waits": False}
    await admin.leave()


async def test_a_real_process_saves_when_it_is_told_to_stop(tmp_path: Path) -> None:
    data = tmp_path / "data"
    served = Served(data, settings={**CHOICES, "automatic_save": "shutdown"})
    person = Person(served)
    body = {"code": served.claim_code, "username": ADMIN[0], "password": ADMIN[1], "name": "Marta"}
    assert (await person.post("/api/claim", body)).status == 201
    await person.leave()
    admin = await Person(served, *ADMIN).sign_in()
    await say(admin, "se queda")
    await admin.leave()
    assert served.stop() == 0
    assert (data / "stable" / "CURRENT").read_text().startswith("1 ")
