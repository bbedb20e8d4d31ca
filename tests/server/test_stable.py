"""The stable snapshot over HTTP: what an administrator's page and a script can do with it."""

import asyncio

from tests.boxes import ADMIN
from tests.people import People


async def save(people: People, note: str) -> int:
    answer = await people.admin.post("/api/stable", {"note": note})
    assert answer.status == 201, answer.text
    return int(answer.json["generation"])


async def test_saving_listing_choosing_and_deleting(people: People) -> None:
    admin = people.admin
    assert (await admin.get("/api/stable")).json == {"current": None, "generations": [], "trouble": None}
    first, second = await save(people, "lunes"), await save(people, "martes")
    listed = (await admin.get("/api/stable")).json
    assert listed["current"] == second
    assert [(one["generation"], one["note"], one["by"], one["ok"]) for one in listed["generations"]] == [
        (second, "martes", "Marta", True),
        (first, "lunes", "Marta", True),
    ]
    assert (await admin.post(f"/api/stable/{first}/verify")).json == {"ok": True, "findings": []}
    chosen = await admin.post(f"/api/stable/{first}/current")
    assert (chosen.status, chosen.json["generation"]) == (200, first)
    assert (await admin.get("/api/status")).json["stable"]["note"] == "lunes"
    assert (await admin.delete(f"/api/stable/{second}")).status == 204
    assert [one["generation"] for one in (await admin.get("/api/stable")).json["generations"]] == [first]


async def test_without_a_body_the_note_is_empty(people: People) -> None:
    answer = await people.admin.request("POST", "/api/stable", b"")
    assert (answer.status, answer.json["note"]) == (201, "")


async def test_the_one_that_a_reboot_leads_to_stays(people: People) -> None:
    only = await save(people, "lunes")
    answer = await people.admin.delete(f"/api/stable/{only}")
    assert (answer.status, answer.code) == (409, "conflict")


async def test_what_is_no_generation_is_not_found(people: People) -> None:
    for number in ("7", "x", "-1", "1e3", "²", "99999999999999999999"):
        for method, end in (("POST", "/current"), ("POST", "/verify"), ("DELETE", "")):
            answer = await people.admin.request(method, f"/api/stable/{number}{end}")
            assert (answer.status, answer.code) == (404, "not_found"), (method, number, end)


async def test_reset_asks_for_the_password_again(people: People) -> None:
    for body in ({"password": "wrong"}, {"password": ""}):
        answer = await people.admin.post("/api/reset", body)
        assert (answer.status, answer.code) == (403, "wrong_password")
    answer = await people.admin.post("/api/reset", {"password": ADMIN[1], "seconds": -1})
    assert (answer.status, answer.code) == (400, "bad_request")
    assert not people.box.services.stable.restart_requested.is_set()
    answer = await people.admin.post("/api/reset", {"password": ADMIN[1], "seconds": 0})
    assert (answer.status, answer.json) == (202, {"seconds": 0, "traces": True})
    async with asyncio.timeout(10):
        await people.box.services.stable.restart_requested.wait()
