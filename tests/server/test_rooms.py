"""Rooms over HTTP: lists, making, changing, ending, members; and who may not."""

from typing import Any

import pytest

from tests.people import People, Person

GENERAL = "r_general"


async def made(person: Person, **body: Any) -> str:
    answer = await person.post("/api/rooms", {"name": "Plan", **body})
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


async def test_the_factory_has_one_room_for_everybody(people: People) -> None:
    answer = await people.uma.get("/api/rooms")
    assert answer.json["next"] is None
    (general,) = answer.json["items"]
    assert (general["id"], general["name"], general["kind"]) == (GENERAL, "General", "public")
    assert (await people.uma.get(f"/api/rooms/{GENERAL}")).json["head"] == 0


async def test_a_room_is_made_with_its_people(people: People) -> None:
    beto = people.beto.me["id"]
    body = {"name": "  Plan   B ", "kind": "group", "members": [beto, beto, people.ana.me["id"]]}
    answer = await people.ana.post("/api/rooms", body)
    assert answer.status == 201
    room = answer.json
    assert {key: room[key] for key in ("kind", "name", "head", "role", "members")} == {
        "kind": "group",
        "name": "Plan B",
        "head": 0,
        "role": "owner",
        "members": 2,
    }
    members = (await people.beto.get(f"/api/rooms/{room['id']}/members")).json["items"]
    assert [(one["name"], one["role"], one["here"]) for one in members] == [
        ("Ana", "owner", False),
        ("Beto", "member", False),
    ]
    assert (await people.beto.get(f"/api/rooms/{room['id']}/")).json["role"] == "member"


async def test_the_list_has_public_rooms_and_ones_own_page_by_page(people: People) -> None:
    public = await made(people.ana, kind="public", name="Plaza")
    private = await made(people.ana, kind="private", name="Secreto")
    seen = (await people.beto.get("/api/rooms")).json["items"]
    assert {one["id"]: one["role"] for one in seen}.items() >= {(public, "none")}
    assert private not in {one["id"] for one in seen}
    found, after = [], ""
    for _ in range(3):
        page = (await people.ana.get(f"/api/rooms?limit=1&after={after}")).json
        found += [one["id"] for one in page["items"]]
        after = page["next"]
    assert sorted(found) == sorted([GENERAL, public, private])
    assert after is None


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"name": ""}, "bad_request", "name"),
        ({"name": "x" * 61}, "bad_request", "name"),
        ({"name": "a\u202eb"}, "bad_request", "name"),
        ({"name": "x", "kind": "castle"}, "bad_request", "kind"),
        ({"name": "x", "members": "ana"}, "bad_request", "members"),
        ({"name": "x", "members": ["u_nobody"]}, "not_found", None),
        ({"kind": "direct"}, "bad_request", "members"),
        ({"name": "x", "e2e": True}, "bad_request", "e2e"),
    ],
)
async def test_a_room_that_cannot_be(people: People, body: Any, code: str, field: str | None) -> None:
    answer = await people.ana.post("/api/rooms", body)
    assert answer.code == code
    assert answer.json["error"]["params"].get("field") == field


async def test_only_owners_and_administrators_change_or_end_a_room(people: People) -> None:
    room = await made(people.ana, kind="public")
    path = f"/api/rooms/{room}"
    assert (await people.beto.patch(path, {"name": "Mío"})).status == 403
    assert (await people.beto.delete(path)).status == 403
    assert (await people.ana.patch(path, {"name": "Plaza"})).json["name"] == "Plaza"
    assert (await people.ana.patch(path, {"name": "\n"})).code == "bad_request"
    assert (await people.admin.patch(path, {"name": "Plaza Mayor"})).status == 200
    assert (await people.admin.delete(path)).status == 204
    assert (await people.ana.get(path)).status == 404
    assert (await people.ana.delete(path)).status == 404


async def test_administrators_do_not_read_what_is_private(people: People) -> None:
    room = await made(people.ana, kind="private")
    await people.ana.post(f"/api/rooms/{room}/messages", {"body": "secret"})
    for path in (f"/api/rooms/{room}", f"/api/rooms/{room}/messages", f"/api/rooms/{room}/members"):
        assert (await people.admin.get(path)).status == 404


async def test_joining_and_leaving(people: People) -> None:
    room = await made(people.ana, kind="public")
    await people.ana.post(f"/api/rooms/{room}/messages", {"body": "one"})
    answer = await people.beto.post(f"/api/rooms/{room}/join")
    assert answer.status == 200
    assert [one["body"] for one in answer.json["items"]] == ["one"]
    assert answer.json["read"] == 1
    assert (await people.beto.post(f"/api/rooms/{room}/join", {"password": "x"})).status == 200
    assert (await people.beto.post(f"/api/rooms/{room}/leave")).status == 204
    assert (await people.beto.post(f"/api/rooms/{room}/leave")).status == 403
    private = await made(people.ana, kind="private")
    assert (await people.beto.post(f"/api/rooms/{private}/join")).status == 404
    assert (await people.beto.post(f"/api/rooms/{GENERAL}/leave")).status == 403


