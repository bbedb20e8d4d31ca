"""The old program's addresses of files still do what people's scripts expect of them."""

from typing import Any
from urllib.parse import quote

from tests.people import People, Person
from tests.server.sending import curl, form

PAGE = {"Accept": "text/html"}


async def send(person: Person, *parts: tuple[str, str | None, bytes], **headers: str) -> Any:
    body, kind = form(*parts)
    return await person.request("POST", "/subir", body, {"Content-Type": kind, **headers})


async def test_a_script_uploads_lists_and_downloads(people: People, tmp_path: Any) -> None:
    sent = await send(people.ana, ("archivo", "informe.txt", b"uno"))
    assert (sent.status, sent.headers["Location"]) == (302, "/listar")
    await send(people.beto, ("archivo", "informe.txt", b"dos"))
    listed = await people.uma.get("/listar")
    assert listed.status == 200
    assert listed.text.count('href="/descargar/informe.txt"') == 2
    assert "/eliminar/" not in listed.text
    assert "/subir" not in listed.text
    got = await people.uma.get("/descargar/informe.txt")
    assert got.content == b"dos"  # the newest of that name
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert (await people.uma.get("/descargar/nada.txt")).status == 404
    one = tmp_path / "tres.txt"
    one.write_bytes(b"tres")
    seen = await curl(people.box.port, "/api/upload", "-F", f"archivo=@{one}", by=people.ana)
    assert seen.status == 201
    file = seen.json["id"]
    assert (await people.ana.get(f"/api/uploads/{file}")).status == 200
    assert (await people.ana.delete(f"/api/uploads/{file}")).status == 204


async def test_the_sentences_are_the_old_ones(people: People) -> None:
    for parts, sentence in (
        ([("otro", None, b"x")], "No se encontró el archivo"),
        ([("archivo", "", b"")], "No se seleccionó ningún archivo"),
    ):
        answer = await send(people.ana, *parts)
        assert (answer.status, answer.text) == (400, sentence)
        answer = await send(people.ana, *parts, **PAGE)
        assert answer.status == 400
        assert "<p" in answer.text and sentence in answer.text
    for answer in (await people.uma.get("/subir"), await send(people.uma, ("archivo", "a.txt", b"x"))):
        assert (answer.status, answer.text) == (403, "No tienes permiso para subir archivos")
    for answer in (
        await people.ana.get("/eliminar/a.txt"),
        await people.ana.request("POST", "/eliminar/a.txt", b""),
    ):
        assert (answer.status, answer.text) == (403, "No tienes permiso para eliminar archivos")
    assert (await send(people.ana, ("archivo", "a.exe", b"x"))).status == 415


async def test_strangers_are_led_to_the_sign_in(people: People) -> None:
    nobody = Person(people.box)
    for path in ("/subir", "/listar", "/descargar/a.txt", "/eliminar/a.txt"):
        answer = await nobody.get(path)
        assert (answer.status, answer.headers["Location"]) == (302, "/login"), path
    answer = await send(nobody, ("archivo", "a.txt", b"x"))
    assert (answer.status, answer.headers["Location"]) == (302, "/login")


async def test_a_link_does_not_delete(people: People) -> None:
    for _ in range(2):
        await send(people.ana, ("archivo", "a.txt", b"x"))
    asked = await people.admin.get("/eliminar/a.txt")
    assert asked.status == 200
    assert 'method="post" action="/eliminar/a.txt"' in asked.text
    assert len((await people.uma.get("/api/uploads")).json["items"]) == 2
    for left in (1, 0):
        gone = await people.admin.request("POST", "/eliminar/a.txt", b"")
        assert (gone.status, gone.headers["Location"]) == (302, "/listar")
        assert len((await people.uma.get("/api/uploads")).json["items"]) == left
    for method in ("GET", "POST"):  # nothing of that name any more
        gone = await people.admin.request(method, "/eliminar/a.txt", None if method == "GET" else b"")
        assert (gone.status, gone.headers["Location"]) == (302, "/listar")


