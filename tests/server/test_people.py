"""The directory: everybody with an account is found by those who have one, however they type it."""

from typing import Any

import pytest

from tests.people import PASSWORD, People
from tests.visitors import enter, made


async def account(people: People, username: str, name: str) -> str:
    body = {"username": username, "role": "usuario", "name": name, "password": PASSWORD}
    answer = await people.admin.post("/api/users", body)
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


async def names(people: People, query: str) -> list[str]:
    answer = await people.uma.get(f"/api/people{query}")
    assert answer.status == 200, answer.text
    return [one["name"] for one in answer.json["items"]]


async def test_somebody_is_found_by_either_name_without_accents_or_case(people: People) -> None:
    await account(people, "jjr", "José Ñandú")
    for typed in ("jos", "JOSE", "nandu", "%C3%91and", "jjr", "@jjr", "and%C3%BA"):
        assert await names(people, f"?q={typed}") == ["José Ñandú"], typed
    assert await names(people, "?q=nobody") == []
    (found,) = (await people.uma.get("/api/people?q=ana")).json["items"]
    assert found == {"id": people.ana.me["id"], "username": "ana", "name": "Ana"}


async def test_those_whose_words_begin_so_come_first_page_by_page(people: People) -> None:
    await account(people, "mj", "Alba Mar")
    await account(people, "xx", "Abril Tamara")
    everybody = await names(people, "")
    assert everybody == sorted(everybody)
    assert await names(people, "?q=ma") == ["Alba Mar", "Marta", "Abril Tamara", "Uma"]
    got, after = [], ""
    for _ in range(4):
        page = (await people.uma.get(f"/api/people?q=ma&limit=1&after={after}")).json
        got += [one["name"] for one in page["items"]]
        after = page["next"]
    assert (got, after) == (["Alba Mar", "Marta", "Abril Tamara", "Uma"], None)


async def test_who_is_disabled_is_not_there(people: People) -> None:
    beto = people.beto.me["id"]
    await people.admin.patch(f"/api/users/{beto}", {"disabled": True})
    assert await names(people, "?q=beto") == []
    assert (await people.uma.post("/api/rooms", {"kind": "direct", "members": [beto]})).status == 404


@pytest.mark.parametrize("query", ["after=x", "after=W10", "after=WzEsMiwzXQ", "limit=x", f"q={'a' * 101}"])
async def test_nonsense(people: People, query: str) -> None:
    assert (await people.uma.get(f"/api/people?{query}")).code == "bad_request"


async def test_members_bear_the_name_by_which_they_are_called(people: People, box: Any) -> None:
    """So that a page can complete `@an`; guests have none."""
    room = await made(people.ana, members=[people.beto.me["id"]])
    beto = await people.beto.connect()
    gus = await enter(box, room["code"], "Gus")
    listed = (await people.ana.get(f"/api/rooms/{room['id']}/members")).json["items"]
    assert [one.get("username") for one in listed] == ["ana", "beto", None]
    assert "username" not in await beto.wait("member_changed")
    path = f"/api/rooms/{room['id']}/members/{people.uma.me['id']}"
    assert (await people.ana.request("PUT", path, {})).json["username"] == "uma"
    assert (await beto.wait("member_changed"))["username"] == "uma"
    opened = await beto.ask({"type": "open", "room": room["id"]})
    assert [one.get("username") for one in opened["members"]] == ["ana", "beto", None, "uma"]
    await gus.leave()
