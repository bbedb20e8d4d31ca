"""Coming in: the upgrade, who one is, the snapshot; and every way of being sent away."""

import asyncio
import json
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from appliance.server import socket as socket_module
from tests.boxes import Boxes
from tests.people import People, Person

GENERAL = "r_general"


async def plain(box: Any, path: str = "/ws", **more: Any) -> ClientConnection:
    """A connection that has not said hello."""
    given = {"compression": None, "ping_interval": None, **more}
    return await websockets.connect(f"ws://127.0.0.1:{box.port}{path}", **given)


async def say(connection: ClientConnection, frame: Any) -> None:
    await connection.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))


async def hear(connection: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(10):
        return dict(json.loads(await connection.recv()))


async def code_of(connection: ClientConnection) -> int:
    async with asyncio.timeout(10):
        await connection.wait_closed()
    return int(connection.close_code or 0)


async def refused(box: Any, **more: Any) -> websockets.InvalidStatus:
    with pytest.raises(websockets.InvalidStatus) as caught:
        await plain(box, **more)
    return caught.value


async def test_welcome_is_as_the_contract_has_it(people: People, box: Any) -> None:
    ana = await people.ana.connect(lang="es")
    welcome = ana.welcome
    assert list(welcome)[:6] == ["type", "id", "v", "epoch", "ev", "mode"]
    assert welcome["id"] == 1
    assert welcome["v"] == 1
    assert welcome["mode"] == "fresh"
    assert len(welcome["epoch"]) == 8
    assert welcome["me"] == {"id": people.ana.me["id"], "username": "ana", "name": "Ana", "role": "cliente"}
    (general,) = welcome["rooms"]
    assert general == {
        "id": GENERAL,
        "kind": "public",
        "name": "General",
        "head": 0,
        "read": 0,
        "unread": 0,
        "role": "member",
        "ephemeral": False,
        "e2e": False,
        "everyone": True,
    }
    assert welcome["limits"] == {"body": 4000, "frame": 65536, "files": 10}
    assert welcome["box"] == "PiChat"
    assert isinstance(welcome["now"], int)


async def test_subprotocol_is_ours_and_there_is_no_compression(box: Any) -> None:
    offered = [websockets.Subprotocol("chat.v9"), websockets.Subprotocol("pichat.v1")]
    connection = await plain(box, subprotocols=offered, compression="deflate")
    assert connection.subprotocol == "pichat.v1"
    assert connection.protocol.extensions == []
    await connection.close()
    bare = await plain(box)
    assert bare.subprotocol is None
    await bare.close()


async def test_a_cookie_is_enough_and_a_token_beats_it(people: People, box: Any) -> None:
    browser = await Person(box, "beto").sign_in(cookie=True)
    headers = {"Cookie": browser.cookie, "Origin": f"http://127.0.0.1:{box.port}"}
    connection = await plain(box, additional_headers=headers)
    await say(connection, {"type": "hello", "v": 1})
    assert (await hear(connection))["me"]["username"] == "beto"
    await connection.close()
    connection = await plain(box, additional_headers=headers)
    await say(connection, {"type": "hello", "v": 1, "token": people.ana.token})
    assert (await hear(connection))["me"]["username"] == "ana"
    await connection.close()
    connection = await plain(box, additional_headers=headers)
    await say(connection, {"type": "hello", "v": 1, "token": "x" * 43})
    assert (await hear(connection))["code"] == "unauthorized"
    assert await code_of(connection) == 4001
    await browser.leave()


async def test_a_bearer_header_is_enough(people: People, box: Any) -> None:
    headers = {"Authorization": f"Bearer {people.ana.token}"}
    connection = await plain(box, additional_headers=headers)
    await say(connection, {"type": "hello", "v": 1})
    assert (await hear(connection))["me"]["username"] == "ana"
    await connection.close()


async def test_a_page_from_a_file_has_no_cookie_but_may_show_a_token(people: People, box: Any) -> None:
    browser = await Person(box, "beto").sign_in(cookie=True)
    headers = {"Cookie": browser.cookie, "Origin": "null"}
    connection = await plain(box, additional_headers=headers)
    await say(connection, {"type": "hello", "v": 1})
    assert (await hear(connection))["code"] == "unauthorized"
    assert await code_of(connection) == 4001
    connection = await plain(box, additional_headers=headers)
    await say(connection, {"type": "hello", "v": 1, "token": people.ana.token})
    assert (await hear(connection))["me"]["username"] == "ana"
    await connection.close()
    await browser.leave()


@pytest.mark.parametrize("origin", ["http://evil.example", "https://127.0.0.1:{port}", "http://127.0.0.1:1"])
async def test_a_foreign_page_is_refused_before_the_upgrade(box: Any, origin: str) -> None:
    answer = await refused(box, additional_headers={"Origin": origin.format(port=box.port)})
    assert answer.response.status_code == 403


async def test_a_strange_host_is_misdirected(box: Any) -> None:
    with pytest.raises(websockets.InvalidStatus) as caught:
        await websockets.connect(
            f"ws://evil.example:{box.port}/ws", host="127.0.0.1", origin=f"http://evil.example:{box.port}"
        )
    assert caught.value.response.status_code == 421


async def test_nobody_comes_in_before_the_box_is_claimed(fresh: Any) -> None:
    answer = await refused(fresh)
    assert answer.response.status_code == 403
    assert b"unclaimed" in (answer.response.body or b"")


async def test_a_plain_get_is_told_to_upgrade(people: People) -> None:
    answer = await people.ana.get("/ws")
    assert (answer.status, answer.json["error"]["params"]) == (400, {"reason": "upgrade"})


@pytest.mark.parametrize(
    ("frame", "code", "closed"),
    [
        ({"type": "hello", "id": 7, "v": 1}, "unauthorized", 4001),
        ({"type": "hello", "id": 7, "v": 1, "token": "wrong"}, "unauthorized", 4001),
        ({"type": "hello", "id": 7, "v": 2}, "unsupported_version", 4000),
        ({"type": "hello", "id": 7}, "bad_request", 4000),
        ({"type": "hello", "id": 7, "v": "1"}, "bad_request", 4000),
        ({"type": "greetings", "id": 7}, "unknown_type", 4000),
        ("no json", "bad_frame", 4000),
        (b"\x00\x01", "bad_frame", 4000),
    ],
)
async def test_a_bad_hello_is_answered_and_closed(box: Any, frame: Any, code: str, closed: int) -> None:
    connection = await plain(box)
    await say(connection, frame)
    answer = await hear(connection)
    assert (answer["type"], answer["code"]) == ("error", code)
    assert answer.get("id") == (7 if isinstance(frame, dict) else None)
    assert await code_of(connection) == closed


async def test_nothing_goes_before_hello(people: People, box: Any) -> None:
    connection = await plain(box)
    await say(connection, {"type": "send", "id": 1, "room": GENERAL, "cid": "c", "body": "x"})
    assert await hear(connection) == {
        "type": "error",
        "id": 1,
        "code": "unauthorized",
        "params": {"reason": "hello"},
    }
    await say(connection, {"type": "hello", "v": 1, "token": people.ana.token})
    assert (await hear(connection))["type"] == "welcome"
    await connection.close()


async def test_who_says_no_hello_in_time_is_sent_away(boxes: Boxes) -> None:
    box = await boxes.claimed(hello_seconds=0)
    assert await code_of(await plain(box)) == 4001


async def test_a_second_hello_is_a_conflict(people: People) -> None:
    ana = await people.ana.connect()
    answer = await ana.ask({"type": "hello", "v": 1, "token": people.beto.token})
    assert (answer["type"], answer["code"]) == ("error", "conflict")
    assert (await ana.ask({"type": "ping"}))["type"] == "pong"


async def test_the_same_client_replaces_its_older_connection(people: People) -> None:
    first = await people.ana.connect(client="phone-1")
    other = await people.ana.connect(client="phone-2")
    namesake = await people.beto.connect(client="phone-1")
    second = await people.ana.connect(client="phone-1")
    assert await first.closed() == 4009
    for socket in (other, namesake, second):
        assert (await socket.ask({"type": "ping"}))["type"] == "pong"


async def test_a_session_that_ends_closes_its_sockets_at_once(people: People, box: Any) -> None:
    ana = await people.ana.connect()
    elsewhere = await Person(box, "ana").sign_in()
    kept = await elsewhere.connect()
    assert (await people.ana.post("/api/users/logout")).status == 204
    assert await ana.closed() == 4001
    assert (await kept.ask({"type": "ping"}))["type"] == "pong"
    await elsewhere.leave()


async def test_an_open_connection_asks_now_and_then_whether_its_session_stands(
    boxes: Boxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a heartbeat; so a session that ran out, of which nobody is told, ends its socket too."""
    monkeypatch.setattr(socket_module, "RECHECK_SECONDS", 0)
    box = await boxes.claimed(ping_seconds=1)
    people = People(box)
    await people.gather()
    ana, beto = await people.ana.connect(), await people.beto.connect()
    session = next(iter(box.hub._of_user[people.ana.me["id"]])).actor.session
    await box.store.box.write(lambda db: db.execute("DELETE FROM sessions WHERE id = ?", (session,)).rowcount)
    box.services.sessions._forget(session)
    assert await ana.closed(20) == 4001
    assert (await beto.ask({"type": "ping"}))["type"] == "pong"
    await people.leave()


async def test_somebody_who_is_disabled_is_gone_at_once(people: People) -> None:
    ana = await people.ana.connect()
    answer = await people.admin.patch(f"/api/users/{people.ana.me['id']}", {"disabled": True})
    assert answer.status == 200, answer.text
    assert await ana.closed() == 4001


@pytest.mark.parametrize(("code", "name"), [(1001, "stop"), (4012, "reset")])
async def test_a_box_that_ends_says_why(people: People, box: Any, code: int, name: str) -> None:
    ana = await people.ana.connect()
    silent = await plain(box)
    await ana.send({"type": "send", "room": GENERAL, "cid": "last", "body": "last words"})
    await ana.wait("message")
    await box.hub.close(code)
    assert await ana.closed() == code
    assert await code_of(silent) == code


async def test_a_frame_beyond_the_limit_ends_the_connection(people: People) -> None:
    ana = await people.ana.connect()
    await ana.connection.send(json.dumps({"type": "ping", "x": "y" * 65_536}))
    assert await ana.closed() in (1009, 1006)
    again = await people.ana.connect()
    frame = {"type": "ping", "x": ""}
    frame["x"] = "y" * (65_536 - len(json.dumps(frame)) - len(', "id": 2'))
    assert (await again.ask(frame))["type"] == "pong"


async def test_a_fragmented_frame_is_one_frame(people: People) -> None:
    ana = await people.ana.connect()
    text = json.dumps({"type": "ping", "id": "in pieces"})
    await ana.connection.send([text[:5], text[5:9], text[9:]])
    assert (await ana.wait("pong"))["id"] == "in pieces"


async def test_the_server_pings(boxes: Boxes) -> None:
    box = await boxes.claimed(ping_seconds=1)
    reader, writer = await asyncio.open_connection("127.0.0.1", box.port)
    head = [
        "GET /ws HTTP/1.1",
        "Host: localhost",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    writer.write("\r\n".join([*head, "", ""]).encode())
    async with asyncio.timeout(20):
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        assert await reader.readexactly(2) == b"\x89\x00"
    writer.close()
    await writer.wait_closed()
