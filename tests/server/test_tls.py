"""HTTPS beside HTTP, for whoever wants it and as a must: real clients, who trust the box or do not."""

import asyncio
import hashlib
import socket
import ssl
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appliance.base.errors import StartError
from appliance.host.certificates import Certificates
from appliance.server.connections import listen
from appliance.server.doors import Doors
from appliance.server.front import Front, Ports
from appliance.server.rescue import Rescue
from appliance.server.tls import Tls
from tests.boxes import ADMIN, Boxes, claim
from tests.conftest import Expected
from tests.people import People, Person
from tests.server.raw import certificate, exchange, wire

GENERAL = "r_general"


async def secured(boxes: Boxes, policy: str = "optional", **more: Any) -> Any:
    """A claimed box with both ports."""
    return await boxes.claimed(tls=policy, tls_port=0, **more)


async def authority(box: Any) -> bytes:
    """As somebody downloads it."""
    answer = await Person(box).get("/api/certificate")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
    assert "attachment" in answer.headers["Content-Disposition"]
    return answer.content


async def trusted(box: Any, folder: Path) -> Path:
    """The authority, installed."""
    path = folder / "trusted.pem"
    path.write_text(ssl.DER_cert_to_PEM_cert(await authority(box)))
    return path


async def met(box: Any, trust: Path, person: Person) -> Person:
    """Signed in by HTTPS."""
    person.trust = trust
    return await person.sign_in()


async def test_both_ports_serve_everything_and_each_says_how_it_was_reached(
    boxes: Boxes, tmp_path: Path
) -> None:
    box = await secured(boxes)
    safe = Person(box)
    safe.trust = await trusted(box, tmp_path)
    for person, scheme, port in ((Person(box), "http", box.port), (safe, "https", box.services.tls.port)):
        page = await person.request("GET", "/", headers={"Accept": "text/html"})
        assert page.status == 200
        assert (
            f" {scheme.replace('http', 'ws')}://127.0.0.1:{port}" in page.headers["Content-Security-Policy"]
        )
        assert "Strict-Transport-Security" not in page.headers
        assert (await person.get("/api/status")).json["tls"] is True
        told = (await person.get("/api/network-info")).json
        assert (told["port"], told["tls"]) == (port, scheme == "https")
        assert told["urls"] == [f"{scheme}://127.0.0.1:{port}"]
        assert told["https"]["urls"] == [f"https://127.0.0.1:{box.services.tls.port}"]
        lost = (await person.get("/", Host="evil.example")).json["error"]["params"]
        assert lost == {"urls": told["urls"]}
    digits = hashlib.sha256(await authority(box)).hexdigest().upper()
    assert told["https"]["fingerprint"] == digits


async def test_who_installed_the_certificate_is_let_in_by_address_and_by_name(
    boxes: Boxes, tmp_path: Path
) -> None:
    box = await secured(boxes)
    trust = ssl.create_default_context(cafile=await trusted(box, tmp_path))
    for name in (
        "127.0.0.1",
        "localhost",
        "pichat.local",
        "pichat",
        f"{box.services.network.hostname}.local",
    ):
        async with wire(box.services.tls.port, ssl=trust, server_hostname=name) as one:
            assert (await one.get("/health")).status == 200, name
    with pytest.raises(ssl.SSLCertVerificationError):
        async with wire(box.services.tls.port, ssl=trust, server_hostname="bank.example"):
            pass


async def test_who_did_not_is_warned_and_the_box_serves_on(
    boxes: Boxes, tmp_path: Path, expect_log: Expected
) -> None:
    expect_log("SSL Error")  # Tornado's, which the console leaves out
    box = await secured(boxes)
    port = box.services.tls.port
    with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
        async with wire(port, ssl=ssl.create_default_context()):
            pass
    async with wire(port) as plain:
        await plain.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" not in await plain.rest()
    trust = ssl.create_default_context(cafile=await trusted(box, tmp_path))
    async with wire(port, ssl=trust) as one:
        assert (await one.get("/health")).status == 200


