"""The promise as people live it: chat, upload, save, more of both, and the box goes back."""

import asyncio
from typing import Any

from tests.boxes import ADMIN, Boxes
from tests.people import People, Person


async def write(person: Person, text: str) -> None:
    answer = await person.post("/api/rooms/r_general/messages", {"body": text})
    assert answer.status == 201, answer.text


async def upload(person: Person, name: str, data: bytes) -> str:
    answer = await person.put(f"/api/uploads/{name}", data)
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


async def words(person: Person) -> list[str]:
    answer = await person.get("/api/rooms/r_general/messages")
    return [one["body"] for one in answer.json["items"]]


async def names(person: Person) -> set[str]:
    return {one["name"] for one in (await person.get("/api/uploads")).json["items"]}


async def live(people: People) -> str:
    """Something saved, something more; answers the id of the saved file."""
    ana, admin = people.ana, people.admin
    await write(ana, "saved")
    kept = await upload(ana, "kept.txt", b"kept")
    assert (await admin.post("/api/stable", {"note": "Tuesday"})).status == 201
    await write(ana, "later")
    await upload(ana, "later.txt", b"later")
    return kept


async def as_admin(box: Any) -> Person:
    return await Person(box, *ADMIN).sign_in()


async def test_what_everybody_sees_of_it(people: People) -> None:
    admin, ana = people.admin, people.ana
    status = (await admin.get("/api/status")).json
    assert (status["stable"], status["since_stable"]["messages"]) == (None, 0)
    await live(people)
    status = (await admin.get("/api/status")).json
    assert (status["stable"]["generation"], status["stable"]["note"]) == (1, "Tuesday")
    assert status["since_stable"] == {"files": 1, "bytes": 5, "messages": 1, "posts": 0, "rooms": 0}
    status = (await ana.get("/api/status")).json
    assert status["stable"]["note"] == "Tuesday"
    assert "since_stable" not in status
    assert "stable" not in (await Person(people.box).get("/api/status")).json


async def test_what_has_come_since_counts_from_where_a_reboot_leads(people: People) -> None:
    admin = people.admin
    await live(people)
    await admin.post("/api/rooms", {"name": "Taller", "kind": "public"})
    assert (await admin.get("/api/status")).json["since_stable"]["rooms"] == 1
    await admin.post("/api/stable", {})
    since = (await admin.get("/api/status")).json["since_stable"]
    assert since == {"files": 0, "bytes": 0, "messages": 0, "posts": 0, "rooms": 0}
    await admin.post("/api/stable/1/current")
    since = (await admin.get("/api/status")).json["since_stable"]
    assert since == {"files": 1, "bytes": 5, "messages": 1, "posts": 0, "rooms": 1}


async def test_a_power_cut_brings_the_stable_state_back(people: People, boxes: Boxes) -> None:
    kept = await live(people)
    assert (await people.admin.delete(f"/api/uploads/{kept}")).status == 204
    epoch = people.box.services.epoch
    boxes.new_boot()
    box = await boxes.again(people.box)
    admin = await as_admin(box)
    assert box.services.epoch != epoch
    assert (await words(admin), await names(admin)) == (["saved"], {"kept.txt"})
    body = await admin.get(f"/api/uploads/{kept}/content")
    assert (body.status, body.content) == (200, b"kept")
    await admin.leave()


async def test_a_crashed_process_loses_nothing(people: People, boxes: Boxes) -> None:
    await live(people)
    box = await boxes.again(people.box)
    admin = await as_admin(box)
    assert (await words(admin), await names(admin)) == (["saved", "later"], {"kept.txt", "later.txt"})
    await admin.leave()


async def test_people_outlive_every_reset(people: People, boxes: Boxes) -> None:
    await people.admin.post("/api/stable", {})
    await people.admin.post(
        "/api/users", {"username": "nueva", "role": "usuario", "password": "un mar de fondo 4"}
    )
    boxes.new_boot()
    box = await boxes.again(people.box)
    nueva = await Person(box, "nueva", "un mar de fondo 4").sign_in()
    assert nueva.me["username"] == "nueva"
    await nueva.leave()


