"""Every refusal has the one shape, whoever refuses; and a fault tells the client nothing but an id."""

from typing import Any

import pytest
from msgspec import Struct

from appliance.base.errors import Code, Refusal, StartError
from appliance.server.app import make_app
from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route
from appliance.server.statuses import STATUS
from appliance.server.table import Table
from tests.people import People, Person
from tests.server.raw import Reply, another_server, exchange, wire


class Body(Struct):
    name: str


class Broken(BaseHandler):
    async def get(self) -> None:
        raise ValueError("a secret detail")

    async def post(self) -> None:
        self.answer(self.body(Body))


class Refusing(BaseHandler):
    async def get(self, code: str) -> None:
        raise Refusal(Code(code), retry_ms=1500 if code in ("busy", "rate_limited") else None, field="x")


ROWS = (
    Route("GET", "/api/broken", Broken, Access.ALL, "Fails"),
    Route("POST", "/api/broken", Broken, Access.ALL, "Takes a body", body=Body),
    Route("GET", "/api/refusing/{code}", Refusing, Access.ALL, "Refuses"),
)


def shape(reply: Reply) -> dict[str, Any]:
    """Checks the one shape; gives the error."""
    assert reply.headers["content-type"] == "application/json; charset=utf-8"
    assert set(reply.json) == {"error"}
    error: dict[str, Any] = reply.json["error"]
    assert set(error) == {"code", "params", "request_id"}
    assert error["request_id"] == reply.headers["x-request-id"]
    assert len(error["request_id"]) == 12
    return error


async def test_each_code_has_its_status_and_the_one_shape(box: Any) -> None:
    async with another_server(box, *ROWS) as port, wire(port) as one:
        for code in Code:
            reply = await one.get(f"/api/refusing/{code}")
            error = shape(reply)
            assert (reply.status, error["code"]) == (STATUS[code], code)
            waits = code in (Code.BUSY, Code.RATE_LIMITED)
            assert error["params"] == ({"field": "x", "retry_ms": 1500} if waits else {"field": "x"})
            assert reply.headers.get("retry-after") == ("2" if waits else None)
        assert (await one.get("/health")).status == 200


REFUSED = {
    "no such address": ("GET /api/nothing", 404, "not_found"),
    "no such address at all": ("POST /nothing", 404, "not_found"),
    "an address with NUL": ("GET /api/uploads/%00", 400, "bad_request"),
    "an address that is not UTF-8": ("GET /api/uploads/%ff", 400, "bad_request"),
    "another method": ("DELETE /health", 405, "method_not_allowed"),
    "a method of nobody": ("BREW /health", 405, "method_not_allowed"),
    "nobody where somebody is needed": ("GET /api/users/me", 401, "unauthorized"),
    "a query that is not UTF-8": ("GET /login?plain=%ff", 400, "bad_request"),
    "another protocol": ("GET /socket.io/?EIO=4", 410, "gone"),
}