async def test_who_speaks_plainly_to_the_port_of_https_is_led_to_https(
    boxes: Boxes, expect_log: Expected
) -> None:
    """A browser: under the name that was typed. A program is told what is wrong."""
    expect_log("SSL Error")  # Tornado's, which the console leaves out
    port = (await secured(boxes)).services.tls.port
    person = ("Accept: text/html,application/xhtml+xml,*/*;q=0.8",)
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        async with wire(port) as one:
            answer = await one.get("/chat/x", *person, host=host)
            assert (answer.status, answer.headers["location"]) == (302, f"https://{host}/")
            assert await one.rest() == b""
    for headers, host in (((), f"127.0.0.1:{port}"), (person, "evil.example")):
        async with wire(port) as one:
            answer = await one.get("/api/status", *headers, host=host)
            assert (answer.status, answer.code) == (400, "tls_required")
            assert "location" not in answer.headers
    async with wire(port) as one:
        await one.send("GET / ")  # and nothing else
        assert (await one.reply()).status == 400
    async with wire(port) as one:
        await one.send(b"\x00" * 100)
        assert await one.rest() == b""


async def test_who_speaks_https_to_the_plain_port_is_refused_at_once(boxes: Boxes) -> None:
    """Not after the time that a slow head of a request has."""
    box = await secured(boxes, idle_seconds=3600, body_seconds=3600)
    with pytest.raises(ssl.SSLError):
        async with asyncio.timeout(60), wire(box.port, ssl=ssl._create_unverified_context()):
            pass
    async with wire(box.port) as one:
        await one.send(b"\x16")
        await one.send(b"\x03\x01\x02\x00\x01\x00")
        assert (await one.rest()).startswith(b"HTTP/1.1 400 ")
    amid = await exchange(box.port, b"GET / HTTP/1.1\r\nHost: localhost\r\nA: \x16\x03GET / HTTP/1.1\r\n\r\n")
    assert (amid[:13], amid.count(b"HTTP/1.1")) == (b"HTTP/1.1 400 ", 1)


async def test_people_chat_across_both_ports(boxes: Boxes, tmp_path: Path) -> None:
    people = People(await secured(boxes))
    await people.gather()
    people.beto.trust = await trusted(people.box, tmp_path)
    ana, beto = await people.ana.connect(), await people.beto.connect()
    await beto.ask({"type": "send", "room": GENERAL, "cid": "c1", "body": "cifrado"})
    assert (await ana.wait("message"))["body"] == "cifrado"
    await ana.ask({"type": "send", "room": GENERAL, "cid": "c2", "body": "en claro"})
    heard = await beto.wait(lambda frame: frame.get("body") == "en claro")
    assert heard["type"] == "message"
    await people.leave()


async def test_files_come_and_go_and_a_refusal_is_seen(boxes: Boxes, tmp_path: Path) -> None:
    people = People(await secured(boxes, upload_max_bytes=6_000_000))
    await people.gather()
    ana = people.ana
    ana.trust = await trusted(people.box, tmp_path)
    body = bytes(range(256)) * 20_000
    sent = await ana.put("/api/uploads/lecture.txt", body)
    assert sent.status == 201, sent.text
    assert sent.json["public_url"].startswith(f"{ana.url}/")
    assert (await ana.get(f"/api/uploads/{sent.json['id']}/content")).content == body
    linked = await Person(people.box).get(sent.json["public_url"].removeprefix(ana.url))
    assert linked.content == body  # the link is signed, whatever port it is followed on
    refused = await ana.put("/api/uploads/long.txt", body * 2)
    assert (refused.status, refused.code) == (413, "too_large")
    strange = await Person(people.box).get("/health")
    assert strange.status == 200
    await people.leave()


async def test_each_port_has_a_cookie_of_its_own_and_trusts_no_page_of_the_other(
    boxes: Boxes, tmp_path: Path
) -> None:
    box = await secured(boxes)
    safe = Person(box, *ADMIN)
    safe.trust = await trusted(box, tmp_path)
    await safe.sign_in(cookie=True)
    assert safe.cookie.startswith("__Host-pichat=")
    assert (await safe.get("/api/users/me")).status == 200
    token = safe.cookie.partition("=")[2]
    plain = Person(box)
    for cookie in (safe.cookie, f"pichat={token}"):
        expected = 200 if cookie.startswith("pichat=") else 401
        assert (await plain.get("/api/users/me", Cookie=cookie)).status == expected
    for origin, status in ((safe.url, 200), (plain.url, 403), (safe.url.replace("https", "http"), 403)):
        answer = await safe.request(
            "PATCH", "/api/users/me", {"name": "Marta"}, {"Origin": origin, "X-PiChat": "1"}
        )
        assert answer.status == status, origin


