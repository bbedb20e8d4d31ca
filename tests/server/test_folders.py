"""Folders that were dropped, at every door; what is unfinished; what a reboot would keep."""

import io
import zipfile
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.boxes import Boxes
from tests.people import People, Person
from tests.server.sending import form
from tests.server.tus_client import PATH, Tus, metadata


async def put(person: Person, name: str, folder: str = "") -> dict[str, Any]:
    path = f"/api/uploads/{quote(name, safe='')}?folder={quote(folder, safe='')}"
    answer = await person.put(path, name.encode())
    assert answer.status == 201, answer.text
    return dict(answer.json)


async def names(person: Person, query: str) -> set[str]:
    return {one["name"] for one in (await person.get(f"/api/uploads?{query}")).json["items"]}


async def test_every_door_takes_a_folder(people: People) -> None:
    ana = people.ana
    assert (await put(ana, "uno.txt", "fotos/2024"))["folder"] == "fotos/2024"
    assert (await put(ana, "solo.txt"))["folder"] == ""
    body, kind = form(("folder", None, "fotos/ñu".encode()), ("file", "dos.txt", b"dos"))
    answer = await ana.request("POST", "/api/uploads", body, {"Content-Type": kind})
    assert (answer.status, answer.json["folder"]) == (201, "fotos/ñu")
    for number, told in enumerate(
        ({"relativePath": "fotos/2024/tres.txt"}, {"folder": "fotos/2024"}, {"relativePath": "null"}, {})
    ):
        made = await Tus(ana).create(4, b"hola", Upload_Metadata=metadata(filename=f"t{number}.txt", **told))
        file = (await people.uma.get(f"/api/uploads/{made.headers['Upload-File']}")).json
        assert file["folder"] == ("fotos/2024" if number < 2 else "")
    assert await names(people.uma, "folder=fotos/2024") == {"uno.txt", "t0.txt", "t1.txt"}
    assert await names(people.uma, "folder=fotos&owner=" + ana.me["id"]) == {
        "uno.txt",
        "dos.txt",
        "t0.txt",
        "t1.txt",
    }
    assert await names(people.uma, "folder=foto") == set()
    assert await names(ana, "folder=&owner=me") >= {"solo.txt", "uno.txt"}
    assert await names(people.uma, "owner=me") == set()


@pytest.mark.parametrize(
    "folder",
    [
        "../a",
        "a/../../b",
        "/etc",
        "C:\\Windows",
        "\\\\host\\x",
        "a/b/..",
        "x/" * 21,
        "y" * 241 + "/" + "z" * 300 + "/" + "w" * 90,
    ],
)
async def test_no_folder_leads_out(people: People, folder: str) -> None:
    told = await people.ana.put(f"/api/uploads/a.txt?folder={quote(folder, safe='')}", b"hola")
    assert (told.status, told.json["error"]["params"]["field"]) == (400, "folder")
    made = await Tus(people.ana).create(4, Upload_Metadata=metadata(filename="a.txt", folder=folder))
    assert (made.status, made.json["error"]["params"]["field"]) == (400, "folder")
    body, kind = form(("folder", None, folder.encode()), ("file", "dos.txt", b"dos"))
    answer = await people.ana.request("POST", "/api/uploads", body, {"Content-Type": kind})
    assert (answer.status, answer.json["error"]["params"]["field"]) == (400, "folder")


async def test_a_file_moves_and_a_copy_has_a_folder_of_its_own(people: People) -> None:
    file = await put(people.ana, "uno.txt", "a/b")
    moved = await people.ana.patch(f"/api/uploads/{file['id']}", {"folder": "c\\d"})
    assert (moved.json["folder"], moved.json["name"]) == ("c/d", "uno.txt")
    assert (await people.ana.patch(f"/api/uploads/{file['id']}", {"folder": ".."})).status == 400
    wish = {"sha256": file["sha256"], "name": "mio.txt", "folder": "mias"}
    assert (await people.beto.post("/api/uploads/here", wish)).json["folder"] == "mias"


