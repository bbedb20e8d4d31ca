"""Messages over HTTP, in our words and in those of older programs; files in them; the console's lines."""

import asyncio
import logging
from typing import Any

import pytest

from tests.people import People

GENERAL = "r_general"
PATH = f"/api/rooms/{GENERAL}/messages"


@pytest.fixture
def members(runner: asyncio.Runner, people: People) -> People:
    """Everybody has been in once, so that all are members of General."""

    async def come_and_go() -> None:
        for person in (people.ana, people.beto, people.uma, people.admin):
            await (await person.connect()).close()

    runner.run(come_and_go())
    return people


async def test_what_is_said_over_http_is_heard_over_the_socket_and_the_other_way(members: People) -> None:
    beto = await members.beto.connect()
    answer = await members.ana.post(PATH, {"body": "hola"})
    assert answer.status == 201
    heard = await beto.wait("message")
    assert answer.json == heard
    assert heard["from"] == {"id": members.ana.me["id"], "name": "Ana"}
    await beto.ask({"type": "send", "room": GENERAL, "cid": "b1", "body": "adiós"})
    items = (await members.ana.get(PATH)).json["items"]
    assert [one["body"] for one in items] == ["hola", "adiós"]
    assert items[0] == heard


async def test_who_was_never_connected_may_speak_at_once(people: People) -> None:
    """A program that only knows REST: it is a member of everybody's room from the start."""
    answer = await people.ana.post(PATH, {"body": "from a script"})
    assert answer.status == 201, answer.text
    room = (await people.beto.get("/api/rooms")).json["items"][0]
    assert (room["id"], room["role"], room["unread"]) == (GENERAL, "member", 0)
    assert (await people.beto.get(PATH)).json["items"] == [answer.json]
    assert (await people.beto.post(f"/api/rooms/{GENERAL}/leave")).status == 403


async def test_a_cid_makes_it_once(members: People) -> None:
    first = await members.ana.post(PATH, {"body": "once", "cid": "abc"})
    again = await members.ana.post(PATH, {"body": "once", "cid": "abc"})
    other = await members.ana.post(PATH, {"body": "once"})
    assert first.json == again.json
    assert [first.json["seq"], other.json["seq"]] == [1, 2]
    assert len(other.json["cid"]) >= 20


@pytest.mark.parametrize(
    "body",
    [
        {"content": "hola"},
        {"content": "hola", "room_id": GENERAL},
        {"body": "hola", "content": "hola"},
        {"body": "hola", "something": "else"},
    ],
)
async def test_words_of_older_programs(members: People, body: Any) -> None:
    answer = await members.ana.post(PATH, body)
    assert (answer.status, answer.json["body"]) == (201, "hola")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, "body"),
        ({"body": " \n"}, 400, "body"),
        ({"body": 5}, 400, "body"),
        ({"body": "x" * 4001}, 413, "body"),
        ({"body": "a", "content": "b"}, 400, "content"),
        ({"body": "a", "room_id": "r_other"}, 400, "room_id"),
        ({"body": "a", "room_id": 5}, 400, "room_id"),
        ({"body": "a", "cid": "spaces are not"}, 400, "cid"),
        ({"body": "a", "reply_to": 1}, 400, "reply_to"),
        ({"body": "a", "reply_to": 0}, 400, "reply_to"),
        ({"body": "a", "files": ["f_nothing"]}, 404, "files"),
        ({"body": "a", "files": [f"f_{n}" for n in range(11)]}, 400, "files"),
    ],
)
async def test_what_cannot_be_said(members: People, body: Any, status: int, field: str) -> None:
    answer = await members.ana.post(PATH, body)
    assert (answer.status, answer.json["error"]["params"]["field"]) == (status, field)


async def test_pages_by_seq(members: People) -> None:
    for number in range(1, 7):
        await members.ana.post(PATH, {"body": str(number)})

    async def page(query: str) -> tuple[list[str], str | None]:
        answer = (await members.beto.get(f"{PATH}?{query}")).json
        return [one["body"] for one in answer["items"]], answer["next"]

    assert await page("limit=2") == (["5", "6"], "5")
    assert await page("limit=2&before=5") == (["3", "4"], "3")
    assert await page("limit=2&before=3") == (["1", "2"], None)
    assert await page("limit=3&after=0") == (["1", "2", "3"], "3")
    assert await page("limit=3&after=3") == (["4", "5", "6"], None)
    assert await page("limit=3&around=3") == (["2", "3", "4"], None)
    assert await page("limit=0") == (["1", "2", "3", "4", "5", "6"], None)
    assert (await members.beto.get(f"{PATH}?before=x")).status == 400
    assert (await members.beto.get(f"{PATH}?before=1&after=2")).status == 400
    assert (await members.beto.get("/api/rooms/r_nowhere/messages")).status == 404