async def test_nobody_gives_or_takes_more_than_they_have(people: People) -> None:
    room = await made(people.ana, kind="group")
    ana, beto, uma = (person.me["id"] for person in (people.ana, people.beto, people.uma))

    async def put(person: Person, user: str, role: str) -> int:
        return (await person.request("PUT", f"/api/rooms/{room}/members/{user}", {"role": role})).status

    assert await put(people.ana, beto, "moderator") == 200
    assert await put(people.beto, uma, "owner") == 403
    assert await put(people.beto, uma, "member") == 200
    assert await put(people.beto, ana, "member") == 403
    assert (await people.beto.delete(f"/api/rooms/{room}/members/{ana}")).status == 403
    assert await put(people.uma, uma, "moderator") == 403
    assert await put(people.ana, uma, "castle") == 400
    assert await put(people.ana, "u_nobody", "member") == 404
    assert (await people.beto.delete(f"/api/rooms/{room}/members/{uma}")).status == 204
    assert (await people.beto.delete(f"/api/rooms/{room}/members/{uma}")).status == 404
    answer = await people.ana.request("PUT", f"/api/rooms/{room}/members/{beto}", {"muted_until": 5})
    assert (answer.json["role"], answer.json["muted_until"]) == ("moderator", 5)


async def test_nobody_is_shown_out_of_everybodys_room_or_brought_into_a_direct_one(people: People) -> None:
    await (await people.beto.connect()).close()
    beto, uma = people.beto.me["id"], people.uma.me["id"]
    assert (await people.admin.delete(f"/api/rooms/{GENERAL}/members/{beto}")).status == 403
    us = await made(people.ana, kind="direct", members=[beto])
    answer = await people.ana.request("PUT", f"/api/rooms/{us}/members/{uma}", {})
    assert answer.status == 403


async def test_who_is_shown_out_or_leaves_stops_hearing_and_comes_back_clean(people: People) -> None:
    room = await made(people.ana, kind="private", members=[people.beto.me["id"]])
    beto = await people.beto.connect()
    assert [one["id"] for one in beto.welcome["rooms"]] == [GENERAL, room]
    await people.ana.post(f"/api/rooms/{room}/messages", {"body": "heard"})
    await beto.wait("message")
    await people.ana.delete(f"/api/rooms/{room}/members/{people.beto.me['id']}")
    gone = await beto.wait("member_changed")
    assert gone["role"] == "none"
    await people.ana.post(f"/api/rooms/{room}/messages", {"body": "not heard"})
    again = await people.beto.connect(resume=f"{beto.welcome['epoch']}.{gone['ev']}")
    assert (await again.wait("batch"))["events"] == []
    assert [one["id"] for one in again.welcome["rooms"]] == [GENERAL]


async def test_every_room_route_wants_somebody(people: People, box: Any) -> None:
    stranger = Person(box)
    for method, path in [
        ("GET", "/api/rooms"),
        ("POST", "/api/rooms"),
        ("GET", f"/api/rooms/{GENERAL}"),
        ("PATCH", f"/api/rooms/{GENERAL}"),
        ("DELETE", f"/api/rooms/{GENERAL}"),
        ("POST", f"/api/rooms/{GENERAL}/join"),
        ("POST", f"/api/rooms/{GENERAL}/leave"),
        ("GET", f"/api/rooms/{GENERAL}/members"),
        ("PUT", f"/api/rooms/{GENERAL}/members/x"),
        ("DELETE", f"/api/rooms/{GENERAL}/members/x"),
        ("GET", f"/api/rooms/{GENERAL}/messages"),
        ("POST", f"/api/rooms/{GENERAL}/messages"),
    ]:
        answer = await stranger.request(method, path, {} if method in ("POST", "PUT", "PATCH") else None)
        assert answer.status == 401, (method, path, answer.text)
    await stranger.leave()


async def test_no_alerts_of_a_room_on_any_of_ones_devices(people: People, box: Any) -> None:
    room = await made(people.ana, members=[people.beto.me["id"]])
    phone, beto = await people.ana.connect(client="phone"), await people.beto.connect()
    for one in (room, GENERAL):
        answer = await people.ana.patch(f"/api/rooms/{one}/mine", {"muted": True})
        assert (answer.status, answer.json["muted"]) == (200, True)
        told = await phone.wait("room_mine")
        assert (told["room"], told["muted"]) == (one, True)
    assert "muted" not in (await people.beto.get(f"/api/rooms/{room}")).json
    laptop = await people.ana.connect(client="laptop")
    assert {one["id"] for one in laptop.welcome["rooms"] if one.get("muted")} == {room, GENERAL}
    await people.ana.patch(f"/api/rooms/{room}/mine", {"muted": False})
    assert (await laptop.wait("room_mine"))["muted"] is False
    await people.ana.patch(f"/api/rooms/{room}/mine", {"muted": False})
    assert (await people.uma.patch(f"/api/rooms/{room}/mine", {"muted": True})).status == 404
    assert (await people.uma.patch(f"/api/rooms/{GENERAL}/mine", {"muted": True})).json["muted"] is True
    assert (await people.uma.patch(f"/api/rooms/{GENERAL}/mine", {"muted": "yes"})).code == "bad_request"
    again = await people.ana.connect(client="again")
    assert {one["id"] for one in again.welcome["rooms"] if one.get("muted")} == {GENERAL}
    await beto.ask({"type": "ping"})
    assert "room_mine" not in [beto.frames.get_nowait()["type"] for _ in range(beto.frames.qsize())]