async def test_a_zip_keeps_the_folders(people: People) -> None:
    made = [
        await put(people.ana, "a.b.txt", "v1.2/fotos"),
        await put(people.ana, "A.b.txt", "v1.2/fotos"),
        await put(people.ana, "nul.txt", "con/x"),
        await put(people.ana, "suelto.txt"),
    ]
    ticket = await people.uma.post("/api/uploads/zip", {"ids": [one["id"] for one in made]})
    got = await people.uma.get(urlsplit(ticket.json["url"]).path)
    with zipfile.ZipFile(io.BytesIO(got.content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "v1.2/fotos/a.b.txt",
            "v1.2/fotos/A.b (2).txt",
            "_con/x/_nul.txt",
            "suelto.txt",
        ]


async def test_ones_own_unfinished_uploads_are_found_again(people: People, boxes: Boxes, box: Any) -> None:
    tus = Tus(people.ana)
    path = await tus.begun(10, Upload_Metadata=metadata(filename="a.txt", relativePath="x/a.txt"))
    await tus.patch(path, 0, b"hola")
    await tus.begun(4, b"hola", name="b.txt")  # finished
    items = (await people.ana.get("/api/uploads/unfinished")).json["items"]
    assert len(items) == 1
    one = items[0]
    assert (one["url"], one["name"], one["folder"], one["size"], one["offset"]) == (path, "a.txt", "x", 10, 4)
    assert one["url"] == f"{PATH}/{one['id']}"
    assert one["expires"] > 0
    assert (one["active"], one["partial"]) == (False, False)
    assert (await people.beto.get("/api/uploads/unfinished")).json == {"items": []}
    assert (await people.admin.get("/api/uploads/unfinished")).json == {"items": []}
    assert (await people.uma.get("/api/uploads/unfinished")).code == "forbidden"
    again = await boxes.again(box)
    ana = await Person(again, "ana").sign_in()
    assert [one["offset"] for one in (await ana.get("/api/uploads/unfinished")).json["items"]] == [4]
    answer = await Tus(ana).patch(path, 4, b"mundo!")
    file = (await ana.get(f"/api/uploads/{answer.headers['Upload-File']}")).json
    assert (file["name"], file["folder"]) == ("a.txt", "x")
    other = await Tus(ana).begun(10)
    assert (await Tus(ana).ask("DELETE", other)).status == 204
    assert (await ana.get("/api/uploads/unfinished")).json == {"items": []}
    await ana.leave()


async def test_a_list_says_what_a_reboot_would_keep(boxes: Boxes) -> None:
    box = await boxes.claimed()
    admin = await People(box).admin.sign_in()
    one = await put(admin, "uno.txt")
    assert one["stable"] is False
    assert (await admin.post("/api/stable", {})).status == 201
    await put(admin, "dos.txt")
    assert await names(admin, "stable=1") == {"uno.txt"}
    assert await names(admin, "stable=0") == {"dos.txt"}
    assert (await admin.get("/api/uploads?stable=yes")).code == "bad_request"
    await admin.delete(f"/api/uploads/{one['id']}")
    assert (await admin.post("/api/stable", {})).status == 201  # without it
    assert (await admin.post(f"/api/uploads/{one['id']}/restore")).json["stable"] is False
    assert await names(admin, "stable=1") == {"dos.txt"}
    assert (await admin.post("/api/stable/1/current")).status == 200
    assert await names(admin, "stable=1") == {"uno.txt"}
    await admin.leave()
    box = await boxes.again(box)  # the same boot: nothing went
    admin = await People(box).admin.sign_in()
    assert await names(admin, "stable=1") == {"uno.txt"}
    assert await names(admin, "") == {"uno.txt", "dos.txt"}
    await admin.leave()
    boxes.new_boot()
    box = await boxes.again(box)
    admin = await People(box).admin.sign_in()
    assert await names(admin, "stable=1") == await names(admin, "") == {"uno.txt"}
    await admin.leave()
