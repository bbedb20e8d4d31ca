"""What every answer says to the browser, and which pages of others may read it or write."""

import ssl
from pathlib import Path
from typing import Any

import pytest

from appliance.base.errors import StartError
from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route
from tests.people import People
from tests.server.raw import another_server, certificate, wire

APP = "https://app.example:8443"


class Writing(BaseHandler):
    """A route that writes, so that only the doors are looked at."""

    async def post(self) -> None:
        self.answer({"actor": self.actor.username if self.actor else ""})


class FormWriting(BaseHandler):
    async def post(self) -> None:
        self.answer(dict(self.form()))


ROWS = (
    Route("POST", "/api/writing", Writing, Access.ALL, "Writes"),
    Route("POST", "/writing", FormWriting, Access.ALL, "Writes by a form", form=True),
)


async def test_every_answer_is_closed_to_frames_sniffing_and_referrers(box: Any) -> None:
    async with wire(box.port) as one:
        for path in ("/", "/api/status", "/nothing", "/api/users/me", "/login?plain=1", "/static/x/y"):
            headers = (await one.get(path)).headers
            page = headers["content-type"].startswith("text/html")
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == ("same-origin" if page else "no-referrer")
            assert headers["cross-origin-resource-policy"] == "same-origin"
            assert "geolocation=()" in headers["permissions-policy"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            assert "Tornado" not in headers["server"]
            assert "cross-origin-opener-policy" not in headers
            assert not [name for name in headers if name.startswith("access-control")]


async def test_answers_for_programs_are_not_kept(box: Any) -> None:
    async with wire(box.port) as one:
        for path in ("/api/status", "/api/network-info", "/api/users/me", "/health"):
            reply = await one.get(path)
            assert reply.headers["cache-control"] == "no-store"
            assert "etag" not in reply.headers
            assert "default-src 'none'" in reply.headers["content-security-policy"]


async def test_the_page_may_run_our_scripts_and_nothing_else(box: Any) -> None:
    async with wire(box.port) as one:
        host = f"127.0.0.1:{box.port}"
        page = await one.get("/", "Accept: text/html", host=host)
        assert page.headers["cache-control"] == "no-cache"
        given = page.headers["content-security-policy"].split(";")
        rules = dict(rule.strip().split(" ", 1) for rule in given)
        assert rules["default-src"] == "'none'"
        assert rules["script-src"] == rules["style-src"] == "'self'"
        assert rules["connect-src"] == f"'self' ws://{host}"
        assert rules["form-action"] == "'self'"
        assert rules["base-uri"] == rules["object-src"] == "'none'"
        assert rules["require-trusted-types-for"] == "'script'"


async def test_another_origin_reads_nothing_unless_the_settings_name_it(box: Any) -> None:
    async with another_server(box, *ROWS, allowed_origins=(APP,)) as port, wire(port) as one:
        for origin in ("https://evil.example", "null", "https://app.example"):
            reply = await one.get("/api/status", f"Origin: {origin}")
            assert reply.status == 200
            assert "access-control-allow-origin" not in reply.headers
        for path, status in (("/api/status", 200), ("/api/users/me", 401), ("/nothing", 404)):
            reply = await one.get(path, f"Origin: {APP}")
            assert reply.status == status
            assert reply.headers["access-control-allow-origin"] == APP
            assert reply.headers["access-control-allow-credentials"] == "true"
            assert reply.headers["cross-origin-resource-policy"] == "cross-origin"
            assert "Origin" in reply.headers["vary"]


async def test_a_preflight_is_answered_for_those_alone(box: Any) -> None:
    asks = (
        "OPTIONS /api/writing HTTP/1.1\r\nHost: localhost\r\nAccess-Control-Request-Method: POST\r\nOrigin: "
    )
    async with another_server(box, *ROWS, allowed_origins=(APP,)) as port, wire(port) as one:
        await one.send(f"{asks}{APP}\r\n\r\n")
        reply = await one.reply()
        assert reply.status == 204
        assert reply.headers["access-control-allow-origin"] == APP
        assert "POST" in reply.headers["access-control-allow-methods"]
        assert "Authorization" in reply.headers["access-control-allow-headers"]
        await one.send(f"{asks}https://evil.example\r\n\r\n")
        reply = await one.reply()
        assert reply.status == 204
        assert not [name for name in reply.headers if name.startswith("access-control")]
        assert reply.headers["allow"] == "OPTIONS, POST"


JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OURS = {"X-PiChat": "1"}


WRITES: list[tuple[dict[str, str], int]] = [
    (JSON, 200),
    ({**JSON, "Content-Type": "application/json; charset=utf-8"}, 200),
    (OURS, 200),
    ({**OURS, **FORM}, 200),
    ({}, 403),
    (FORM, 403),
    ({"Content-Type": "text/plain"}, 403),
    ({"Content-Type": "multipart/form-data; boundary=x"}, 403),
    ({"X-PiChat": "0"}, 403),
    ({**JSON, "Origin": "http://SELF"}, 200),
    ({**JSON, "Origin": APP}, 200),
    ({**JSON, "Origin": "https://SELF"}, 403),
    ({**JSON, "Origin": "http://evil.example"}, 403),
    ({**OURS, "Origin": "http://evil.example"}, 403),
    ({**JSON, "Origin": "null"}, 403),
]


async def test_with_a_cookie_a_write_bears_what_no_form_can_send(people: People) -> None:
    async with another_server(people.box, *ROWS, allowed_origins=(APP,)) as port:
        browser = people.ana
        browser.box = type("At", (), {"port": port})
        await browser.sign_in(cookie=True)
        browser.token = ""
        for headers, status in WRITES:
            given = {name: value.replace("SELF", f"127.0.0.1:{port}") for name, value in headers.items()}
            answer = await browser.request("POST", "/api/writing", b"{}", given)
            assert answer.status == status, headers
            assert answer.json == {"actor": "ana"} if status == 200 else answer.code == "forbidden"


async def test_with_a_token_nothing_more_is_asked(people: People) -> None:
    async with another_server(people.box, *ROWS) as port:
        people.ana.box = type("At", (), {"port": port})
        for headers in ({}, FORM, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            answer = await people.ana.request("POST", "/api/writing", b"{}", headers)
            assert (answer.status, answer.json) == (200, {"actor": "ana"})


async def test_a_wrong_token_is_not_mended_by_a_cookie(people: People) -> None:
    await people.ana.sign_in(cookie=True)
    people.ana.token = "x" * 43
    assert (await people.ana.get("/api/users/me")).status == 401
    for scheme in ("Basic abc", "Bearer", "Bearer  "):
        assert (await people.ana.get("/api/users/me", Authorization=scheme)).status == 401


async def test_a_form_of_ours_bears_a_token_and_a_script_needs_none(people: People) -> None:
    forms = people.box.services
    async with another_server(people.box, *ROWS) as port:
        browser = people.ana
        browser.box = type("At", (), {"port": port})
        await browser.sign_in(cookie=True)
        browser.token = ""
        ours = {**FORM, "Origin": f"http://127.0.0.1:{port}"}
        assert (await browser.request("POST", "/writing", b"a=1", FORM)).json == {"a": "1"}
        assert (await browser.request("POST", "/writing", b"a=1", ours)).code == "forbidden"
        assert (await browser.request("POST", "/writing", b"a=1&form_token=1.x", ours)).code == "forbidden"
        evil = {**FORM, "Origin": "http://evil.example"}
        assert (await browser.request("POST", "/writing", b"a=1", evil)).code == "forbidden"
        assert (await browser.request("POST", "/writing", b"a=%ff", FORM)).code == "bad_request"
        assert (await browser.request("POST", "/writing", b"a=%00", FORM)).code == "bad_request"
        assert (await browser.request("POST", "/writing", b"{}", JSON)).code == "bad_type"
    assert forms.secret


async def test_over_https_the_cookie_and_the_page_are_stricter(people: People, tmp_path: Path) -> None:
    """The proxy in front speaks HTTPS; the box believes it because the settings name it."""
    async with another_server(people.box, trusted_proxies=("127.0.0.1",)) as port:
        people.ana.box = type("At", (), {"port": port})
        login = {"username": "ana", "password": people.ana.password, "session": "cookie"}
        answer = await people.ana.request("POST", "/api/users/login", login, {"X-Forwarded-Proto": "https"})
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-pichat=")
        for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="):
            assert part in cookie
        assert "Domain" not in cookie and "expires" not in cookie.lower()
        page = await people.ana.get("/", **{"X-Forwarded-Proto": "https"})
        assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "wss://" in page.headers["Content-Security-Policy"]


async def test_with_a_certificate_the_port_speaks_https(box: Any, tmp_path: Path, expect_log: Any) -> None:
    expect_log("SSL Error")
    cert, key = certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=str(cert))
    trusting.check_hostname = False
    async with another_server(box, tls_cert=cert, tls_key=key) as port:
        async with wire(port, ssl=trusting) as one:
            reply = await one.get("/", "Accept: text/html")
            assert reply.status == 200
            assert reply.headers["cross-origin-opener-policy"] == "same-origin"
            assert (await one.get("/api/status")).json["tls"] is True
        async with wire(port) as plain:
            await plain.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"200 OK" not in await plain.rest()


async def test_a_certificate_that_cannot_be_used_stops_the_start(box: Any, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    (tmp_path / "empty.pem").write_text("")
    for changes in (
        {"tls_cert": tmp_path / "none.pem", "tls_key": key},
        {"tls_cert": cert, "tls_key": tmp_path / "empty.pem"},
        {"tls_cert": tmp_path / "empty.pem", "tls_key": key},
    ):
        with pytest.raises(StartError, match="certificate"):
            async with another_server(box, **changes):
                pass


UPGRADE = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
UPGRADE += ("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",)


ORIGINS = [
    ("", 101),
    ("Origin: http://localhost", 101),
    ("Origin: null", 101),  # it must show a token in its hello: the cookie does not count
    (f"Origin: {APP}", 101),
    ("Origin: https://localhost", 403),
    ("Origin: http://localhost:1", 403),
    ("Origin: http://evil.example", 403),
]


async def test_a_socket_opens_for_pages_of_ours_alone(box: Any) -> None:
    async with another_server(box, allowed_origins=(APP,)) as port:
        for origin, status in ORIGINS:
            async with wire(port) as one:
                lines = (*UPGRADE, origin) if origin else UPGRADE
                assert (await one.get("/ws", *lines)).status == status, origin


async def test_a_page_from_a_file_does_not_act_with_the_cookie(people: People) -> None:
    await people.ana.sign_in(cookie=True)
    people.ana.token = ""
    assert (await people.ana.get("/api/users/me")).status == 200
    for origin in ("null", "http://evil.example"):
        assert (await people.ana.get("/api/users/me", Origin=origin)).status == 401