async def test_a_handshake_that_is_only_begun_holds_nothing(boxes: Boxes, tmp_path: Path) -> None:
    box = await secured(boxes, tls_handshake_seconds=1, max_connections=2, idle_seconds=60)
    port = box.services.tls.port
    async with wire(port) as mute, wire(port) as half:
        await half.send(b"\x16\x03\x01\x02\x00\x01")
        async with wire(port) as third:
            assert await third.rest() == b""  # one too many
        assert await mute.rest() == b""
        assert await half.rest() == b""
        trust = ssl.create_default_context(cafile=await trusted(box, tmp_path))
        async with wire(port, ssl=trust) as one:
            assert (await one.get("/health")).status == 200


async def test_where_https_is_a_must_plain_http_only_leads_there(boxes: Boxes, tmp_path: Path) -> None:
    box = await secured(boxes, "required")
    plain = Person(box, *ADMIN)
    for method, path, body in (
        ("POST", "/api/users/login", {"username": ADMIN[0], "password": ADMIN[1]}),
        ("GET", "/api/users/me", None),
        ("GET", "/api/rooms", None),
        ("PUT", "/api/uploads/a.txt", b"x" * 100_000),
        ("GET", "/nothing", None),
    ):
        answer = await plain.request(method, path, body)
        assert (answer.status, answer.code) == (403, "tls_required"), path
        assert answer.json["error"]["params"] == {"urls": [f"https://127.0.0.1:{box.services.tls.port}"]}
    async with wire(box.port) as one:
        upgrade = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
        reply = await one.get("/ws", *upgrade, "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")
        assert (reply.status, reply.code) == (403, "tls_required")
    for path in ("/health", "/api/status", "/api/client-ip", "/certificate", "/robots.txt"):
        assert (await plain.get(path)).status == 200, path
    told = (await plain.get("/api/network-info")).json
    assert (told["port"], told["tls"]) == (box.services.tls.port, True)
    assert told["urls"] == list(box.urls())
    safe = await met(box, await trusted(box, tmp_path), plain)
    assert (await safe.get("/api/users/me")).status == 200


async def test_its_page_says_so_in_both_languages(boxes: Boxes) -> None:
    box = await secured(boxes, "required")
    digits = hashlib.sha256(await authority(box)).hexdigest().upper()
    person = Person(box)
    for path in ("/", "/login", "/chat/x", "/admin/stable"):
        page = await person.get(path, Accept="text/html", Host=f"localhost:{box.port}")
        assert f'"https://localhost:{box.services.tls.port}{path}"' in page.text
        assert page.status == 403
        assert "Location" not in page.headers
        for part in ("se abre por https", "opens over https", "/api/certificate", digits[:8], digits[-8:]):
            assert part in page.text
    lost = await person.get("/", Accept="text/html", Host="evil.example")
    assert lost.status == 421


async def test_a_token_that_was_sent_in_the_clear_opens_nothing(boxes: Boxes, tmp_path: Path) -> None:
    box = await secured(boxes, "required")
    safe = await met(box, await trusted(box, tmp_path), Person(box, *ADMIN))
    assert "stable" in (await safe.get("/api/status")).json
    safe.trust = None
    assert "stable" not in (await safe.get("/api/status")).json


async def test_claiming_works_by_plain_http_and_then_no_more(boxes: Boxes) -> None:
    box = await boxes.start(tls="required", tls_port=0)
    page = await Person(box).get("/claim", Accept="text/html")
    assert page.status == 200
    await claim(box)
    assert (await Person(box).get("/api/users/me")).code == "tls_required"


