"""Who asks and does not read the answers waits, and costs no memory; the same over TLS; a crowd at once."""

import asyncio
import json
import ssl
from pathlib import Path
from typing import Any

import websockets

from appliance.server.hub import Connection
from tests.boxes import Boxes
from tests.people import People
from tests.server.raw import another_server, certificate

GENERAL = "r_general"


def connection_of(box: Any, user: str) -> Connection:
    (connection,) = box.hub._of_user[user]
    found: Connection = connection
    return found


async def test_who_does_not_read_is_not_read_either(boxes: Boxes) -> None:
    box = await boxes.claimed(message_burst=10_000, message_rate=10_000)
    people = People(box)
    await people.gather()
    ana, beto = await people.ana.connect(), await people.beto.connect()
    for number in range(60):
        await beto.ask({"type": "send", "room": GENERAL, "cid": f"c{number}", "body": "x" * 4000})
    await ana.ask({"type": "ping"})
    ana.connection.transport.pause_reading()
    page = json.dumps({"type": "history", "id": 7, "room": GENERAL, "limit": 60})
    wanted = 200  # of 240 KB each: 48 MB, far beyond what may wait

    async def ask() -> None:
        for _ in range(wanted):
            await ana.connection.send(page)

    asking = asyncio.create_task(ask())
    mine = connection_of(box, people.ana.me["id"])
    async with asyncio.timeout(20):
        while not mine.listener.busy:
            await asyncio.sleep(0.01)
    assert mine.listener._size < 2 << 20
    assert (await beto.ask({"type": "ping"}))["type"] == "pong", "others wait for her"
    assert mine.listener._size < 2 << 20
    ana.connection.transport.resume_reading()
    for _ in range(wanted):
        answer = await ana.wait(lambda frame: frame.get("id") == 7, 60)
        assert len(answer["items"]) == 60
    await asking
    assert mine.listener.waiting == 0
    await people.leave()


async def test_a_client_that_leaves_while_it_waits_is_forgotten(boxes: Boxes) -> None:
    box = await boxes.claimed(message_burst=10_000, message_rate=10_000)
    people = People(box)
    await people.gather()
    ana, beto = await people.ana.connect(), await people.beto.connect()
    for number in range(60):
        await beto.ask({"type": "send", "room": GENERAL, "cid": f"c{number}", "body": "x" * 4000})
    ana.connection.transport.pause_reading()
    mine = connection_of(box, people.ana.me["id"])
    for _ in range(40):
        await ana.connection.send(json.dumps({"type": "history", "room": GENERAL, "limit": 60, "id": 1}))
    async with asyncio.timeout(20):
        while not mine.listener.busy:
            await asyncio.sleep(0.01)
        ana.connection.transport.abort()
        while box.hub.connected > 1:
            await asyncio.sleep(0.01)
    await people.leave()


async def test_an_encrypted_line_says_the_same(box: Any, people: People, tmp_path: Path) -> None:
    """TLS has a buffer of its own, so what goes out there goes through the stream."""
    cert, key = certificate(tmp_path)
    beto = await people.beto.connect()
    for number in range(8):
        await beto.ask({"type": "send", "room": GENERAL, "cid": f"c{number}", "body": "x" * 4000})
    trust = ssl.create_default_context(cafile=str(cert))
    trust.check_hostname = False
    async with (
        another_server(box, tls_cert=cert, tls_key=key) as port,
        websockets.connect(f"wss://127.0.0.1:{port}/ws", ssl=trust, compression=None) as ana,
    ):
        await ana.send(json.dumps({"type": "hello", "v": 1, "token": people.ana.token}))
        assert json.loads(await ana.recv())["type"] == "welcome"
        for number in range(50):
            await ana.send(json.dumps({"type": "history", "id": number, "room": GENERAL}))
        got = [json.loads(await ana.recv()) for _ in range(51)]
        assert [frame["id"] for frame in got if frame["type"] == "ack"] == list(range(50))


async def test_sixty_people_come_at_once(boxes: Boxes) -> None:
    """Everybody is welcomed with one consistent picture, and hears of everybody who came later."""
    box = await boxes.claimed(max_connections_per_address=500)
    people = People(box)
    await people.gather()
    crowd = (people.ana, people.beto, people.uma, people.admin)
    sockets = await asyncio.gather(*(crowd[number % 4].connect() for number in range(60)))
    assert all(socket.welcome["mode"] == "fresh" for socket in sockets)
    assert box.hub.connected == 60
    answer = await people.ana.post(f"/api/rooms/{GENERAL}/messages", {"body": "all here?"})
    assert answer.status == 201
    for socket in sockets:
        heard = await socket.wait("message")
        assert heard == answer.json
        assert heard["ev"] > socket.welcome["ev"]
    await people.leave()
