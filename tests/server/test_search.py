"""Search where the plays do not look: files, guests, passwords, many pages, a box that came back."""

from typing import Any

import pytest

from tests.boxes import Boxes
from tests.people import Answer, People, Person
from tests.samples import PNG

GENERAL = "r_general"


async def search(person: Person, query: str) -> Answer:
    return await person.get(f"/api/search?{query}")


async def say(person: Person, text: str, room: str = GENERAL) -> None:
    answer = await person.post(f"/api/rooms/{room}/messages", {"body": text})
    assert answer.status == 201, answer.text


async def test_files_come_after_messages(people: People) -> None:
    await say(people.ana, "el plano está subido")
    for name in ("plano-1.png", "Plano-2.png", "otro.png"):
        assert (await people.ana.put(f"/api/uploads/{name}", PNG)).status == 201
    found = (await search(people.uma, "q=plano&limit=2")).json
    assert [item["kind"] for item in found["items"]] == ["message", "file"]
    assert found["items"][1]["file"]["name"] == "Plano-2.png"
    more = (await search(people.uma, f"q=plano&limit=2&after={found['next']}")).json
    assert [item["file"]["name"] for item in more["items"]] == ["plano-1.png"]
    assert more["next"] is None
    first = (await search(people.uma, "q=plano&limit=1")).json
    assert (len(first["items"]), first["next"]) == (1, "f")


async def test_a_guest_reads_their_room_and_searches_nothing(people: People, box: Any) -> None:
    body = {"name": "Mesa 4", "kind": "private", "code": "MESA44"}
    room = (await people.ana.post("/api/rooms", body)).json["id"]
    await say(people.ana, "limonada para la mesa", room)
    await say(people.ana, "limonada para todos")
    await people.ana.put("/api/uploads/limonada.png", PNG)
    gus = Person(box)
    entered = await gus.post("/api/enter", {"code": "MESA44", "name": "Gus"})
    assert entered.status in (200, 201), entered.text
    gus.token = entered.json["access_token"]
    assert (await gus.get(f"/api/rooms/{room}/messages")).json["items"][0]["body"] == "limonada para la mesa"
    refused = await search(gus, "q=limonada")
    assert (refused.status, refused.code) == (403, "forbidden")
    await gus.leave()


async def test_behind_a_password_it_is_for_members(people: People) -> None:
    body = {"name": "Huerto", "kind": "public", "password": "sesamo 7"}
    room = (await people.ana.post("/api/rooms", body)).json["id"]
    await say(people.ana, "tomates secretos", room)
    assert (await search(people.beto, "q=tomates")).json["items"] == []
    assert (await people.beto.post(f"/api/rooms/{room}/join", {"password": "sesamo 7"})).status == 200
    assert len((await search(people.beto, "q=tomates")).json["items"]) == 1
    await people.ana.delete(f"/api/rooms/{room}/members/{people.beto.me['id']}")
    await people.ana.delete(f"/api/rooms/{room}")
    assert (await search(people.ana, "q=tomates")).json["items"] == []


async def test_a_name_in_a_direct_room_is_that_of_the_other(people: People) -> None:
    wish = {"kind": "direct", "members": [people.beto.me["id"]]}
    room = (await people.ana.post("/api/rooms", wish)).json["id"]
    await say(people.ana, "un regalo", room)
    assert (await search(people.ana, "q=regalo")).json["items"][0]["room_name"] == "Beto"
    assert (await search(people.beto, "q=regalo")).json["items"][0]["room_name"] == "Ana"
    assert (await search(people.admin, "q=regalo")).json["items"] == []


async def test_the_index_goes_on_after_a_restart(boxes: Boxes) -> None:
    box = await boxes.claimed(message_burst=10_000, message_rate=10_000)
    people = People(box)
    await people.gather()
    for number in range(60):
        await say(people.ana, f"palabra número {number}")
    assert len((await search(people.beto, "q=palabra&limit=50")).json["items"]) == 50
    again = await boxes.again(box, message_burst=10_000, message_rate=10_000)
    for person in (people.ana, people.beto):
        person.box = again
    await say(people.ana, "palabra nueva")
    found, after = [], ""
    while after is not None:
        page = (await search(people.beto, f"q=palabra&limit=25{after and f'&after={after}'}")).json
        found += [item["message"]["seq"] for item in page["items"]]
        after = page["next"]
    assert found == list(range(61, 0, -1))
    await people.leave()


@pytest.mark.parametrize("query", ["q=", "q=+-+", "", "q=_", "q=x&after=-1", "q=x&after=m1"])
async def test_what_is_no_question(people: People, query: str) -> None:
    assert (await search(people.ana, query)).status == 400


async def test_too_long_a_question(people: People) -> None:
    assert (await search(people.ana, f"q={'a' * 201}")).status == 413


@pytest.mark.parametrize(
    "query", ["q=NEAR(a+b)", "q=body:x", "q=%22+OR+1", "q=a*b^c", "q=%E4%B8%AD%E6%96%87"]
)
async def test_no_word_is_an_order(people: People, query: str) -> None:
    assert (await search(people.ana, query)).status == 200


async def test_words_of_a_message_that_was_taken_back_leave_the_index(people: People, box: Any) -> None:
    path = "/api/rooms/r_general/messages"
    for body in ("xylophone", "quixotic plans"):
        await people.ana.post(path, {"body": body})
    assert len((await people.ana.get("/api/search?q=quixotic")).json["items"]) == 1
    await people.ana.delete(f"{path}/2")
    assert (await people.ana.get("/api/search?q=quixotic")).json["items"] == []

    def traces(word: bytes) -> int:
        text = "SELECT count(*) FROM words_data WHERE instr(block, ?) > 0"
        return int(box.store.content.read_now(lambda db: db.execute(text, (word,)).fetchone()[0]))

    assert traces(b"quixotic") > 0
    lasting = box.services.lasting
    await lasting.leftovers.sweep(lasting.filed.arrivals.discard)
    assert traces(b"quixotic") == 0
    assert len((await people.ana.get("/api/search?q=xylophone")).json["items"]) == 1