async def test_behind_a_proxy_that_speaks_https_nothing_is_asked(boxes: Boxes) -> None:
    box = await secured(boxes, "required", trusted_proxies=("127.0.0.1",))
    person = Person(box, *ADMIN)
    login = {"username": ADMIN[0], "password": ADMIN[1]}
    answer = await person.request("POST", "/api/users/login", login, {"X-Forwarded-Proto": "https"})
    assert answer.status == 200
    assert (await person.request("POST", "/api/users/login", login)).code == "tls_required"


async def test_a_certificate_of_ones_own_is_shown_instead(boxes: Boxes, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    box = await secured(boxes, "required", tls_cert=cert, tls_key=key)
    assert (await Person(box).get("/api/certificate")).status == 404
    assert (await Person(box).get("/api/network-info")).json["https"]["fingerprint"] is None
    page = await Person(box).get("/", Accept="text/html")
    assert "https://127.0.0.1" in page.text
    assert "/api/certificate" not in page.text
    trust = ssl.create_default_context(cafile=cert)
    trust.check_hostname = False
    async with wire(box.services.tls.port, ssl=trust) as one:
        assert (await one.get("/health")).status == 200
    assert not list((box.settings.data / "secrets").glob("*.pem"))


async def test_without_https_there_is_nothing_of_it(boxes: Boxes) -> None:
    box = await boxes.claimed()
    assert box.services.tls.port is None
    assert (await Person(box).get("/api/certificate")).code == "not_found"
    told = (await Person(box).get("/api/network-info")).json
    assert (told["tls"], told["https"]) == (False, None)
    assert not list((box.settings.data / "secrets").glob("*.pem"))


async def test_the_authority_outlives_every_restore(boxes: Boxes) -> None:
    box = await secured(boxes)
    people = People(box)
    await people.gather()
    before, keys = await authority(box), (box.settings.data / "secrets/authority.pem").read_bytes()
    assert (await people.admin.post("/api/stable", {"note": "one"})).status == 201
    await people.leave()
    boxes.new_boot()
    box = await boxes.again(box, tls="optional", tls_port=0)
    assert await authority(box) == before
    everything = [path for path in box.settings.data.rglob("*") if path.is_file()]
    secret = keys.split(b"\n")[2]
    assert [path.name for path in everything if secret in path.read_bytes()] == ["authority.pem"]


async def test_what_cannot_be_signed_stops_only_who_insists(boxes: Boxes, expect_log: Expected) -> None:
    expect_log("no HTTPS")
    expect_log("cannot be signed anew")
    box = await boxes.start()
    await boxes.stop(box)
    (box.settings.data / "secrets/authority.new").mkdir()
    with pytest.raises(StartError, match="no certificate for HTTPS"):
        await boxes.start(tls="required", tls_port=0)
    box = await boxes.start(tls="optional", tls_port=0)
    assert (await Person(box).get("/api/status")).json["tls"] is False
    assert (await Person(box).get("/api/network-info")).json["https"] is None
    assert (await Person(box).get("/api/certificate")).status == 404


async def test_https_comes_as_soon_as_there_is_something_to_show(
    boxes: Boxes, tmp_path: Path, expect_log: Expected
) -> None:
    """The disk was full at the start: nobody has to start the box again, and until then nobody waits."""
    expect_log("no HTTPS")
    expect_log("cannot be signed anew")
    expect_log("SSL Error")  # Tornado's, which the console leaves out
    box = await boxes.claimed()
    await boxes.stop(box)
    trouble = box.settings.data / "secrets/authority.new"
    trouble.mkdir()
    box = await boxes.start(tls="optional", tls_port=0, tls_follow_seconds=0.05)
    anybody = ssl._create_unverified_context()
    with pytest.raises(ssl.SSLError):
        async with wire(box.services.tls.port, ssl=anybody):
            pass
    trouble.rmdir()
    async with asyncio.timeout(20):
        while not (await Person(box).get("/api/status")).json["tls"]:
            await asyncio.sleep(0.02)
    trust = ssl.create_default_context(cafile=await trusted(box, tmp_path))
    async with wire(box.services.tls.port, ssl=trust) as one:
        assert (await one.get("/health")).status == 200
    told = (await Person(box).get("/api/network-info")).json["https"]
    assert told["port"] == box.services.tls.port


async def test_an_authority_that_the_disk_does_not_give_is_waited_for(
    boxes: Boxes, expect_log: Expected
) -> None:
    """People told their devices to trust it: a new one would be no better than none."""
    expect_log("no HTTPS")
    expect_log("cannot be signed anew")
    box = await secured(boxes)
    before = await authority(box)
    await boxes.stop(box)
    path = box.settings.data / "secrets/authority.pem"
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    with pytest.raises(StartError, match="no certificate for HTTPS"):
        await boxes.start(tls="required", tls_port=0)
    box = await boxes.start(tls="optional", tls_port=0, tls_follow_seconds=0.05)
    assert (await Person(box).get("/api/status")).json["tls"] is False
    path.rmdir()
    path.with_suffix(".away").rename(path)
    async with asyncio.timeout(20):
        while not (await Person(box).get("/api/status")).json["tls"]:
            await asyncio.sleep(0.02)
    assert await authority(box) == before


async def test_a_socket_that_was_given_is_kept_for_the_box_after_a_reset(
    boxes: Boxes, expect_log: Expected
) -> None:
    """Port 443 of the image: its service manager opened it, and the box could not do it again."""
    expect_log("no HTTPS")
    expect_log("cannot be signed anew")
    box = await boxes.start()
    await boxes.stop(box)
    trouble = box.settings.data / "secrets/authority.new"
    trouble.mkdir()
    given = Ports(listen("127.0.0.1", 0), listen("127.0.0.1", 0))
    port = given.secure[0].getsockname()[1]
    box = await boxes.start(given, tls="optional")
    kept = box.keep_ports()
    assert [one.getsockname()[1] for one in kept.secure] == [port]
    await boxes.stop(box)
    trouble.rmdir()
    box = await boxes.start(kept, tls="optional")
    async with wire(port, ssl=ssl._create_unverified_context()) as one:
        assert (await one.get("/health")).status == 200


async def test_what_was_signed_before_is_shown_where_nothing_new_can_be(
    boxes: Boxes, tmp_path: Path, expect_log: Expected
) -> None:
    """On a full disk, after the router gave the box another address."""
    expect_log("cannot be signed anew")
    box = await secured(boxes, "required")
    before = await authority(box)
    await boxes.stop(box)
    (box.settings.data / "secrets/certificate.new").mkdir()
    for policy in ("required", "optional"):
        box = await boxes.start(tls=policy, tls_port=0, allowed_hosts=("aula.local",))
        assert await authority(box) == before
        trust = ssl.create_default_context(cafile=await trusted(box, tmp_path))
        async with wire(box.services.tls.port, ssl=trust) as one:
            assert (await one.get("/health")).status == 200
        await boxes.stop(box)


async def test_who_speaks_and_is_gone_before_the_box_looks_leaves_no_trace(boxes: Boxes) -> None:
    box = await secured(boxes)
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", box.services.tls.port)) as rude:
            rude.sendall(b"\x16\x03\x01\x02\x00\x01")
            rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    async with wire(box.services.tls.port, ssl=ssl._create_unverified_context()) as one:
        assert (await one.get("/health")).status == 200


async def test_the_rescue_page_is_there_by_https_too(box: Any) -> None:
    settings = replace(box.settings, tls="required", tls_port=0)
    certificates = Certificates(box.settings.data / "secrets", box.services.clock)
    tls, doors = Tls(settings, box.services.network, certificates), Doors(settings, "pichat")
    front = Front(Rescue(settings, doors, "2"), settings, doors, tls)
    trust = ssl.create_default_context(cadata=certificates.der)
    for port, how in ((front.port, {}), (tls.port, {"ssl": trust})):
        async with wire(int(port or 0), **how) as one:
            assert (await one.get("/", "Accept: text/html")).status == 503
    front.stop()
    await front.close_all_connections()
    front.close()


async def test_the_port_of_https_may_be_taken(boxes: Boxes) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    with pytest.raises(StartError, match=f"port {port} is in use .* with tls_port"):
        await boxes.start(tls="optional", tls_port=port)
    taken.close()
    await taken.wait_closed()
