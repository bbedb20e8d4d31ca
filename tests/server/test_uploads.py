"""Files come in: by curl, from a form, by the thousand bytes; and what is refused is seen to be refused."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from appliance.store import audit
from tests.boxes import Boxes
from tests.noise import noise
from tests.people import People, Person
from tests.server.raw import another_server, wire
from tests.server.sending import bodies, curl, form, http_client, nothing_left

SIZES = (300_000, 5_000_000, 100_000_000)


async def test_what_one_sends_another_sees_and_fetches(box: Any, people: People) -> None:
    uma = await people.uma.connect()
    body = b"%PDF-1.7\n" + noise(3_000_000 - 9)
    sent = await people.ana.put("/api/uploads/informe.pdf", body)
    assert sent.status == 201
    file = sent.json
    assert file["name"] == "informe.pdf"
    assert (file["size"], file["type"]) == (3_000_000, "application/pdf")
    assert (file["state"], file["scan"], file["keep"]) == ("quarantined", "unscanned", False)
    assert file["sha256"] == hashlib.sha256(body).hexdigest()
    assert file["owner"] == {"id": people.ana.me["id"], "name": "Ana"}
    heard = await uma.wait("upload")
    assert (heard["id"], heard["state"]) == (file["id"], "quarantined")
    listed = (await people.uma.get("/api/uploads")).json
    assert listed == {"items": [file], "next": None}
    assert (await people.uma.get(f"/api/uploads/{file['id']}")).json == file
    fetched = await people.uma.get(f"/api/uploads/{file['id']}/content")
    assert fetched.content == body


async def test_curl_sends_a_file_and_a_form(box: Any, people: People, tmp_path: Path) -> None:
    one, two = tmp_path / "uno.txt", tmp_path / "dos.csv"
    one.write_bytes(b"uno")
    two.write_bytes(b"")
    sent = await curl(box.port, "/api/uploads/", "-T", str(one), by=people.ana)
    assert (sent.status, sent.json["name"]) == (201, "uno.txt")
    sent = await curl(box.port, "/api/upload", "-F", f"archivo=@{one}", by=people.ana)
    assert (sent.status, sent.json["name"]) == (201, "uno.txt")
    both = ("-F", f"file=@{one}", "-F", f"archivo=@{two}", "-F", "note=hola")
    sent = await curl(box.port, "/api/uploads", *both, by=people.ana)
    assert sent.status == 201
    assert [file["name"] for file in sent.json["items"]] == ["uno.txt", "dos.csv"]
    assert [file["size"] for file in sent.json["items"]] == [3, 0]
    assert len((await people.uma.get("/api/uploads")).json["items"]) == 4


REFUSALS = {
    "nobody": ("", "a.pdf", {}, 401, "unauthorized"),
    "usuario": ("uma", "a.pdf", {}, 403, "forbidden"),
    "no length": ("ana", "a.pdf", {"chunked": True}, 411, "length_required"),
    "too large": ("ana", "a.pdf", {}, 413, "too_large"),
    "program": ("ana", "a.exe", {}, 415, "bad_type"),
    "no space": ("admin", "a.pdf", {}, 507, "no_space"),
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_every_refusal_of_a_large_body_is_seen(boxes: Boxes, tmp_path: Path, case: str) -> None:
    who, name, how, status, code = REFUSALS[case]
    floor = 1 << 60 if case == "no space" else 0
    most = 1 << (20 if case == "too large" else 30)
    box = await boxes.claimed(upload_max_bytes=most, free_floor_bytes=floor)
    people = People(box)
    await people.gather()
    by: Person | None = getattr(people, who) if who else None
    path = f"/api/uploads/{name}"
    file = tmp_path / name
    chunked = ["-H", "Transfer-Encoding: chunked"] if how else []
    # The smallest is not too large.
    for size in SIZES if code != "too_large" else SIZES[1:]:
        content = bytes(size)
        file.write_bytes(content)
        for words in ([], ["-H", "Expect:"]):
            seen = await curl(box.port, path, "-T", str(file), *chunked, *words, by=by)
            assert (seen.status, seen.code) == (status, code)
        if not how:
            body, kind = form(("file", name, content))
            seen = await http_client(box.port, path, content, by=by)
            assert (seen.status, seen.code) == (status, code)
            seen = await http_client(box.port, "/api/uploads", body, by=by, method="POST", Content_Type=kind)
            assert (seen.status, seen.code) == (status, code)
    await nothing_left(box)
    await people.leave()


async def test_a_form_is_all_or_nothing(box: Any, people: People) -> None:
    async def post(*parts: tuple[str, str | None, bytes]) -> tuple[int, str]:
        body, kind = form(*parts)
        answer = await people.ana.request("POST", "/api/uploads", body, {"Content-Type": kind})
        return answer.status, answer.code

    good = ("file", "bien.txt", b"bien")
    assert await post(good, ("archivo", "mal.exe", b"MZ")) == (415, "bad_type")
    assert await post(good, ("otro", "bien.txt", b"bien")) == (400, "bad_request")
    assert await post(*[good] * 11) == (413, "too_large")
    assert await post(("file", "", b"")) == (400, "bad_request")
    assert await post(("nota", None, b"hola")) == (400, "bad_request")
    assert await post(("nota", None, b"h" * 100_000), good) == (413, "too_large")
    body, kind = form(good)
    cut_short = await people.ana.request("POST", "/api/uploads", body[:-10], {"Content-Type": kind})
    assert cut_short.code == "bad_request"
    for wrong in ("multipart/form-data", "multipart/mixed; boundary=x", "text/plain"):
        answer = await people.ana.request("POST", "/api/uploads", body, {"Content-Type": wrong})
        assert answer.status in (400, 415), wrong
    await nothing_left(box)
    assert (await people.uma.get("/api/uploads")).json["items"] == []


async def test_a_page_of_somebody_else_cannot_send_a_form(box: Any, people: People) -> None:
    browser = await Person(box, "ana").sign_in(cookie=True)
    body, kind = form(("file", "a.txt", b"hola"))
    plain = {"Content-Type": kind}
    foreign = await browser.request("POST", "/api/uploads", body, {**plain, "Origin": "http://evil.example"})
    assert foreign.status in (401, 403)
    ours = {**plain, "Origin": browser.url}
    assert (await browser.request("POST", "/api/uploads", body, ours)).code == "forbidden"
    assert (await browser.put("/api/uploads/a.txt", b"hola")).code == "forbidden"
    script = await browser.request("POST", "/api/uploads", body, {**ours, "X-PiChat": "1"})
    assert script.status == 201
    assert (await browser.put("/api/uploads/a.txt", b"hola", {"X-PiChat": "1"})).status == 201
    await browser.leave()


async def test_the_same_bytes_are_stored_once(box: Any, people: People) -> None:
    first = (await people.ana.put("/api/uploads/uno.txt", b"igual")).json
    second = (await people.beto.put("/api/uploads/dos.txt", b"igual")).json
    assert len(bodies(box)) == 1
    assert (await people.ana.delete(f"/api/uploads/{first['id']}")).status == 204
    assert (await people.uma.get(f"/api/uploads/{second['id']}/content")).content == b"igual"
    assert (await people.uma.get(f"/api/uploads/{first['id']}/content")).status == 404
    assert (await people.beto.delete(f"/api/uploads/{second['id']}")).status == 204
    await box.services.keeping.close()  # nothing can be undone any more
    assert bodies(box) == []


async def test_who_may_delete(box: Any, people: People) -> None:
    file = (await people.ana.put("/api/uploads/mio.txt", b"mio")).json
    address = f"/api/uploads/{file['id']}"
    listener = await people.uma.connect()
    for stranger in (people.beto, people.uma):
        assert (await stranger.delete(address)).code == "forbidden"
    assert (await people.admin.delete(address)).status == 204
    heard = await listener.wait("upload")
    assert (heard["id"], heard["state"]) == (file["id"], "deleted")
    noted = box.store.box.write_now(audit.newest)[0]  # after what is queued
    assert (noted.actor, noted.action, noted.subject) == (people.admin.me["id"], "delete_file", file["id"])
    assert (await people.admin.delete(address)).code == "not_found"
    assert (await Person(box).delete(address)).code == "unauthorized"


HOSTILE = {
    "../../etc/passwd.txt": "passwd.txt",
    "..\\..\\windows\\win.ini.txt": "win.ini.txt",
    "con\x00trol\x07\x1b[31m.txt": "control[31m.txt",
    "linea\r\nSet-Cookie: a=b.txt": "lineaSet-Cookie: a=b.txt",
    "gpj.\u202etxt.txt": "gpj.txt.txt",
    "-rf ~.txt": "-rf ~.txt",
    ".oculto.txt": ".oculto.txt",
    'comi"llas;x=y.txt': 'comi"llas;x=y.txt',
    "<script>alert(1)</script>.txt": "script>.txt",
    "cafe\u0301 👩‍🚀 日本.txt": "café 👩‍🚀 日本.txt",
    "%2e%2e%2f100%.txt": "%2e%2e%2f100%.txt",
    "CON.txt": "CON.txt",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_names_are_made_safe_and_stay_readable(box: Any, people: People, name: str) -> None:
    body, kind = form(("file", name, b"hola"))
    sent = await people.ana.request("POST", "/api/uploads", body, {"Content-Type": kind})
    assert sent.status == 201, sent.text
    assert sent.json["name"] == HOSTILE[name]
    assert (await people.uma.get("/api/uploads")).json["items"] == [sent.json]
    fetched = await people.uma.get(f"/api/uploads/{sent.json['id']}/content")
    assert fetched.content == b"hola"
    header = fetched.headers["Content-Disposition"]
    assert header.startswith('attachment; filename="')
    assert header.isascii()
    plain = header.split('"')[1]
    assert not set(plain) & set('/\\:;<>"%')
    assert "Set-Cookie" not in fetched.headers


async def test_long_and_empty_names(box: Any, people: People) -> None:
    async def named(name: str) -> str:
        body, kind = form(("file", name, b"hola"))
        sent = await people.admin.request("POST", "/api/uploads", body, {"Content-Type": kind})
        assert sent.status == 201, sent.text
        return str(sent.json["name"])

    long = await named("ñ" * 300 + ".txt")
    assert long.endswith("ñ.txt")
    assert len(long.encode()) <= 255
    assert await named("../..") == "archivo"
    assert await named("\u202e\u200b") == "archivo"
    put = await people.admin.put("/api/uploads/%FF%FEraro.txt", b"hola")
    assert (put.status, put.json["name"]) == (201, "��raro.txt")
    put = await people.admin.put("/api/uploads/carpeta%2Ffoto.txt/", b"hola")
    assert (put.status, put.json["name"]) == (201, "foto.txt")


async def test_what_may_come_depends_on_who_asks(box: Any, people: People) -> None:
    for person in (Person(box), people.uma, people.ana):
        allowed = (await person.get("/api/uploads/types/allowed")).json
        assert {"pdf", "docx", "csv", "svg", "mp3", "mov", "7z"} <= set(allowed["extensions"])
        assert "exe" not in allowed["extensions"]
        assert "image/png" in allowed["types"]
        assert (allowed["max_bytes"], allowed["max_files"]) == (50 * 2**20, 10)
    allowed = (await people.admin.get("/api/uploads/types/allowed")).json
    assert (allowed["extensions"], allowed["types"], allowed["max_bytes"]) == (["*"], [], 8 * 2**30)
    assert (await people.admin.put("/api/uploads/setup.exe", b"MZ")).status == 201


async def test_finding_and_sorting(box: Any, people: People) -> None:
    sizes = {"Ñandú.txt": 3, "árbol.txt": 1, "zapato.pdf": 2, "Cielo.txt": 3}
    for name, size in sizes.items():
        person = people.beto if name == "Cielo.txt" else people.ana
        body, kind = form(("file", name, b"x" * size))
        assert (await person.request("POST", "/api/upload", body, {"Content-Type": kind})).status == 201

    async def names(query: str) -> list[str]:
        answer = await people.uma.get(f"/api/uploads?{query}")
        assert answer.status == 200, answer.text
        return [file["name"] for file in answer.json["items"]]

    assert await names("") == ["Cielo.txt", "zapato.pdf", "árbol.txt", "Ñandú.txt"]
    assert await names("sort=created") == ["Ñandú.txt", "árbol.txt", "zapato.pdf", "Cielo.txt"]
    assert await names("sort=name") == ["árbol.txt", "Cielo.txt", "Ñandú.txt", "zapato.pdf"]
    assert await names("sort=-size") == ["Cielo.txt", "Ñandú.txt", "zapato.pdf", "árbol.txt"]
    assert await names("q=ARBOL") == ["árbol.txt"]
    assert await names("q=%C3%B1and") == ["Ñandú.txt"]
    assert await names("q=%25") == []
    assert await names(f"owner={people.beto.me['id']}") == ["Cielo.txt"]
    assert await names("state=released") == []
    for sort in ("created", "-created", "name", "-name", "size", "-size"):
        whole, paged, after = await names(f"sort={sort}"), [], ""
        while True:
            page = (await people.uma.get(f"/api/uploads?sort={sort}&limit=1&after={after}")).json
            paged += [file["name"] for file in page["items"]]
            after = page["next"]
            if not after:
                break
        assert paged == whole
    name_cursor = (await people.uma.get("/api/uploads?sort=name&limit=1")).json["next"]
    wrong = (
        "sort=color",
        "state=x",
        "limit=0",
        "limit=-1",
        "after=x",
        "after=WzFd",
        f"after={name_cursor}",
        "sort=name&after=WyJcdWQ4MDAiLDFd",  # half a character
    )
    for query in wrong:
        assert (await people.uma.get(f"/api/uploads?{query}")).code == "bad_request", query


async def test_one_person_does_not_take_every_place(boxes: Boxes) -> None:
    box = await boxes.claimed(uploads_at_once_per_person=2, uploads_at_once=3)
    people = People(box)
    await people.gather()
    files = box.services.arrivals
    ana = await box.services.sessions.actor_for(people.ana.token)
    beto = await box.services.sessions.actor_for(people.beto.token)
    open_ones = [await files.begin(ana, "a.txt", size=9) for _ in range(2)]
    answer = await people.ana.put("/api/uploads/a.txt", b"hola")
    assert (answer.status, answer.code) == (429, "rate_limited")
    assert int(answer.headers["Retry-After"]) > 0
    open_ones.append(await files.begin(beto, "a.txt", size=9))
    assert (await people.beto.put("/api/uploads/a.txt", b"hola")).status == 503
    for upload in open_ones:
        files.abandon(upload)
    assert (await people.ana.put("/api/uploads/a.txt", b"hola")).status in (201, 429)
    await people.leave()


@pytest.mark.parametrize("case", ["nobody", "usuario", "program", "no space"])
async def test_a_refusal_goes_ahead_of_a_body_of_minutes(boxes: Boxes, tmp_path: Path, case: str) -> None:
    """150 MB announced and sent by who does not ask first: the answer comes, and no reset takes it away."""
    who, name, _, status, code = REFUSALS[case]
    box = await boxes.claimed(upload_max_bytes=1 << 30, free_floor_bytes=1 << 60 if case == "no space" else 0)
    people = People(box)
    await people.gather()
    by: Person | None = getattr(people, who) if who else None
    file = tmp_path / name
    with file.open("wb") as out:
        out.truncate(150_000_000)
    seen = await curl(box.port, f"/api/uploads/{name}", "-T", str(file), "-H", "Expect:", by=by)
    assert (seen.status, seen.code) == (status, code)
    seen = await http_client(box.port, f"/api/uploads/{name}", bytes(150_000_000), by=by)
    assert (seen.status, seen.code) == (status, code)
    await nothing_left(box)
    await people.leave()


async def test_who_never_stops_sending_is_cut_off(box: Any, people: People) -> None:
    """An endless body, refused: the answer goes ahead, then so much is read and no more."""
    async with another_server(box, drain_bytes=1 << 20, linger_bytes=4 << 20) as port, wire(port) as one:
        head = "PUT /api/uploads/a.exe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000000\r\n"
        await one.send(f"{head}Authorization: Bearer {people.ana.token}\r\n\r\n")
        reply = await one.reply()
        assert (reply.status, reply.code, reply.headers["connection"]) == (415, "bad_type", "close")
        with pytest.raises(ConnectionError):
            for _ in range(900):
                await one.send(bytes(1_000_000))