async def test_a_browser_brings_the_token_of_the_form(people: People, box: Any) -> None:
    browser = await Person(box, "ana").sign_in(cookie=True)
    origin = {"Origin": browser.url}
    page = await browser.get("/subir")
    assert page.status == 200
    token = page.text.split('name="form_token" value="')[1].partition('"')[0]
    part = ("archivo", "a.txt", b"x")
    assert (await send(browser, part, **origin)).status == 403
    assert (await send(browser, ("form_token", None, token.encode()), part, **origin)).status == 302
    foreign = await send(browser, ("form_token", None, token.encode()), part, Origin="http://evil.example")
    assert foreign.status in (302, 403)
    assert len((await people.uma.get("/api/uploads")).json["items"]) == 1
    await browser.leave()


async def test_hostile_names_are_shown_and_fetched_safely(people: People) -> None:
    names = [
        "../../etc/passwd.txt",
        "<b>x</b>.txt",
        "a\u202etxt.exe.txt",
        "ñandú 🦤.txt",
        "-rf.txt",
        ".hidden.txt",
    ]
    names.append("ü" * 150 + ".txt")
    for name in names:
        body, kind = form(("archivo", name, name.encode()))
        sent = await people.ana.request("POST", "/subir", body, {"Content-Type": kind})
        assert sent.status == 302
        newest = (await people.uma.get("/api/uploads?limit=1")).json["items"][0]
        assert (await people.uma.get(f"/descargar/{quote(newest['name'], safe='')}")).content == name.encode()
    text = (await people.uma.get("/listar")).text
    assert "<b>" not in text and "\u202e" not in text and ".." not in text


async def test_curl_without_a_form_hears_that_the_field_is_missing(people: People) -> None:
    for words in (("-X", "POST"), ("-d", "archivo=x"), ("-F", "otro=x")):
        seen = await curl(people.box.port, "/subir", *words, by=people.ana)
        assert (seen.status, seen.content.decode()) == (400, "No se encontró el archivo"), words
        seen = await curl(people.box.port, "/subir", *words, by=people.uma)
        assert (seen.status, seen.content.decode()) == (403, "No tienes permiso para subir archivos")


async def test_curl_puts_and_fetches_hostile_names(people: People, tmp_path: Any) -> None:
    one = tmp_path / "x"
    names = {
        "-rf.txt": "-rf.txt",
        "--help.txt": "--help.txt",
        "...x.txt": "...x.txt",
        "a\x01\x1b[31mb\r\n.txt": "a[31mb.txt",
        "a\u202egpj.txt": "agpj.txt",
        "🦤👩‍🚀.txt": "🦤👩‍🚀.txt",
        "..%5c..%5cb.txt": "..%5c..%5cb.txt",
        "..\\..\\c.txt": "c.txt",
        "é" * 150 + ".txt": "é" * 118 + ".txt",
    }
    for name, kept in names.items():
        one.write_text(name)
        address = quote(name, safe="")
        seen = await curl(people.box.port, f"/api/uploads/{address}", "-T", str(one), by=people.ana)
        assert (seen.status, seen.json["name"]) == (201, kept)
        got = await curl(people.box.port, f"/descargar/{quote(kept, safe='')}", by=people.uma)
        assert (got.status, got.content.decode()) == (200, name)
        got = await curl(people.box.port, f"/descargar/{address}", by=people.uma)  # made safe as it was then
        assert (got.status, got.content.decode()) == (200, name)
    for path, words in (
        ("/api/uploads/a%00b.txt", ("-T", str(one))),
        ("/descargar/a%00b.txt", ()),
        ("/api/uploads/%00", ("-X", "DELETE")),
    ):
        seen = await curl(people.box.port, path, *words, by=people.admin)
        assert (seen.status, seen.code) == (400, "bad_request")
        assert seen.json["error"]["params"] == {"field": "path", "reason": "nul"}
