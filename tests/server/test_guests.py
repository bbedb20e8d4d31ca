"""Codes, passwords and guests: who comes in, how often one may guess, and what a guest can reach."""

import asyncio
from typing import Any

import pytest

from tests.boxes import Boxes
from tests.people import People, Person
from tests.visitors import enter, made

GENERAL = "r_general"


async def test_a_guest_comes_in_with_a_name_and_talks(people: People, box: Any) -> None:
    room = await made(people.ana, password="limonada")
    ana = await people.ana.connect()
    gus = await enter(box, room["code"].lower(), "Gus", password="limonada")
    assert gus.me["role"] == "guest"
    assert (await ana.wait("member_changed"))["user"] == {"id": gus.me["id"], "name": "Gus"}
    socket = await gus.connect()
    assert socket.welcome["me"] == gus.me
    assert [one["id"] for one in socket.welcome["rooms"]] == [room["id"]]
    assert (await ana.wait("user_joined"))["user"]["name"] in ("Ana", "Gus")
    ack = await socket.ask({"type": "send", "room": room["id"], "cid": "g1", "body": "hola"})
    assert ack["seq"] == 1
    heard = await ana.wait("message")
    assert (heard["from"]["name"], heard["body"]) == ("Gus", "hola")
    await ana.ask({"type": "send", "room": room["id"], "cid": "a1", "body": "hola, Gus"})
    assert (await socket.wait(lambda f: f.get("body") == "hola, Gus"))["seq"] == 2
    members = (await people.ana.get(f"/api/rooms/{room['id']}/members")).json["items"]
    assert [(one["name"], one.get("guest", False)) for one in members] == [("Ana", False), ("Gus", True)]
    assert (await gus.get(f"/api/rooms/{room['id']}/messages")).json["items"][0]["body"] == "hola"
    await gus.leave()


async def test_a_guest_reaches_that_room_and_nothing_else(people: People, box: Any) -> None:
    room = await made(people.ana)
    other = await made(people.ana, kind="public", name="Plaza")
    gus = await enter(box, room["code"], "Gus")
    socket = await gus.connect()
    for there in (GENERAL, other["id"]):
        assert (await gus.get(f"/api/rooms/{there}")).status == 404
        assert (await gus.get(f"/api/rooms/{there}/messages")).status == 404
        assert (await socket.ask({"type": "open", "room": there}))["code"] == "not_found"
        wrong = await socket.ask({"type": "send", "room": there, "cid": "x", "body": "x"})
        assert wrong["code"] == "not_found"
    for frame in (
        {"type": "create_room", "name": "Mine"},
        {"type": "join", "code": other["code"]},
        {"type": "kick", "room": room["id"], "user": people.ana.me["id"]},
    ):
        assert (await socket.ask(frame))["code"] == "forbidden"
    for method, path in (("GET", "/api/rooms"), ("GET", "/api/users/me"), ("GET", "/api/uploads")):
        assert (await gus.request(method, path)).status == 403
    await people.ana.post(f"/api/rooms/{other['id']}/messages", {"body": "not for guests"})
    await socket.ask({"type": "ping"})
    assert all(frame.get("type") != "message" for frame in list(socket.frames._queue))
    await gus.leave()


async def test_a_guests_stay_survives_the_program_and_not_the_boot(
    boxes: Boxes, people: People, box: Any
) -> None:
    room = await made(people.ana)
    gus = await enter(box, room["code"], "Gus")
    await people.admin.post("/api/stable", {})
    again = await boxes.again(box)
    gus.box = people.admin.box = again
    assert (await gus.connect()).welcome["me"]["name"] == "Gus"
    boxes.new_boot()
    after = await boxes.again(again)
    gus.box = people.ana.box = after
    assert (await gus.get(f"/api/rooms/{room['id']}")).status == 401
    members = (await people.ana.get(f"/api/rooms/{room['id']}/members")).json["items"]
    assert [one["name"] for one in members] == ["Ana"]
    await gus.leave()


async def test_a_guest_who_leaves_is_nobody(people: People, box: Any) -> None:
    room = await made(people.ana)
    gus = await enter(box, room["code"], "Gus")
    socket = await gus.connect()
    assert (await gus.post(f"/api/rooms/{room['id']}/leave")).status == 204
    assert await socket.closed() == 4001
    assert (await gus.get(f"/api/rooms/{room['id']}")).status == 401
    again = await enter(box, room["code"], "Gus")
    assert again.me["id"] != gus.me["id"]
    socket = await again.connect()
    assert (await socket.ask({"type": "leave", "room": room["id"]}))["type"] == "ack"
    assert await socket.closed() == 4001
    await gus.leave()
    await again.leave()


async def test_a_guest_who_lost_the_session_comes_again_by_the_same_name(people: People, box: Any) -> None:
    room = await made(people.ana)
    first = await enter(box, room["code"], "Gus")
    second = await enter(box, room["code"], "gus")
    assert (await first.get(f"/api/rooms/{room['id']}")).status == 401
    members = (await people.ana.get(f"/api/rooms/{room['id']}/members")).json["items"]
    assert [one["name"] for one in members] == ["Ana", "gus"]
    await first.leave()
    await second.leave()


