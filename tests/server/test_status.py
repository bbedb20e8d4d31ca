"""What the box says of itself, and to whom."""

import re
from typing import Any

from appliance import __version__
from tests.boxes import Boxes
from tests.people import People, Person
from tests.server.raw import another_server, wire

NAMES = {"name", "version", "claimed", "demo", "epoch", "guests", "registration", "tls", "uploads"}


async def test_a_stranger_sees_what_the_page_needs(box: Any) -> None:
    stranger = Person(box)
    state = (await stranger.get("/api/status")).json
    assert set(state) == NAMES
    assert (state["name"], state["version"], state["claimed"]) == ("PiChat", __version__, True)
    assert re.fullmatch(r"[0-9a-f]{8}", state["epoch"])
    assert state["uploads"] == {"max_bytes": box.settings.upload_max_bytes}
    assert (await stranger.get("/", Accept="application/json")).json == state


async def test_people_see_the_snapshot_and_administrators_what_has_come_since(people: People) -> None:
    assert set((await people.uma.get("/api/status")).json) == NAMES | {
        "stable",
        "storage",
        "reset_in",
        "retention_days",
    }
    before = (await people.admin.get("/api/status")).json
    assert set(before) == NAMES | {
        "stable",
        "storage",
        "reset_in",
        "retention_days",
        "since_stable",
        "disk",
        "previous",
    }
    assert before["stable"] is None
    assert 0 < before["storage"]["free"] < before["storage"]["total"]
    assert before["uploads"]["max_bytes"] == people.box.settings.upload_max_bytes_administrator
    assert (await people.admin.post("/api/stable", {"note": "lunes"})).status == 201
    after = (await people.uma.get("/api/status")).json["stable"]
    assert after["note"] == "lunes"
    assert set(after) == {"generation", "saved_at", "note"}
    since = (await people.admin.get("/api/status")).json["since_stable"]
    assert since == {"files": 0, "bytes": 0, "messages": 0, "posts": 0, "rooms": 0}


async def test_a_new_box_says_that_nobody_owns_it(fresh: Any) -> None:
    stranger = Person(fresh)
    assert (await stranger.get("/api/status")).json["claimed"] is False
    for path in ("/health", "/api/network-info", "/api/client-ip", "/", "/claim", "/robots.txt"):
        assert (await stranger.get(path)).status == 200, path
    for path in ("/chat/x", "/files", "/login", "/api/users/me", "/api/uploads", "/nothing", "/help"):
        answer = await stranger.get(path)
        assert (answer.status, answer.code) == (403, "unclaimed"), path
    page = await stranger.get("/chat/x", Accept="text/html")
    assert page.status == 403
    assert 'href="/claim"' in page.text
    login = await stranger.post("/api/users/login", {"username": "a", "password": "b"})
    assert login.code == "unclaimed"


async def test_a_claimed_box_cannot_be_claimed_again(box: Any) -> None:
    body = {"code": "X", "username": "eva", "password": "el faro verde 8"}
    answer = await Person(box).post("/api/claim", body)
    assert (answer.status, answer.code) == (409, "claimed")


async def test_a_box_that_is_well_says_so(box: Any) -> None:
    answer = await Person(box).get("/health")
    assert (answer.status, answer.json) == (200, {"status": "ok"})


async def test_a_box_that_cannot_write_says_what_ails_it(boxes: Boxes, box: Any) -> None:
    async with another_server(box) as port, wire(port) as one:
        box.store.content.close()
        reply = await one.get("/health")
        assert reply.status == 503
        assert reply.json == {"status": "ill", "problems": ["content_not_writable"]}


async def test_where_the_box_is(people: People) -> None:
    seen = (await Person(people.box).get("/api/network-info")).json
    fields = {"hostname", "mdns", "port", "tls", "gateway", "addresses", "urls", "interfaces", "https"}
    assert set(seen) == fields
    assert (seen["port"], seen["tls"]) == (people.box.port, False)
    assert seen["urls"] == [f"http://127.0.0.1:{people.box.port}"]
    assert seen["interfaces"]
    assert all(interface["mac"] is None for interface in seen["interfaces"])
    macs = [one["mac"] for one in (await people.uma.get("/api/network-info")).json["interfaces"]]
    assert len(macs) == len(seen["interfaces"])


async def test_who_you_are_behind_a_proxy_of_ours(box: Any) -> None:
    chain = "X-Forwarded-For: 6.6.6.6, 192.168.1.9"
    async with wire(box.port) as one:
        assert (await one.get("/api/client-ip", chain)).json == {
            "ip": "127.0.0.1",
            "version": 4,
            "proxied": False,
        }
    async with another_server(box, trusted_proxies=("127.0.0.1",)) as port, wire(port) as one:
        seen = (await one.get("/api/client-ip", chain, "X-Real-Ip: 7.7.7.7")).json
        assert seen == {"ip": "192.168.1.9", "version": 4, "proxied": True}


async def test_another_name_is_told_the_right_address(box: Any) -> None:
    async with wire(box.port) as one:
        for path in ("/", "/api/status", "/nothing", "/static/x/y", "/ws", "/health"):
            reply = await one.get(path, host="evil.example")
            assert (reply.status, reply.code) == (421, "misdirected"), path
            assert reply.json["error"]["params"] == {"urls": [f"http://127.0.0.1:{box.port}"]}
        page = await one.get("/", "Accept: text/html", host="evil.example")
        assert page.status == 421
        assert f'href="http://127.0.0.1:{box.port}"' in page.content.decode()
        assert b"evil" not in page.content
        assert "evil" not in str(page.headers)
        socket = await one.get(
            "/ws",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            "Origin: http://evil.example",
            host="evil.example",
        )
        assert socket.status == 421