async def test_reset_tells_everybody_and_goes_back_without_a_reboot(people: People, boxes: Boxes) -> None:
    await live(people)
    box = people.box
    socket = await people.ana.connect()
    answer = await people.admin.post("/api/reset", {"password": ADMIN[1], "seconds": 0})
    assert answer.status == 202
    notice = await socket.wait("notice")
    assert (notice["code"], notice["params"]) == ("box_reboot", {"seconds": 0})
    async with asyncio.timeout(10):
        await box.services.stable.restart_requested.wait()
    again = await boxes.again(box)  # the same boot of the machine
    assert again.store.outcome.erased
    admin = await as_admin(again)
    assert await words(admin) == ["saved"]
    await admin.leave()


async def test_a_save_is_told_to_everybody(people: People) -> None:
    socket = await people.ana.connect()
    await people.admin.post("/api/stable", {"note": "x"})
    notice = await socket.wait("notice")
    assert (notice["code"], notice["params"]["generation"]) == ("stable_changed", 1)


async def test_one_save_at_a_time(people: People) -> None:
    answers = await asyncio.gather(*(people.admin.post("/api/stable", {}) for _ in range(4)))
    statuses = sorted(answer.status for answer in answers)
    assert statuses == [201, 409, 409, 409]
    refused = next(answer for answer in answers if answer.status == 409)
    assert (refused.code, refused.json["error"]["params"]["reason"]) == ("conflict", "busy")


async def test_people_write_on_while_a_save_runs(people: People) -> None:
    saving = asyncio.create_task(people.admin.post("/api/stable", {}))
    for number in range(8):
        await write(people.ana, f"word {number}")
    assert (await saving).status == 201
    assert len(await words(people.ana)) == 8


async def test_the_deeds_are_written_down(people: People) -> None:
    from appliance.store import audit

    await people.admin.post("/api/stable", {})
    await people.admin.post("/api/stable", {})
    await people.admin.post("/api/stable/1/current")
    await people.admin.delete("/api/stable/2")
    await people.admin.post("/api/reset", {"password": ADMIN[1], "seconds": 3600})
    rows = await people.box.store.box.read(audit.newest)
    deeds = [
        (row.action, row.subject, row.actor_name)
        for row in rows
        if row.action.startswith(("stable", "reset"))
    ]
    assert deeds == [
        ("reset", people.box.services.epoch, "Marta"),
        ("stable_deleted", "2", "Marta"),
        ("stable_chosen", "1", "Marta"),
        ("stable_saved", "2", "Marta"),
        ("stable_saved", "1", "Marta"),
    ]


async def test_a_damaged_generation_is_shown_refused_and_survived(
    people: People, boxes: Boxes, expect_log
) -> None:
    await live(people)
    await people.admin.post("/api/stable", {"note": "Wednesday"})
    manifest = people.box.store.layout.generation(2) / "manifest.json"
    manifest.chmod(0o600)
    manifest.write_text("{}")
    found = (await people.admin.post("/api/stable/2/verify")).json
    assert (found["ok"], found["findings"][0]["what"]) == (False, "manifest")
    refused = await people.admin.post("/api/stable/2/current")
    assert (refused.status, refused.json["error"]["params"]["reason"]) == (409, "damaged")
    listed = (await people.admin.get("/api/stable")).json
    assert [(one["generation"], one["ok"]) for one in listed["generations"]] == [(2, False), (1, True)]
    assert listed["current"] == 1  # where a reboot would end
    assert (await people.admin.delete("/api/stable/1")).status == 409
    boxes.new_boot()
    expect_log("passed over generation 2")
    box = await boxes.again(people.box)
    admin = await as_admin(box)
    assert await words(admin) == ["saved"]
    trouble = (await admin.get("/api/stable")).json["trouble"]
    assert trouble == {"passed": [{"generation": 2, "flaw": "replaced"}], "lost": 0, "recovered_box": None}
    await admin.leave()
