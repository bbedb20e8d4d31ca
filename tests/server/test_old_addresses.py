"""Scripts and bookmarks of the program before this one still work."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.people import PASSWORD, Answer, People, Person
from tests.server.raw import another_server

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WRONG = "Credenciales inválidas."


async def sign_in(person: Person, usuario: str, clave: str, **headers: str) -> Answer:
    body = urlencode({"usuario": usuario, "clave": clave}).encode()
    return await person.request("POST", "/login", body, {**FORM, **headers})


async def test_the_old_form_signs_in_and_leads_home(people: People) -> None:
    browser = Person(people.box)
    answer = await sign_in(browser, "ana", PASSWORD)
    assert (answer.status, answer.headers["Location"]) == (302, "/inicio")
    browser.cookie = answer.headers["Set-Cookie"].partition(";")[0]
    assert (await browser.get("/inicio")).status == 200
    assert (await browser.get("/chat")).status == 200
    assert (await browser.get("/api/users/me")).json["username"] == "ana"
    for again in (await browser.get("/login"), await sign_in(browser, "ana", "wrong")):
        assert (again.status, again.headers["Location"]) == (302, "/inicio")


@pytest.mark.parametrize(
    ("usuario", "clave"),
    [("ana", "wrong"), ("nobody", PASSWORD), ("", ""), ("<b>ana", "x"), ("a" * 5000, "x")],
)
async def test_wrong_credentials_get_the_page_that_says_so(people: People, usuario: str, clave: str) -> None:
    answer = await sign_in(Person(people.box), usuario, clave)
    assert answer.status == 200
    assert WRONG in answer.text
    assert "Set-Cookie" not in answer.headers
    assert "<b>" not in answer.text
    assert 'name="usuario"' in answer.text and 'name="clave"' in answer.text
    assert clave == "" or f'value="{clave}"' not in answer.text


async def test_a_browser_brings_the_token_of_our_form(people: People) -> None:
    browser = Person(people.box)
    origin = {"Origin": browser.url}
    page = await browser.get("/login?plain=1")
    assert page.status == 200
    token = page.text.split('name="form_token" value="')[1].partition('"')[0]
    without = await sign_in(browser, "ana", PASSWORD, **origin)
    assert (without.status, "Set-Cookie" in without.headers) == (403, False)
    assert 'name="form_token"' in without.text
    body = urlencode({"usuario": "ana", "clave": PASSWORD, "form_token": token}).encode()
    foreign = await browser.request("POST", "/login", body, {**FORM, "Origin": "http://evil.example"})
    assert (foreign.status, "Set-Cookie" in foreign.headers) == (403, False)
    assert (await browser.request("POST", "/login", body, {**FORM, **origin})).status == 302


async def test_signed_out_they_lead_to_the_sign_in(box: Any) -> None:
    stranger = Person(box)
    for path in ("/inicio", "/chat", "/register", "/logout", "/inicio/"):
        answer = await stranger.get(path, Accept="text/html")
        assert (answer.status, answer.headers["Location"]) == (302, "/login"), path
    assert (await stranger.get("/login")).status == 200


async def test_where_people_may_register_the_page_is_there(people: People) -> None:
    async with another_server(people.box, registration="open") as port:
        stranger = Person(type("At", (), {"port": port}))
        assert (await stranger.get("/register")).status == 200
        stranger.token = people.ana.token
        assert (await stranger.get("/register")).headers["Location"] == "/inicio"


async def test_signing_out_ends_the_session(people: People) -> None:
    browser = Person(people.box)
    answer = await sign_in(browser, "ana", PASSWORD)
    browser.cookie = answer.headers["Set-Cookie"].partition(";")[0]
    out = await browser.get("/logout")
    assert (out.status, out.headers["Location"]) == (302, "/login")
    assert "expires=Thu, 01 Jan 1970" in out.headers["Set-Cookie"]
    assert (await browser.get("/api/users/me")).status == 401
    assert (await people.ana.get("/api/users/me")).status == 200


async def test_another_site_cannot_sign_anybody_out(people: People) -> None:
    """The cookie does not come along from there; and were it to, its Origin would undo it."""
    browser = await Person(people.box, "ana").sign_in(cookie=True)
    browser.token = ""
    assert (await browser.get("/logout", Origin="http://evil.example")).status == 302
    assert (await browser.get("/api/users/me")).status == 200


async def test_too_many_tries_are_told_to_wait(people: People) -> None:
    async with another_server(people.box) as port:
        guesser = Person(type("At", (), {"port": port}))
        answers = [await sign_in(guesser, "ana", f"wrong {number}") for number in range(14)]
        assert answers[0].status == 200
        assert answers[-1].status == 429
        assert int(answers[-1].headers["Retry-After"]) >= 1
        assert "Demasiados intentos" in answers[-1].text


async def test_socket_io_is_told_where_to_go(box: Any) -> None:
    for path in ("/socket.io/?EIO=4&transport=polling", "/socket.io/x"):
        answer = await Person(box).get(path)
        assert (answer.status, answer.code) == (410, "gone")
        assert answer.json["error"]["params"]["use"] == "/ws"
