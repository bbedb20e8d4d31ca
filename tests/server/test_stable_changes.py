"""What a reboot would undo, for administrators: counted, listed, searched; what is private is a number."""

from typing import Any

import pytest

from tests.people import Answer, People, Person

SECRET = "esternocleidomastoideo"
ZERO = {"added": 0, "changed": 0, "removed": 0, "bytes": 0, "hidden": 0}


async def say(person: Person, text: str, room: str = "r_general") -> int:
    answer = await person.post(f"/api/rooms/{room}/messages", {"body": text})
    assert answer.status == 201, answer.text
    return int(answer.json["seq"])


async def put(person: Person, name: str, body: bytes) -> dict[str, Any]:
    answer = await person.put(f"/api/uploads/{name}", body)
    assert answer.status == 201, answer.text
    return dict(answer.json)


async def room(person: Person, kind: str, name: str, **more: Any) -> str:
    answer = await person.post("/api/rooms", {"name": name, "kind": kind, **more})
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


async def save(people: People, **wanted: Any) -> dict[str, Any]:
    answer = await people.admin.post("/api/stable", wanted)
    assert answer.status == 201, answer.text
    return dict(answer.json)


async def difference(people: People, query: str = "") -> dict[str, Any]:
    answer = await people.admin.get(f"/api/stable/difference{query}")
    assert answer.status == 200, answer.text
    return dict(answer.json)


def told(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(item["change"], item.get("name", item.get("excerpt"))) for item in found["items"]]


async def test_before_the_first_save_everything_would_go(people: People) -> None:
    found = await difference(people)
    assert (found["from"], found["to"], found["items"], found["next"]) == (None, None, [], None)
    assert found["summary"]["files"] == found["summary"]["messages"] == ZERO
    await say(people.ana, "hola")
    file = await put(people.ana, "a.txt", b"hola")
    found = await difference(people, "?kind=files")
    assert found["summary"]["files"] == {**ZERO, "added": 1, "bytes": 4}
    assert found["summary"]["messages"] == {**ZERO, "added": 1}
    assert found["summary"]["rooms"] == {**ZERO, "changed": 1}
    (item,) = found["items"]
    owner = {"id": people.ana.me["id"], "name": "Ana"}
    assert item == {
        "kind": "files",
        "change": "added",
        "id": file["id"],
        "name": "a.txt",
        "owner": owner,
        "bytes": 4,
        "at": file["created"],
    }
    (item,) = (await difference(people, "?kind=messages"))["items"]
    assert (item["excerpt"], item["room"], item["room_name"], item["seq"], item["owner"]) == (
        "hola",
        "r_general",
        "General",
        1,
        owner,
    )


async def test_what_was_added_changed_and_removed_since(people: People) -> None:
    ana, admin = people.ana, people.admin
    await say(ana, "stays")
    await say(ana, "is changed")
    await say(ana, "is deleted")
    files = [await put(ana, f"{name}.txt", name.encode()) for name in ("stays", "changed", "deleted")]
    taller = await room(ana, "public", "Taller")
    await save(people)
    found = await difference(people)
    assert all(one == ZERO for one in found["summary"].values())
    await say(ana, "is new")
    assert (await ana.patch("/api/rooms/r_general/messages/2", {"body": "was changed"})).status == 200
    assert (await ana.delete("/api/rooms/r_general/messages/3")).status == 204
    await put(ana, "new.txt", b"new one")
    assert (await ana.patch(f"/api/uploads/{files[1]['id']}", {"description": "x"})).status == 200
    assert (await ana.delete(f"/api/uploads/{files[2]['id']}")).status == 204
    assert (await ana.delete(f"/api/rooms/{taller}")).status == 204
    await room(ana, "public", "Nuevo")
    found = await difference(people, "?kind=messages")
    assert told(found) == [("added", "is new"), ("changed", "was changed"), ("removed", "is deleted")]
    three = {**ZERO, "added": 1, "changed": 1, "removed": 1}
    assert (found["from"], found["to"]) == (1, None)
    assert found["summary"]["messages"] == three
    assert found["summary"]["files"] == {**three, "bytes": 7}
    assert found["summary"]["rooms"] == three
    assert found["summary"]["members"] == {**ZERO, "added": 1, "removed": 1}
    found = await difference(people, "?kind=files")
    assert told(found) == [("added", "new.txt"), ("changed", "changed.txt"), ("removed", "deleted.txt")]
    found = await difference(people, "?kind=rooms")
    assert sorted(told(found)) == [("added", "Nuevo"), ("changed", "General"), ("removed", "Taller")]
    general = next(item for item in found["items"] if item["id"] == "r_general")
    assert (general["itself"], general["messages"]) == (False, three)
    found = await difference(people, "?kind=members&change=added")
    assert [(item["name"], item["role"], item["room_name"]) for item in found["items"]] == [
        ("Ana", "owner", "Nuevo")
    ]
    assert (await admin.get("/api/status")).json["since_stable"]["messages"] == 1


