"""Accounts over HTTP: one's own, and those of others in an administrator's hands."""

import asyncio
from typing import Any

import pytest

from tests.boxes import Boxes
from tests.people import PASSWORD, People, Person

NEW = "un farol en la niebla"


async def test_who_one_is_and_what_one_may(people: People) -> None:
    me = (await people.ana.get("/api/users/me")).json
    assert {key: me[key] for key in ("username", "name", "role", "language")} == {
        "username": "ana",
        "name": "Ana",
        "role": "cliente",
        "language": "",
    }
    assert "upload" in me["may"]
    assert "delete_any" not in me["may"]
    assert "upload" not in (await people.uma.get("/api/users/me")).json["may"]
    assert "manage_accounts" in (await people.admin.get("/api/users/me")).json["may"]


async def test_changing_oneself(people: People) -> None:
    answer = await people.ana.patch("/api/users/me", {"name": "Ana Pérez", "language": "es"})
    assert answer.status == 200
    assert (answer.json["name"], answer.json["language"]) == ("Ana Pérez", "es")
    assert (await people.ana.get("/api/users/me")).json["name"] == "Ana Pérez"
    refused = await people.ana.patch("/api/users/me", {"name": "Ana\u202e"})
    assert (refused.status, refused.code) == (400, "bad_request")
    assert (await people.ana.patch("/api/users/me", {"role": "administrator"})).json["role"] == "cliente"


async def test_a_new_password_closes_the_other_places(people: People) -> None:
    other = await Person(people.box, "ana").sign_in()
    here, there = await people.ana.connect(), await other.connect()
    wrong = await people.ana.patch("/api/users/me", {"password": NEW, "old_password": "wrong password"})
    assert (wrong.status, wrong.code) == (403, "wrong_password")
    weak = await people.ana.patch("/api/users/me", {"password": "12345678", "old_password": PASSWORD})
    assert (weak.status, weak.code) == (400, "weak_password")
    answer = await people.ana.patch("/api/users/me", {"password": NEW, "old_password": PASSWORD})
    assert answer.status == 200
    assert await there.closed() == 4001
    assert (await other.get("/api/users/me")).status == 401
    assert (await here.ask({"type": "ping"}))["type"] == "pong"
    assert (await people.ana.get("/api/users/me")).status == 200
    other.token, other.password = "", NEW
    await other.sign_in()
    await other.leave()


async def test_an_account_from_first_to_last(people: People) -> None:
    admin = people.admin
    body = {"username": "eva", "role": "usuario", "name": "Eva", "password": PASSWORD}
    made = await admin.post("/api/users", body)
    assert made.status == 201
    assert "reset_link" not in made.json
    assert "password" not in made.json
    path = f"/api/users/{made.json['id']}"
    eva = await Person(people.box, "eva").sign_in()
    renamed = await admin.patch(path, {"name": "Eva María"})
    assert renamed.json["name"] == "Eva María"
    assert (await eva.get("/api/users/me")).json["name"] == "Eva María"
    promoted = await admin.patch(path, {"role": "cliente"})
    assert promoted.json["role"] == "cliente"
    assert (await eva.get("/api/users/me")).status == 401
    eva.token = ""
    await eva.sign_in()
    socket = await eva.connect()
    assert (await admin.patch(path, {"disabled": True})).json["disabled"] is True
    assert await socket.closed() == 4001
    await admin.patch(path, {"disabled": False})
    eva.token = ""
    await eva.sign_in()
    socket = await eva.connect()
    assert (await admin.delete(path)).status == 204
    assert await socket.closed() == 4001
    assert (await admin.delete(path)).status == 404
    listed = (await admin.get("/api/users")).json["items"]
    assert [one["username"] for one in listed] == ["ana", "beto", "marta", "uma"]
    await eva.leave()


async def test_a_person_without_a_password_chooses_one(people: People) -> None:
    made = await people.admin.post("/api/users", {"username": "eva", "role": "usuario"})
    link = made.json["reset_link"]
    assert link.startswith("/reset#")
    eva = Person(people.box, "eva", NEW)
    token = link.partition("#")[2]
    weak = await eva.post("/api/users/reset", {"token": token, "password": "12345678"})
    assert (weak.status, weak.code) == (400, "weak_password")
    used = await eva.post("/api/users/reset", {"token": token, "password": NEW})
    assert (used.status, used.json) == (200, {"username": "eva"})
    again = await eva.post("/api/users/reset", {"token": token, "password": NEW})
    assert (again.status, again.code) == (400, "bad_code")
    await eva.sign_in()
    await eva.leave()


