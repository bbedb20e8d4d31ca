"""Clients of the systems before: IzpoChat's frames at the one-room door, RedUP's envelopes, Socket.IO."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets

from tests.boxes import Boxes
from tests.people import People, Person, Socket
from tests.samples import PNG

GENERAL = "r_general"


@asynccontextmanager
async def connected(port: int, path: str, **headers: str) -> AsyncIterator[Socket]:
    """A plain WebSocket, as an Android or a browser has it: no subprotocol, no hello."""
    connection = await websockets.connect(
        f"ws://127.0.0.1:{port}{path}",
        compression=None,
        ping_interval=None,
        additional_headers=headers,
    )
    socket = Socket(connection)
    try:
        yield socket
    finally:
        await socket.close()


def door(person: Person, room: str = GENERAL, **headers: str) -> Any:
    return connected(person.box.port, f"/api/ws/{room}?token={person.token}", **headers)


async def next_of(socket: Socket, key: str, kind: str) -> dict[str, Any]:
    return await socket.wait(lambda frame: frame.get(key) == kind)


async def event(socket: Socket, kind: str) -> Any:
    return (await next_of(socket, "event", kind))["data"]


async def everything(socket: Socket, ping: dict[str, Any]) -> list[dict[str, Any]]:
    """What has come until now."""
    await socket.send(ping)
    await socket.wait(lambda frame: "pong" in (frame.get("type"), frame.get("event")))
    return [socket.frames.get_nowait() for _ in range(socket.frames.qsize())]


# IzpoChat


async def test_izpochat_plays_its_example(people: People) -> None:
    beto = await people.beto.connect()
    async with door(people.ana) as ana:
        welcome = await ana.wait("welcome")
        assert [room["id"] for room in welcome["rooms"]] == [GENERAL]
        assert {who["name"] for who in (await ana.wait("users_online"))["users"]} == {"Ana", "Beto"}
        await ana.send({"type": "message", "content": "hola a todos", "file_id": None})
        mine, his = await ana.wait("message"), await beto.wait("message")
        assert (mine["content"], mine["body"], mine["from"]["name"]) == (
            "hola a todos",
            "hola a todos",
            "Ana",
        )
        assert "content" not in his
        assert {**his, "content": "hola a todos"} == mine
        await ana.send({"type": "typing", "typing": True})
        assert (await beto.wait("typing"))["on"] is True
        await beto.ask({"type": "typing", "room": GENERAL, "on": True})
        assert [(await ana.wait("typing"))["user"]["name"] for _ in range(2)] == ["Ana", "Beto"]
        await ana.send({"type": "ping"})
        assert await ana.wait("pong") == {"type": "pong"}
        await ana.send({"type": "message", "content": "   "})
        assert (await ana.wait("error"))["code"] == "bad_request"
        uma = await people.uma.connect()
        assert (await next_of(ana, "type", "user_joined"))["room"] == GENERAL
        await uma.close()


async def test_it_hears_only_its_room_and_only_what_it_knows(people: People) -> None:
    room = (await people.ana.post("/api/rooms", {"name": "Plan", "members": [people.beto.me["id"]]})).json[
        "id"
    ]
    async with door(people.ana) as ana:
        await ana.wait("users_online")
        await everything(ana, {"type": "ping"})
        await people.beto.post(f"/api/rooms/{room}/messages", {"body": "elsewhere"})
        await people.ana.post("/api/rooms", {"name": "Otro"})
        said = (await people.beto.post(f"/api/rooms/{GENERAL}/messages", {"body": "here"})).json
        await people.beto.patch(f"/api/rooms/{GENERAL}/messages/{said['seq']}", {"body": "edited"})
        heard = await everything(ana, {"type": "ping"})
        assert [frame["content"] for frame in heard] == ["here"]
        answer = await ana.ask({"type": "send", "room": room, "cid": "c1", "body": "x"})
        assert (answer["code"], answer["params"]) == ("forbidden", {"reason": "room"})


async def test_our_own_frames_work_at_the_door_too(people: People) -> None:
    async with door(people.ana) as ana:
        ack = await ana.ask({"type": "send", "cid": "c1", "body": "sin sala"})
        assert (ack["type"], ack["room"], ack["seq"]) == ("ack", GENERAL, 1)
        assert (await ana.ask({"type": "send", "cid": "c1", "body": "sin sala"}))["dup"] is True
        assert [m["body"] for m in (await ana.ask({"type": "history"}))["items"]] == ["sin sala"]
        assert (await ana.ask({"type": "nonsense"}))["code"] == "unknown_type"


async def test_a_file_of_izpochat(people: People) -> None:
    file = (await people.ana.put("/api/uploads/plano.png", PNG)).json
    async with door(people.ana) as ana:
        await ana.send({"type": "message", "content": "", "file_id": file["id"]})
        said = await ana.wait("message")
        assert (said["content"], said["files"][0]["name"]) == ("", "plano.png")


async def test_the_door_joins_a_public_room(people: People) -> None:
    room = (await people.ana.post("/api/rooms", {"name": "Huerto", "kind": "public"})).json["id"]
    async with door(people.uma, room) as uma:
        await uma.wait("welcome")
        await uma.send({"type": "message", "content": "hola"})
        assert (await uma.wait("message"))["room"] == room


async def test_who_is_shown_out_hears_no_more(people: People) -> None:
    room = (await people.ana.post("/api/rooms", {"name": "Huerto", "kind": "public"})).json["id"]
    async with door(people.uma, room) as uma:
        await uma.wait("users_online")
        await people.ana.delete(f"/api/rooms/{room}/members/{people.uma.me['id']}")
        await uma.wait("user_left")
        await people.ana.post(f"/api/rooms/{room}/messages", {"body": "among us"})
        heard = await everything(uma, {"type": "ping"})
        assert "message" not in [frame["type"] for frame in heard]


async def test_without_a_good_token_or_a_room_the_door_stays_closed(people: People, box: Any) -> None:
    await people.ana.sign_in(cookie=True)
    for query in ("", "?token=", "?token=nonsense"):
        async with connected(box.port, f"/api/ws/{GENERAL}{query}", Cookie=people.ana.cookie) as nobody:
            assert (await nobody.wait("error"))["code"] == "unauthorized"
            assert await nobody.closed() == 4001
    private = (await people.ana.post("/api/rooms", {"name": "Plan"})).json["id"]
    async with door(people.beto, private) as beto:
        assert (await beto.wait("error"))["code"] == "not_found"
        assert await beto.closed() == 4000


async def test_a_page_of_anywhere_needs_a_token_and_that_is_enough(people: People) -> None:
    async with door(people.ana, Origin="http://elsewhere.example") as ana:
        await ana.wait("welcome")


async def test_the_end_of_the_session_closes_the_door(people: People) -> None:
    async with door(people.ana) as ana:
        await ana.wait("welcome")
        await people.ana.post("/api/users/logout")
        assert await ana.closed() == 4001


async def test_the_token_is_in_no_log(people: People, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with door(people.ana) as ana:
        await ana.wait("welcome")
        await ana.send({"type": "message", "content": "hola"})
        await ana.wait("message")
    await people.ana.get(f"/api/ws/{GENERAL}?token={people.ana.token}")
    ours = [record for record in caplog.records if not record.name.startswith("websockets")]
    assert any("connect" in record.getMessage() for record in ours)
    assert not [record for record in ours if str(people.ana.token) in record.getMessage()]


# RedUP


def bearer(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.token}"}


async def test_redup_plays_its_example_in_a_group(people: People, box: Any) -> None:
    body = {"name": "Grupo", "kind": "group", "members": [people.beto.me["id"]]}
    group = (await people.ana.post("/api/rooms", body)).json["id"]
    beto = await people.beto.connect()
    async with connected(box.port, "/ws", **bearer(people.ana)) as ana:
        await ana.send({"event": "join_group", "data": {"group_id": group}})
        assert (await event(ana, "ack"))["group_id"] == group
        sent = {
            "to": group,
            "message": "hola grupo",
            "sender_id": people.ana.me["id"],
            "timestamp": "2024-05-01T10:00:00Z",
            "type": "text",
        }
        await ana.send({"event": "send_message", "data": sent})
        ack = await event(ana, "ack")
        assert (ack["group_id"], ack["seq"]) == (group, 1)
        his = await beto.wait("message")
        assert (his["body"], his["id"]) == ("hola grupo", ack["message_id"])
        mine = await event(ana, "receive_message")
        assert mine == {
            "id": ack["message_id"],
            "group_id": group,
            "to": group,
            "seq": 1,
            "sender_id": people.ana.me["id"],
            "sender_name": "Ana",
            "message": "hola grupo",
            "type": "text",
            "timestamp": his["ts"],
        }
        await beto.send({"type": "delivered", "room": group, "seq": 1})
        delivered = {"group_id": group, "user_id": people.beto.me["id"], "seq": 1}
        assert await event(ana, "delivered") == delivered
        await beto.send({"type": "read", "room": group, "seq": 1})
        async with asyncio.timeout(10):
            while await event(ana, "read") != delivered:
                pass


async def test_the_first_message_to_a_person_opens_the_direct_room(people: People, box: Any) -> None:
    beto_id = people.beto.me["id"]
    async with (
        connected(box.port, "/ws", **bearer(people.ana)) as ana,
        connected(box.port, "/ws", **bearer(people.beto)) as beto,
    ):
        await beto.send({"event": "ping"})
        await event(beto, "pong")
        await ana.send(
            {"event": "send_message", "data": {"to": beto_id, "message": "a solas", "type": "text"}}
        )
        first = await event(ana, "ack")
        got = await event(beto, "receive_message")
        assert (got["message"], got["sender_id"]) == ("a solas", people.ana.me["id"])
        await ana.send({"event": "send_message", "id": 7, "data": {"to": beto_id, "message": "otra"}})
        second = await event(ana, "ack")
        assert (second["group_id"], second["seq"], second["id"]) == (first["group_id"], 2, 7)
        await beto.send({"event": "read", "data": {"to": people.ana.me["id"], "seq": 2}})
        read = {"group_id": first["group_id"], "user_id": beto_id, "seq": 2}
        async with asyncio.timeout(10):
            while await event(ana, "read") != read:
                pass


async def test_a_picture_of_redup(people: People, box: Any) -> None:
    file = (await people.ana.put("/api/uploads/foto.png", PNG)).json
    beto = await people.beto.connect()
    async with connected(box.port, "/ws", **bearer(people.ana)) as ana:
        data = {"to": GENERAL, "message": file["id"], "type": "image"}
        await ana.send({"event": "send_message", "data": data})
        got = await event(ana, "receive_message")
        assert (got["type"], got["message"]) == ("image", file["id"])
        picture = (await beto.wait("message"))["files"][0]
        assert (picture["id"], picture["width"], picture["height"]) == (file["id"], 1, 1)


async def test_what_redup_may_not(people: People, box: Any) -> None:
    async with connected(box.port, "/ws", **bearer(people.ana)) as ana:
        for data, code in [
            ({"to": GENERAL, "message": "x", "sender_id": people.beto.me["id"]}, "forbidden"),
            ({"to": GENERAL, "message": "x", "type": "video"}, "bad_request"),
            ({"to": "nowhere", "message": "x"}, "not_found"),
            ({"message": "x"}, "bad_request"),
            ({"to": GENERAL, "message": 5}, "bad_request"),
            ([], "bad_frame"),
        ]:
            await ana.send({"event": "send_message", "data": data})
            assert (await event(ana, "error"))["code"] == code, data
        await ana.send({"event": "dance", "data": {}})
        assert (await event(ana, "error"))["code"] == "unknown_type"
    page = await people.beto.get(f"/api/rooms/{GENERAL}/messages")
    assert page.json["items"] == []


async def test_an_envelope_of_nobody(box: Any) -> None:
    async with connected(box.port, "/ws") as nobody:
        await nobody.send({"event": "join_group", "data": {"group_id": GENERAL}})
        assert (await nobody.wait("error"))["code"] == "unauthorized"
        assert await nobody.closed() == 4001


async def test_envelopes_at_the_one_room_door(people: People) -> None:
    async with door(people.ana) as ana:
        await ana.wait("welcome")
        await ana.send({"event": "send_message", "data": {"to": GENERAL, "message": "hola"}})
        assert (await event(ana, "ack"))["seq"] == 1
        assert (await event(ana, "receive_message"))["message"] == "hola"


# Socket.IO


@pytest.mark.parametrize(
    "path", ["/socket.io/", "/socket.io", "/socket.io/?EIO=4&transport=polling", "/socket.io/x"]
)
async def test_socket_io_is_told_where_to_go(box: Any, path: str) -> None:
    answer = await Person(box).get(path)
    assert answer.status == 410
    assert answer.json["error"]["params"]["use"] == "/ws"
    assert json.dumps(answer.json)  # one line, for people who read logs


# Nonsense

NONSENSE = [
    "",
    "null",
    "[1]",
    '"event"',
    '{"event":1}',
    '{"event":"send_message"}',
    '{"event":"send_message","data":null}',
    '{"event":"send_message","data":{"to":{"a":1},"message":"x"}}',
    '{"event":"send_message","data":{"to":"r_general","message":"x","cid":[1]}}',
    '{"event":"send_message","id":{"a":[]},"data":{"to":"r_general","message":"x"}}',
    '{"event":"read","data":{"to":"r_general"}}',
    '{"event":"read","data":{"to":true,"seq":1}}',
    '{"event":"join_group","data":{"group_id":"' + "x" * 100 + '"}}',
    '{"type":"message"}',
    '{"type":"message","content":{"a":1}}',
    '{"type":"message","content":"x","file_id":{"b":2}}',
    '{"type":"message","content":"x","id":[1]}',
    '{"type":"typing","typing":"yes"}',
    '{"type":"hello","v":1}',
    '{"type":"join","room":5}',
]


async def test_nonsense_is_an_error_and_the_door_stays_open(boxes: Boxes) -> None:
    box = await boxes.claimed(message_burst=10_000, message_rate=10_000)
    people = People(box)
    await people.gather()
    for text in NONSENSE:
        async with door(people.ana) as ana:
            await ana.wait("users_online")
            await ana.connection.send(text)
            await ana.wait(lambda frame: "error" in (frame.get("type"), frame.get("event")))
            await everything(ana, {"type": "ping"})
    page = await people.ana.get(f"/api/rooms/{GENERAL}/messages")
    assert page.json["items"] == []
    await people.leave()
