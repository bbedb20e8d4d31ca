"""Every row of the route table, asked by everybody: who gets in and who does not.

The table here is written by hand; a new route without a line in it fails, and so does a line without a route.
"""

import re
from typing import Any

import pytest

from appliance.server.routes import ROUTES
from tests.people import Answer, People, Person
from tests.visitors import enter, made

# Who gets in: f nobody on a fresh box, n nobody, g a guest (of one room), u usuario, c cliente,
# a administrator. Getting in means past the door: what one finds there may still be "not found".
EXPECTED = {
    "GET /health": "fnguca",
    "GET /api/status": "fnguca",
    "GET /api/network-info": "fnguca",
    "GET /api/client-ip": "fnguca",
    "GET /api/certificate": "fnguca",
    "POST /api/claim": "f",
    "POST /api/users/login": "nguca",
    "POST /api/users/refresh": "nguca",
    "POST /api/users/register": "nguca",
    "POST /api/users/reset": "nguca",
    "POST /api/users/logout": "uca",
    "GET /api/users/me": "uca",
    "PATCH /api/users/me": "uca",
    "GET /api/users": "a",
    "POST /api/users": "a",
    "PATCH /api/users/{id}": "a",
    "DELETE /api/users/{id}": "a",
    "POST /api/users/{id}/reset-link": "a",
    "GET /api/sessions": "uca",
    "DELETE /api/sessions/{id}": "uca",
    "GET /api/people": "uca",
    "GET /api/rooms": "uca",
    "POST /api/rooms": "uca",
    "GET /api/rooms/{room}": "guca",
    "PATCH /api/rooms/{room}": "uca",
    "DELETE /api/rooms/{room}": "uca",
    "PATCH /api/rooms/{room}/mine": "guca",
    "POST /api/rooms/{room}/join": "uca",
    "POST /api/rooms/{room}/leave": "guca",
    "GET /api/rooms/{room}/members": "guca",
    "PUT /api/rooms/{room}/members/{user}": "uca",
    "DELETE /api/rooms/{room}/members/{user}": "uca",
    "GET /api/rooms/{room}/messages": "guca",
    "POST /api/rooms/{room}/messages": "guca",
    "PATCH /api/rooms/{room}/messages/{seq}": "guca",
    "DELETE /api/rooms/{room}/messages/{seq}": "guca",
    "PUT /api/rooms/{room}/messages/{seq}/reactions/{emoji}": "guca",
    "DELETE /api/rooms/{room}/messages/{seq}/reactions/{emoji}": "guca",
    "GET /api/search": "uca",
    "POST /api/rooms/join": "uca",
    "GET /api/rooms/{room}/card": "uca",
    "GET /api/rooms/{room}/bans": "uca",
    "POST /api/rooms/{room}/bans": "uca",
    "DELETE /api/rooms/{room}/bans/{ban}": "uca",
    "POST /api/rooms/{room}/reports": "guca",
    "GET /api/reports": "uca",
    "DELETE /api/reports/{id}": "uca",
    "POST /api/users/{id}/ban": "a",
    "GET /api/audit": "a",
    "POST /api/enter": "nguca",
    "GET /ws": "nguca",
    "GET /api/ws/{room}": "nguca",
    "GET /api/uploads": "uca",
    "GET /api/uploads/types/allowed": "nguca",
    "GET /api/uploads/{id}": "uca",
    "DELETE /api/uploads/{id}": "uca",
    "POST /api/uploads/{id}/link": "uca",
    "GET /api/uploads/review": "a",
    "POST /api/uploads/{id}/release": "a",
    "POST /api/uploads/{id}/reject": "a",
    "GET /api/uploads/{id}/content": "guca",  # the rest by a signed link
    "PUT /api/uploads/{name}": "ca",
    "POST /api/uploads": "ca",
    "POST /api/upload": "ca",
    "OPTIONS /api/uploads/tus": "nguca",
    "POST /api/uploads/tus": "ca",
    "OPTIONS /api/uploads/tus/{upload}": "nguca",
    "GET /api/uploads/tus/{upload}": "nguca",  # whoever knows the address of an upload
    "PATCH /api/uploads/tus/{upload}": "nguca",
    "DELETE /api/uploads/tus/{upload}": "nguca",
    "POST /api/uploads/zip": "uca",
    "PATCH /api/uploads/{id}": "uca",
    "POST /api/uploads/{id}/restore": "uca",
    "POST /api/uploads/{id}/keep": "a",
    "POST /api/uploads/here": "ca",
    "GET /api/uploads/zip/{ticket}": "nguca",  # whoever has a ticket
    "GET /api/uploads/unfinished": "ca",
    "PUT /api/uploads/{id}/thumbnail": "uca",
    "GET /api/uploads/{id}/thumbnail": "guca",  # the rest by a signed link
    "GET /subir": "ca",
    "POST /subir": "ca",
    "GET /listar": "uca",
    "GET /descargar/{name}": "uca",
    "GET /eliminar/{name}": "a",
    "POST /eliminar/{name}": "a",
    "GET /api/stable": "a",
    "POST /api/stable": "a",
    "GET /api/stable/progress": "a",
    "GET /api/stable/difference": "a",
    "GET /api/stable/compare": "a",
    "POST /api/stable/estimate": "a",
    "POST /api/stable/{number}/current": "a",
    "POST /api/stable/{number}/verify": "a",
    "DELETE /api/stable/{number}": "a",
    "POST /api/reset": "a",
    "GET /api/health/store": "a",
    "POST /api/health/store": "a",
    "GET /api/import": "a",
    "POST /api/import": "a",
    "DELETE /api/import": "a",
    "POST /api/import/merge": "a",
    "POST /api/power": "a",
    "DELETE /api/power": "a",
    "POST /api/clock": "a",
    "GET /api/wifi": "a",
    "PUT /api/wifi": "a",
    "GET /api/update": "a",
    "POST /api/update": "a",
    "DELETE /api/update": "a",
    "POST /api/export": "a",
    "GET /api/export/stick": "a",
    "POST /api/export/stick": "a",
    "DELETE /api/export/stick": "a",
    "GET /api/export/{ticket}": "nguca",  # whoever has a ticket
    "DELETE /api/reset": "a",
    "GET /api/stable/automatic": "a",
    "PATCH /api/stable/automatic": "a",
    "POST /api/erase": "a",
    "GET /api/previous": "a",
    "PATCH /api/previous": "a",
    "DELETE /api/previous": "a",
    "DELETE /api/previous/{epoch}": "a",
    "GET /api/previous/{epoch}/items": "a",
    "POST /api/previous/bring-back": "a",
    "GET /login": "nguca",
    "POST /login": "nguca",
    "GET /logout": "",  # leads everybody to the sign-in
    "GET /inicio": "guca",
    "GET /chat": "guca",
    "GET /register": "guca",
    "GET /socket.io": "nguca",
    "POST /socket.io": "nguca",
    "GET /socket.io/{rest...}": "nguca",
    "GET /": "fnguca",
    "GET /claim": "fnguca",
    "GET /certificate": "fnguca",
    "GET /chat/{rest...}": "nguca",
    "GET /entrar": "nguca",
    "GET /enter": "nguca",
    "GET /files": "nguca",
    "GET /files/{rest...}": "nguca",
    "GET /board": "nguca",
    "GET /board/{rest...}": "nguca",
    "GET /admin": "nguca",
    "GET /admin/{rest...}": "nguca",
    "GET /help": "nguca",
    "GET /profile": "nguca",
    "GET /reset": "nguca",
    "GET /static/{version}/{path...}": "fnguca",
    "GET /favicon.ico": "fnguca",
    "GET /robots.txt": "fnguca",
}
# These end the session that asks.
ENDS = {"POST /api/users/logout"}