async def test_a_stay_has_an_end(boxes: Boxes, people: People, box: Any) -> None:
    room = await made(people.ana)
    gus = await enter(box, room["code"], "Gus")
    await box.store.content.write(lambda db: db.execute("UPDATE guests SET expires = 1"))
    after = await boxes.again(box)
    gus.box = people.ana.box = after
    assert (await gus.get(f"/api/rooms/{room['id']}")).status == 401
    await enter(after, room["code"], "Eva")
    members = (await people.ana.get(f"/api/rooms/{room['id']}/members")).json["items"]
    assert [one["name"] for one in members] == ["Ana", "Eva"]
    await gus.leave()


async def test_who_overstays_is_shown_out_also_where_nobody_comes_in(
    boxes: Boxes, people: People, box: Any
) -> None:
    room = await made(people.ana)
    gus, eva = await enter(box, room["code"], "Gus"), await enter(box, room["code"], "Eva")
    text = "UPDATE guests SET expires = 1 WHERE name = 'Gus'"
    await box.store.content.write(lambda db: db.execute(text))
    after = await boxes.again(box)
    gus.box = eva.box = people.ana.box = after

    async def there() -> list[str]:
        rows = await after.store.content.read(lambda db: db.execute("SELECT name FROM guests").fetchall())
        return [name for (name,) in rows]

    async with asyncio.timeout(10):
        while await there() != ["Eva"]:
            await asyncio.sleep(0.02)
    members = (await people.ana.get(f"/api/rooms/{room['id']}/members")).json["items"]
    assert [one["name"] for one in members] == ["Ana", "Eva"]
    assert not after.services.directory.knows(gus.me["id"])
    assert (await eva.get(f"/api/rooms/{room['id']}")).status == 200
    await gus.leave()
    await eva.leave()


async def test_a_browser_gets_a_cookie_and_no_token(people: People, box: Any) -> None:
    room = await made(people.ana)
    gus = Person(box)
    body = {"code": room["code"], "name": "Gus", "session": "cookie"}
    answer = await gus.post("/api/enter", body)
    assert "access_token" not in answer.json
    gus.cookie = answer.headers["Set-Cookie"].partition(";")[0]
    assert (await gus.get(f"/api/rooms/{room['id']}")).json["role"] == "member"
    left = await gus.post(f"/api/rooms/{room['id']}/leave", {})
    assert left.status == 204
    assert left.headers["Set-Cookie"].startswith('pichat=""')
    # Somebody with an account would lose it: they join instead.
    ana = await Person(box, "ana").sign_in(cookie=True)
    assert (await ana.post("/api/enter", {**body, "name": "Other"})).json["error"]["params"] == {
        "reason": "signed_in"
    }
    await gus.leave()
    await ana.leave()


async def test_who_may_not_come_in(people: People, box: Any) -> None:
    room = await made(people.ana, password="limonada")
    right = {"code": room["code"], "password": "limonada", "name": "Gus"}
    stranger = Person(box)
    for change, status, code in [
        ({"code": "ZZZZZZZZ"}, 400, "bad_code"),
        ({"password": None}, 403, "wrong_password"),
        ({"password": "naranjada"}, 403, "wrong_password"),
        ({"name": ""}, 400, "bad_request"),
        ({"name": "admin\u202e"}, 400, "bad_request"),
        ({"name": "aNA"}, 409, "name_taken"),
        ({"name": "PiChat"}, 400, "bad_request"),
    ]:
        answer = await stranger.post("/api/enter", {**right, **change})
        assert (answer.status, answer.code) == (status, code), change
    gus = await enter(box, **right)
    await gus.connect()
    assert (await stranger.post("/api/enter", right)).code == "name_taken"
    await gus.leave()


async def test_guests_switched_off(boxes: Boxes) -> None:
    box = await boxes.claimed(guests=False)
    admin = await People(box).admin.sign_in()
    room = await made(admin)
    answer = await Person(box).post("/api/enter", {"code": room["code"], "name": "Gus"})
    assert (answer.status, answer.json["error"]["params"]) == (403, {"reason": "guests"})


async def test_a_room_takes_so_many_guests_and_an_address_so_many(boxes: Boxes) -> None:
    box = await boxes.claimed(guests_per_room=2, guests_per_address=3)
    admin = await People(box).admin.sign_in()
    first, second = await made(admin), await made(admin)
    for name in ("Uno", "Dos"):
        await enter(box, first["code"], name)
    full = await Person(box).post("/api/enter", {"code": first["code"], "name": "Tres"})
    assert (full.status, full.code) == (409, "room_full")
    await enter(box, second["code"], "Tres")
    full = await Person(box).post("/api/enter", {"code": second["code"], "name": "Cuatro"})
    assert full.json["error"]["params"]["reason"] == "address"