async def test_a_forgotten_password(people: People) -> None:
    socket = await people.ana.connect()
    path = f"/api/users/{people.ana.me['id']}/reset-link"
    made = await people.admin.post(path)
    assert made.status == 201
    token = made.json["reset_link"].partition("#")[2]
    assert (await people.admin.get("/api/users")).json["items"][0]["link_expires"] > 0
    stranger = Person(people.box)
    assert (await stranger.post("/api/users/reset", {"token": token, "password": NEW})).status == 200
    assert await socket.closed() == 4001
    assert (await people.ana.get("/api/users/me")).status == 401
    await stranger.leave()


async def test_refusals(people: People) -> None:
    admin, ana = people.admin, f"/api/users/{people.ana.me['id']}"
    for body, status, code in (
        ({"username": "ANA", "role": "cliente", "password": PASSWORD}, 409, "name_taken"),
        ({"username": "a b", "role": "cliente"}, 400, "bad_request"),
        ({"username": "eva", "role": "guest"}, 400, "bad_request"),
        ({"username": "eva"}, 400, "bad_request"),
        ({"username": "eva", "role": "cliente", "password": "eva12345"}, 400, "weak_password"),
    ):
        answer = await admin.post("/api/users", body)
        assert (answer.status, answer.code) == (status, code)
    assert (await admin.patch(ana, {"role": "guest"})).status == 400
    assert (await admin.patch(ana, {"disabled": "yes"})).status == 400
    assert (await admin.patch("/api/users/u_nothing", {"name": "X"})).status == 404
    assert (await admin.post("/api/users/u_nothing/reset-link")).status == 404
    assert (await admin.get("/api/users?after=%C3%B1")).status == 400


async def test_the_last_administrator_stays(people: People) -> None:
    path = f"/api/users/{people.admin.me['id']}"
    for answer in (
        await people.admin.patch(path, {"role": "cliente"}),
        await people.admin.patch(path, {"disabled": True}),
        await people.admin.delete(path),
    ):
        assert (answer.status, answer.code) == (409, "last_administrator")
    assert (await people.admin.get("/api/users/me")).json["role"] == "administrator"


async def test_two_administrators_who_leave_at_once(people: People) -> None:
    body = {"username": "berta", "role": "administrator", "password": PASSWORD}
    assert (await people.admin.post("/api/users", body)).status == 201
    berta = await Person(people.box, "berta").sign_in()
    answers = await asyncio.gather(
        *(one.patch(f"/api/users/{one.me['id']}", {"role": "usuario"}) for one in (people.admin, berta))
    )
    assert sorted(answer.status for answer in answers) == [200, 409]
    await berta.leave()


@pytest.mark.parametrize("who", ["ana", "uma"])
async def test_nobody_else_manages_accounts(people: People, who: str) -> None:
    person: Person = getattr(people, who)
    path = f"/api/users/{person.me['id']}"
    for answer in (
        await person.get("/api/users"),
        await person.post("/api/users", {"username": "eva", "role": "administrator"}),
        await person.patch(path, {"role": "administrator"}),
        await person.delete(path),
        await person.post(f"{path}/reset-link"),
    ):
        assert (answer.status, answer.code) == (403, "forbidden")


async def test_the_list_in_pages(people: People) -> None:
    seen: list[str] = []
    path = "/api/users?limit=3"
    while path:
        page = (await people.admin.get(path)).json
        seen += [one["username"] for one in page["items"]]
        path = f"/api/users?limit=3&after={page['next']}" if page["next"] else ""
    assert seen == ["ana", "beto", "marta", "uma"]


async def test_registration_as_the_settings_say(boxes: Boxes) -> None:
    body = {"username": "eva", "password": NEW, "email": "eva@example.org"}
    closed = await boxes.claimed(data=boxes.folder / "closed")
    stranger = Person(closed)
    refused = await stranger.post("/api/users/register", body)
    assert (refused.status, refused.code) == (403, "forbidden")
    assert refused.json["error"]["params"]["reason"] == "registration"
    await stranger.leave()
    opened = await boxes.claimed(data=boxes.folder / "open", registration="open")
    eva = Person(opened, "eva", NEW)
    answers = [await eva.post("/api/users/register", body) for _ in range(2)]
    assert [(answer.status, answer.text) for answer in answers] == [(202, "{}")] * 2
    assert (await eva.sign_in()).me["role"] == "usuario"
    await eva.leave()


async def test_accounts_outlive_a_boot_and_those_who_are_gone_stay_gone(boxes: Boxes) -> None:
    box = await boxes.claimed()
    people = People(box)
    await people.gather()
    await people.admin.delete(f"/api/users/{people.beto.me['id']}")
    boxes.new_boot()
    again: Any = await boxes.again(box)
    people.admin.box = again
    listed = (await people.admin.get("/api/users")).json["items"]
    assert [one["username"] for one in listed] == ["ana", "marta", "uma"]
    await people.leave()