async def test_what_the_server_refuses_has_the_shape_too(box: Any) -> None:
    for name, (line, status, code) in REFUSED.items():
        async with wire(box.port) as one:
            await one.send(f"{line} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
            reply = await one.reply()
            assert (reply.status, shape(reply)["code"]) == (status, code), name


async def test_405_says_what_would_go(box: Any) -> None:
    async with wire(box.port) as one:
        await one.send("PATCH /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        reply = await one.reply()
        assert reply.headers["allow"] == "GET, HEAD, OPTIONS, POST"
        assert reply.json["error"]["params"] == {"allow": ["GET", "HEAD", "OPTIONS", "POST"]}


async def test_a_fault_is_logged_with_its_id_and_not_told(
    box: Any, expect_log: Any, caplog: pytest.LogCaptureFixture
) -> None:
    expect_log("GET /api/broken failed")
    async with another_server(box, *ROWS) as port, wire(port) as one:
        reply = await one.get("/api/broken?token=tell-nobody")
        error = shape(reply)
        assert (reply.status, error["code"], error["params"]) == (500, "internal", {})
        assert b"secret" not in reply.content
        line = next(record for record in caplog.records if "failed" in record.getMessage())
        assert error["request_id"] in line.getMessage()
        assert line.exc_info and "secret detail" in str(line.exc_info[1])
        assert "tell-nobody" not in caplog.text
        assert (await one.get("/health")).status == 200


async def test_a_person_who_looks_sees_a_page_in_both_languages(box: Any, expect_log: Any) -> None:
    expect_log("GET /api/broken failed")
    async with another_server(box, *ROWS) as port, wire(port) as one:
        missing = await one.get("/nothing", "Accept: text/html,*/*;q=0.8")
        assert missing.status == 404
        assert missing.headers["content-type"] == "text/html; charset=utf-8"
        assert "Aquí no hay nada" in missing.content.decode()
        assert "There is nothing here" in missing.content.decode()
        assert missing.headers["x-request-id"] in missing.content.decode()
        assert "'unsafe-inline'" not in missing.headers["content-security-policy"]
        shape(await one.get("/api/nothing", "Accept: text/html"))
        shape(await one.get("/api/broken", "Accept: text/html"))


async def test_bad_documents_never_break_a_door(box: Any) -> None:
    bad = ["", "{", "[]", "null", '{"name":1}', '{"name":"\\ud800"}', '{"name":"\\u0000"}', "[" * 50_000]
    bad += [
        '{"name":NaN}',
        '{"name":1e999}',
        '{"name":' + "9" * 5000 + "}",
        '{"name":"x","name":"y"}',
        "\xff",
    ]
    async with another_server(box, *ROWS) as port, wire(port) as one:
        for text in bad:
            data = text.encode("latin1")
            head = f"POST /api/broken HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(data)}\r\n\r\n"
            await one.send(head.encode() + data)
            reply = await one.reply()
            error = shape(reply)
            assert (reply.status, error["code"]) == (400, "bad_request"), text[:40]
            assert error["params"]["reason"]


async def test_every_route_with_a_body_refuses_nonsense_alike(people: People) -> None:
    """Of the real table, as an administrator: 400 in the one shape, whatever the route."""
    for route in make_app(people.box.services, people.box.hub).table.routes:
        if route.body is None or route.access is Access.UNCLAIMED:
            continue
        path = route.path.replace("{seq}", "1").replace("{", "").replace("}", "").replace("...", "")
        for data in (b"null", b"[1]", b'{"a":"\\ud800"}', b"{" * 100):
            answer = await people.admin.request(route.method, path, data)
            assert (answer.status, answer.code) == (400, "bad_request"), route.name


async def test_head_is_get_without_the_body(box: Any) -> None:
    async with wire(box.port) as one:
        for path in ("/health", "/api/client-ip", "/nothing", "/api/users/me", "/"):
            full = await one.get(path)
            await one.send(f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
            head = await one.reply(body=False)
            assert head.status == full.status
            assert head.headers["content-length"] == full.headers["content-length"]
            assert head.headers["content-type"] == full.headers["content-type"]
        assert (await one.get("/health")).status == 200


async def test_a_trailing_slash_makes_no_difference(box: Any) -> None:
    async with wire(box.port) as one:
        for path in ("/health/", "/api/status/", "/api/status//", "/help/"):
            assert (await one.get(path)).status == 200
        assert (await one.get("//health")).status == 404


def test_a_row_that_forgets_something_stops_the_start(box: Any) -> None:
    class Open(BaseHandler):
        async def get(self) -> None: ...

    good = Route("GET", "/x", Open, Access.ALL, "x")
    assert Table([good]).find("GET", "/x/") is not None
    for rows, words in (
        ([Route("GET", "/x", Open, summary="x")], "does not say who may use it"),
        ([Route("POST", "/x", Open, Access.ALL, "x")], "has no such method"),
        ([good, good], "twice"),
    ):
        with pytest.raises(StartError, match=words):
            make_app(box.services, box.hub, rows)


async def test_refusals_are_no_news_for_the_log(people: People, caplog: pytest.LogCaptureFixture) -> None:
    await people.uma.post("/api/users", {"username": "x", "role": "usuario"})
    await Person(people.box).get("/api/users/me")
    await exchange(people.box.port, "GET /nothing HTTP/1.0\r\n\r\n")
    assert not [line for line in caplog.records if line.name.startswith(("tornado", "pichat.server"))]