async def test_of_many_at_once_no_more_come_in_than_there_is_room_for(boxes: Boxes) -> None:
    box = await boxes.claimed(guests_per_room=2)
    admin = await People(box).admin.sign_in()
    room = await made(admin)
    bodies = [{"code": room["code"], "name": f"Eva {number}"} for number in "ABCDEF"]
    answers = await asyncio.gather(*(Person(box).post("/api/enter", body) for body in bodies))
    assert sorted(one.status for one in answers) == [201] * 2 + [409] * 4
    members = (await admin.get(f"/api/rooms/{room['id']}/members")).json["items"]
    assert len(members) == 3


async def test_codes_are_not_guessed(boxes: Boxes) -> None:
    box = await boxes.claimed(codes_per_minute=3, login_failures=2)
    admin = await People(box).admin.sign_in()
    room = await made(admin, password="limonada")
    stranger = Person(box)
    # The right code is no guess, however often.
    for name in ("A1", "A2", "A3", "A4", "A5"):
        await enter(box, room["code"], name, password="limonada")
    # Wrong passwords slow down this address at this room.
    wrong = {"code": room["code"], "password": "no", "name": "Gus"}
    answers = [(await stranger.post("/api/enter", wrong)).code for _ in range(4)]
    assert answers[:2] == ["wrong_password"] * 2
    assert answers[-1] == "rate_limited"
    # Wrong codes slow down the address.
    answers = [(await stranger.post("/api/enter", {"code": "ZZZZZZ", "name": "Gus"})).code for _ in range(4)]
    assert answers == ["bad_code"] * 3 + ["rate_limited"]


async def test_accounts_join_by_code_through_both_doors(people: People) -> None:
    room = await made(people.ana, password="limonada", code="mesa-7-b")
    assert room["code"] == "MESA7B"
    beto = await people.beto.connect()
    missing = await beto.ask({"type": "join", "code": room["code"]})
    assert (missing["code"], missing["params"]) == ("wrong_password", {"reason": "missing"})
    ack = await beto.ask({"type": "join", "code": room["code"], "password": "limonada"})
    assert ack["room"] == room["id"]
    answer = await people.uma.post("/api/rooms/join", {"code": room["code"], "password": "limonada"})
    assert answer.json["room"] == room["id"]
    # What opens the room is for those who may bring others in.
    assert (await people.ana.get(f"/api/rooms/{room['id']}")).json["code"] == room["code"]
    assert "code" not in (await people.beto.get(f"/api/rooms/{room['id']}")).json
    assert (await people.beto.get(f"/api/rooms/{room['id']}/card")).status == 403
    card = (await people.ana.get(f"/api/rooms/{room['id']}/card")).json
    assert card["code"] == room["code"]
    assert all(url.endswith(f"/entrar#{room['code']}") for url in card["urls"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"code": "short"}, "bad_request"),
        ({"code": "x" * 17}, "bad_request"),
        ({"code": "unique"}, "bad_request"),
        ({"password": "abc"}, "weak_password"),
        ({"kind": "direct", "members": ["@beto"], "password": "limonada"}, "bad_request"),
        ({"slow": 5000}, "bad_request"),
    ],
)
async def test_a_door_that_cannot_be(people: People, body: Any, code: str) -> None:
    if "members" in body:
        body = {**body, "members": [people.beto.me["id"]]}
    answer = await people.ana.post("/api/rooms", {"name": "Mesa", **body})
    assert answer.code == code, answer.text


async def test_a_code_opens_one_room(people: People) -> None:
    await made(people.ana, code="TABLE4")
    answer = await people.ana.post("/api/rooms", {"name": "Otra", "code": "table-4"})
    assert answer.code == "name_taken"


async def test_a_changed_password_stays_changed_over_a_reset(boxes: Boxes, people: People, box: Any) -> None:
    room = await made(people.ana, password="limonada")
    await people.admin.post("/api/stable", {})
    change = {"password": "naranjada", "code": "NEWDD4"}
    changed = await people.ana.patch(f"/api/rooms/{room['id']}", change)
    assert changed.json["code"] == "NEWDD4"
    boxes.new_boot()
    after = await boxes.again(box)
    stranger = Person(after)
    for code, password, expected in [
        (room["code"], "limonada", "bad_code"),
        ("NEWDD4", "limonada", "wrong_password"),
        ("NEWDD4", "naranjada", ""),
    ]:
        body = {"code": code, "password": password, "name": "Gus"}
        assert (await stranger.post("/api/enter", body)).code == expected
    await stranger.leave()


async def test_a_public_room_behind_a_password_shows_its_name_alone(people: People) -> None:
    room = await made(people.ana, kind="public", code=None, password="limonada")
    path = f"/api/rooms/{room['id']}"
    assert (await people.beto.get(path)).json["password"] is True
    for inside in ("messages", "members"):
        assert (await people.beto.get(f"{path}/{inside}")).status == 403
    assert (await people.beto.post(f"{path}/join", {})).code == "wrong_password"
    assert (await people.beto.post(f"{path}/join", {"password": "limonada"})).status == 200
    assert (await people.beto.get(f"{path}/messages")).status == 200