def test_every_route_has_a_line_and_every_line_a_route() -> None:
    assert {route.name for route in ROUTES} == set(EXPECTED)


def test_every_route_says_what_it_is_for() -> None:
    assert [route.name for route in ROUTES if not route.summary] == []


async def ask(person: Person, name: str) -> Answer:
    method, path = name.split(" ", 1)
    path = re.sub(r"\{[^}]*\}", "x", path)
    body = None if method == "GET" else {}
    return await person.request(method, path, body)


def got_in(name: str, answer: Answer) -> bool:
    """A door says 401, 403, "claimed", or leads to the sign-in; it never breaks."""
    assert answer.status < 500, f"{name}: {answer.status} {answer.text}"
    if answer.status == 302:
        return bool(answer.headers["Location"] != "/login")
    return answer.status not in (401, 403) and not (answer.status == 409 and answer.code == "claimed")


async def who_got_in(who: str, person: Person, again: Any = None) -> dict[str, str]:
    seen = {}
    for name in EXPECTED:
        seen[name] = who if got_in(name, await ask(person, name)) else ""
        if name in ENDS and again is not None:
            await again()
    return seen


def expected(who: str) -> dict[str, str]:
    return {name: who if who in letters else "" for name, letters in EXPECTED.items()}


async def test_nobody_on_a_fresh_box(fresh: Any) -> None:
    assert await who_got_in("f", Person(fresh)) == expected("f")


async def test_nobody(box: Any) -> None:
    assert await who_got_in("n", Person(box)) == expected("n")


@pytest.mark.parametrize(("who", "name"), [("u", "uma"), ("c", "ana"), ("a", "admin")])
async def test_people(people: People, who: str, name: str) -> None:
    person: Person = getattr(people, name)
    assert await who_got_in(who, person, person.sign_in) == expected(who)


async def test_a_guest(people: People, box: Any) -> None:
    guest = await enter(box, (await made(people.ana))["code"], "Gus")
    assert await who_got_in("g", guest) == expected("g")
    await guest.leave()


async def test_whoever_is_refused_is_told_why(people: People) -> None:
    """Nobody is told to sign in; people are told that they may not."""
    nobody = Person(people.box)
    for name, letters in EXPECTED.items():
        if letters == "a" and "/eliminar/" not in name:  # the old addresses have words of their own
            assert (await ask(nobody, name)).code == "unauthorized", name
            assert (await ask(people.ana, name)).code == "forbidden", name