async def test_a_page_has_at_most_a_hundred(members: People, box: Any) -> None:
    from appliance.store import messages
    from appliance.store.messages import MessageRow

    def fill(db: Any) -> None:
        for seq in range(1, 151):
            cid = f"c{seq}"
            messages.insert(db, MessageRow(GENERAL, seq, f"m_{seq}", seq, "u", "U", cid, 0, str(seq)))

    await box.store.content.write(fill)
    answer = (await members.ana.get(f"{PATH}?limit=5000")).json
    assert (len(answer["items"]), answer["next"]) == (100, "51")
    ana = await members.ana.connect()
    ack = await ana.ask({"type": "history", "room": GENERAL, "limit": 5000})
    assert (len(ack["items"]), ack["next"]) == (100, 51)
    opened = await ana.ask({"type": "open", "room": GENERAL})
    assert [opened["items"][0]["seq"], len(opened["items"])] == [111, 40]


async def test_a_file_in_a_message(members: People) -> None:
    beto = await members.beto.connect()
    mine = (await members.ana.put("/api/uploads/plan.txt", b"a plan")).json
    answer = await members.ana.post(PATH, {"files": [mine["id"]]})
    assert answer.status == 201, answer.text
    heard = await beto.wait("message")
    assert heard["body"] == ""
    (file,) = heard["files"]
    assert {key: file[key] for key in ("id", "name", "size")} == {
        "id": mine["id"],
        "name": "plan.txt",
        "size": 6,
    }
    assert {"type", "state", "scan"} < set(file)
    assert (await members.ana.get(PATH)).json["items"][-1] == heard
    again = await members.ana.post(PATH, {"content": "old words", "file_id": mine["id"]})
    assert again.json["files"] == [file]
    # Somebody else's file that is not released is not there to be sent.
    assert (await members.beto.post(PATH, {"files": [mine["id"]]})).status == 404


async def test_unread_counts_what_others_said_since(members: People) -> None:
    ana = await members.ana.connect()
    for number in range(3):
        await members.beto.post(PATH, {"body": str(number)})
    fresh = (await members.ana.connect()).welcome["rooms"][0]
    assert (fresh["head"], fresh["read"], fresh["unread"]) == (3, 0, 3)
    await ana.send({"type": "read", "room": GENERAL, "seq": 2})
    await ana.send({"type": "read", "room": GENERAL, "seq": 1})
    await ana.ask({"type": "delivered", "room": GENERAL, "seq": 3})
    fresh = (await members.ana.connect()).welcome["rooms"][0]
    assert (fresh["read"], fresh["unread"]) == (2, 1)
    await ana.ask({"type": "read", "room": GENERAL, "seq": 9999})
    await ana.ask({"type": "send", "room": GENERAL, "cid": "own", "body": "my own words are no news"})
    fresh = (await members.ana.connect()).welcome["rooms"][0]
    assert (fresh["head"], fresh["read"], fresh["unread"]) == (4, 4, 0)
    beto = (await members.beto.connect()).welcome["rooms"][0]
    assert (beto["read"], beto["unread"]) == (3, 1)


async def test_the_console_tells_who_and_where_and_never_what(
    members: People, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    ana = await members.ana.connect()
    await ana.ask({"type": "send", "room": GENERAL, "cid": "c", "body": "a secret of five words"})
    await ana.close()
    await members.admin.get("/health")
    lines = [record.getMessage() for record in caplog.records if record.name == "pichat.chat"]
    me = members.ana.me["id"]
    assert lines[:2] == [
        f"connect Ana ({me}) from 127.0.0.1, fresh",
        f"message from Ana ({me}) in {GENERAL}, seq 1, 22 characters, 0 files",
    ]
    assert lines[2].startswith(f"disconnect Ana ({me})")
    assert "secret" not in caplog.text
    assert all(record.levelno == logging.INFO for record in caplog.records if record.name == "pichat.chat")
