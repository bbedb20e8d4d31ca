"""Signing in over HTTP: tokens for programs, a cookie for pages, one answer for everything wrong."""

from typing import Any

from tests.boxes import ADMIN, Boxes
from tests.people import PASSWORD, People, Person


async def login(person: Person, **body: Any) -> Any:
    return await person.post("/api/users/login", body)


async def test_a_program_gets_tokens_and_the_cookie(people: People) -> None:
    person = Person(people.box)
    answer = await login(person, username="ana", password=PASSWORD)
    assert answer.status == 200
    assert set(answer.json) == {"user", "access_token", "token_type", "expires_in", "refresh_token"}
    assert answer.json["user"] == {
        "id": people.ana.me["id"],
        "username": "ana",
        "name": "Ana",
        "role": "cliente",
    }
    person.cookie = answer.headers["Set-Cookie"].partition(";")[0]
    assert (await person.get("/api/users/me")).json["username"] == "ana"
    await person.leave()


async def test_a_page_gets_a_cookie_that_scripts_cannot_read_and_no_token(people: People) -> None:
    person = Person(people.box)
    answer = await login(person, username="ana", password=PASSWORD, session="cookie")
    assert set(answer.json) == {"user"}
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("pichat=")
    for part in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"):
        assert part in cookie
    assert cookie.partition("=")[2].partition(";")[0] not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    await person.leave()


async def test_whatever_is_wrong_has_one_answer(people: People) -> None:
    admin = people.admin
    await admin.post("/api/users", {"username": "nopass", "role": "usuario"})
    await admin.patch(f"/api/users/{people.uma.me['id']}", {"disabled": True})
    stranger = Person(people.box)
    seen = set()
    for username, password in (
        ("ana", "wrong password"),
        ("nobody", PASSWORD),
        ("uma", PASSWORD),
        ("nopass", PASSWORD),
        ("x" * 10_000, "y" * 10_000),
    ):
        answer = await login(stranger, username=username, password=password)
        seen.add((answer.status, answer.code, str(answer.json["error"]["params"])))
    assert seen == {(401, "unauthorized", "{}")}
    assert "Set-Cookie" not in answer.headers
    await stranger.leave()


async def test_bodies_that_are_no_sign_in(people: People) -> None:
    stranger = Person(people.box)
    for body in (
        {},
        {"username": "ana"},
        {"username": 7, "password": PASSWORD},
        {"username": "ana", "password": PASSWORD, "session": "forever"},
        [],
    ):
        answer = await stranger.post("/api/users/login", body)
        assert (answer.status, answer.code) == (400, "bad_request")
    raw = await stranger.request(
        "POST", "/api/users/login", b'{"username":"\\ud800","password":"\\u0000"}', {"X-PiChat": "1"}
    )
    assert (raw.status, raw.code) == (400, "bad_request")
    await stranger.leave()


async def test_guessing_gets_slow(people: People) -> None:
    stranger = Person(people.box)
    codes = []
    for _ in range(11):
        answer = await login(stranger, username="ana", password="wrong password")
        codes.append((answer.status, answer.code))
    assert codes == [(401, "unauthorized")] * 10 + [(429, "rate_limited")]
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.json["error"]["params"]["retry_ms"] > 0
    assert (await people.ana.get("/api/users/me")).status == 200  # whoever is in stays in
    await stranger.leave()


async def test_refreshing(people: People) -> None:
    person = Person(people.box)
    first = (await login(person, username="ana", password=PASSWORD)).json
    answer = await person.post("/api/users/refresh", {"refresh_token": first["refresh_token"]})
    assert answer.status == 200
    second = answer.json
    assert second["user"] == first["user"]
    person.token = first["access_token"]
    assert (await person.get("/api/users/me")).status == 401
    person.token = second["access_token"]
    assert (await person.get("/api/users/me")).status == 200
    socket = await person.connect()
    person.token = ""
    reused = await person.post("/api/users/refresh", {"refresh_token": first["refresh_token"]})
    assert (reused.status, reused.code) == (401, "unauthorized")
    assert await socket.closed() == 4001
    person.token = second["access_token"]
    assert (await person.get("/api/users/me")).status == 401
    await person.leave()


async def test_signing_out(people: People) -> None:
    person = await Person(people.box, "ana").sign_in(cookie=True)
    refused = await person.request("POST", "/api/users/logout")
    assert (refused.status, refused.code) == (403, "forbidden")  # a form of another page could send this
    answer = await person.post("/api/users/logout")
    assert answer.status == 204
    assert answer.headers["Set-Cookie"].startswith('pichat="";')
    assert (await person.get("/api/users/me")).status == 401
    assert (await person.post("/api/users/logout")).status == 401
    assert (await people.ana.get("/api/users/me")).status == 200
    await person.leave()


async def test_signing_in_again_in_a_browser_leaves_no_session_behind(people: People) -> None:
    person = await Person(people.box, "ana").sign_in(cookie=True)
    old = person.cookie
    await person.sign_in(cookie=True)
    assert person.cookie != old
    person.cookie = old
    assert (await person.get("/api/users/me")).status == 401
    await person.leave()


async def test_sessions_survive_a_restart(boxes: Boxes) -> None:
    box = await boxes.claimed()
    person = await Person(box, *ADMIN).sign_in()
    box = await boxes.again(box)
    person.box = box
    assert (await person.get("/api/users/me")).json["username"] == ADMIN[0]
    boxes.new_boot()
    box = await boxes.again(box)
    person.box = box
    assert (await person.get("/api/users/me")).status == 200
    await person.leave()