async def test_of_private_rooms_there_are_numbers_and_not_a_word(people: People) -> None:
    ana = people.ana
    closed = [
        await room(ana, "private", f"{SECRET} privada"),
        await room(ana, "public", f"{SECRET} con código", code=True),
        await room(ana, "public", f"{SECRET} con contraseña", password="abretesesamo"),
        await room(ana, "direct", "", members=[people.beto.me["id"]]),
    ]
    for one in closed:
        await say(ana, f"{SECRET} dicho", one)
    await say(ana, "para todos")
    found = await difference(people, "?kind=messages")
    assert found["summary"]["messages"] == {**ZERO, "added": 5, "hidden": 4}
    assert found["summary"]["rooms"]["hidden"] == 4
    assert found["summary"]["members"]["hidden"] == found["summary"]["members"]["added"] == 5
    assert told(found) == [("added", "para todos")]
    listed = await difference(people, "?kind=rooms")
    numbers = {item["id"]: item["messages"]["added"] for item in listed["items"] if "name" not in item}
    assert numbers == dict.fromkeys(closed, 1)
    for kind in ("rooms", "messages", "members", "files"):
        for more in ("", f"&q={SECRET}", "&change=added"):
            answer = await people.admin.get(f"/api/stable/difference?kind={kind}{more}")
            assert SECRET not in answer.text
            assert "q=" not in more or answer.json["items"] == []
    await save(people)
    await save(people)
    assert SECRET not in (await people.admin.get("/api/stable/compare?from=1&to=2&kind=messages")).text


async def test_what_came_for_a_room_is_as_open_as_the_room(people: People) -> None:
    ana = people.ana
    for kind, name in (("private", f"{SECRET}.txt"), ("public", "abierto.txt")):
        there = await room(ana, kind, f"Sala {kind}")
        file = await put(ana, f"{name}?for={there}", name.encode())
        answer = await ana.post(f"/api/rooms/{there}/messages", {"files": [file["id"]]})
        assert answer.status == 201, answer.text
    await put(ana, "de_todos.txt", b"x")
    answer = await people.admin.get("/api/stable/difference?kind=files")
    assert SECRET not in answer.text
    assert [(one["name"], one.get("room_name")) for one in answer.json["items"]] == [
        ("de_todos.txt", None),
        ("abierto.txt", "Sala public"),
    ]
    assert (answer.json["summary"]["files"]["added"], answer.json["summary"]["files"]["hidden"]) == (3, 1)


@pytest.mark.parametrize("kind", ["files", "messages", "rooms", "members"])
async def test_pages_follow_each_other_without_a_gap_or_a_double(people: People, kind: str) -> None:
    for number in range(7):
        await say(people.ana, f"mensaje {number}", await room(people.ana, "public", f"Sala {number}"))
        await put(people.ana, f"{number}.txt", str(number).encode())
    await save(people)
    for number in range(2, 5):
        await say(people.beto, f"otro {number}")
        await put(people.beto, f"otro{number}.txt", str(number).encode())
        await room(people.beto, "public", f"Otra {number}")
    for one in (await people.admin.get("/api/uploads?q=.txt")).json["items"][3:6]:
        await people.admin.delete(f"/api/uploads/{one['id']}")
    whole = await difference(people, f"?kind={kind}")
    pages, after = [], ""
    while True:
        page = await difference(people, f"?kind={kind}&limit=2{after}")
        assert len(page["items"]) <= 2
        pages += page["items"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert pages == whole["items"]
    assert len(pages) > 2


async def test_looking_for_words_in_it(people: People) -> None:
    await say(people.ana, "El FARO rojo está lejos")
    await say(people.ana, "otra cosa")
    await put(people.ana, "Ma%C3%B1ana.txt", b"x")
    await room(people.ana, "public", "Fotografía")
    for query, found in (
        ("kind=messages&q=faro+ro", [("added", "El FARO rojo está lejos")]),
        ("kind=messages&q=ESTA", [("added", "El FARO rojo está lejos")]),
        ("kind=files&q=manana", [("added", "Mañana.txt")]),
        ("kind=rooms&q=grafia", [("added", "Fotografía")]),
        ("kind=messages&q=faro&change=removed", []),
    ):
        assert told(await difference(people, f"?{query}")) == found, query


async def test_two_generations_side_by_side(people: People) -> None:
    admin, ana = people.admin, people.ana
    await say(ana, "first")
    await save(people)
    await say(ana, "second")
    await put(ana, "a.txt", b"hola")
    await save(people)
    await say(ana, "not saved")
    found = (await admin.get("/api/stable/compare?from=1&to=2&kind=messages")).json
    assert (found["from"], found["to"], told(found)) == (1, 2, [("added", "second")])
    assert found["summary"]["files"] == {**ZERO, "added": 1, "bytes": 4}
    found = (await admin.get("/api/stable/compare?from=2&to=1&kind=files")).json
    assert told(found) == [("removed", "a.txt")]
    for query, code in (("from=1&to=7", "not_found"), ("from=1", "bad_request"), ("to=x", "bad_request")):
        assert (await admin.get(f"/api/stable/compare?{query}")).code == code, query
    path = people.box.store.layout.generation(1) / "content.db"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:5000])
    answer = await admin.get("/api/stable/compare?from=1&to=2")
    assert (answer.status, answer.code) == (409, "conflict")
    assert answer.json["error"]["params"] == {"reason": "damaged", "generation": 1}


async def test_questions_that_make_no_sense(people: People) -> None:
    await say(people.ana, "hola")
    for query in (
        "kind=posts",
        "kind=x",
        "kind=files&change=x",
        "kind=files&limit=0",
        "kind=files&limit=x",
        "kind=files&after=x",
        "kind=files&after=W10",
        "kind=members&after=WyJhZGRlZCIsMSwieCJd",
        "kind=messages&after=WyJhZGRlZCIsInIiLCJ4Il0",
        "kind=files&after=WyJhZGRlZCIsMSwiXHVkODAwIl0",  # half a character
    ):
        answer: Answer = await people.admin.get(f"/api/stable/difference?{query}")
        assert (answer.status, answer.code) == (400, "bad_request"), query
