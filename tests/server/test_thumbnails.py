"""Small pictures: made by who brought the file, seen by who may have its bytes, kept as long as it is."""

import hashlib
import struct
import zlib
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.boxes import Boxes
from tests.people import Answer, People, Person
from tests.samples import JPEG, SVG, zipped
from tests.server.sending import bodies, nothing_left


def png(width: int, height: int, more: bytes = b"") -> bytes:
    """A whole picture, of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    lines = zlib.compress((b"\0" + bytes(width)) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"") + more


PICTURE, SMALL = png(900, 700), png(90, 70)


async def sent(person: Person, name: str = "a.png", body: bytes = PICTURE) -> str:
    answer = await person.put(f"/api/uploads/{name}", body)
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


async def drawn(person: Person, file: str, body: bytes = SMALL, kind: str = "image/png") -> Answer:
    return await person.put(f"/api/uploads/{file}/thumbnail", body, {"Content-Type": kind})


async def test_a_picture_gets_a_small_one_that_everybody_sees(people: People) -> None:
    uma = await people.uma.connect()
    file = await sent(people.ana)
    path = f"/api/uploads/{file}"
    assert (await people.uma.get(path)).json["thumbnail"] is False
    assert (await people.uma.get(f"{path}/thumbnail")).code == "not_found"
    await uma.wait("upload")
    answer = await drawn(people.ana, file)
    assert (answer.status, answer.json["thumbnail"], answer.json["id"]) == (200, True, file)
    assert (await uma.wait("upload"))["id"] == file
    assert [one["thumbnail"] for one in (await people.uma.get("/api/uploads")).json["items"]] == [True]
    seen = await people.uma.get(f"{path}/thumbnail")
    assert (seen.status, seen.content) == (200, SMALL)
    assert seen.headers["Content-Type"] == "image/png"
    assert seen.headers["ETag"] == f'"{hashlib.sha256(SMALL).hexdigest()}"'
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in seen.headers["Content-Security-Policy"]
    again = await people.uma.get(f"{path}/thumbnail", **{"If-None-Match": seen.headers["ETag"]})
    assert (again.status, again.content) == (304, b"")
    link = urlsplit((await people.uma.get(path)).json["public_url"])
    nobody = Person(people.box)
    assert (await nobody.get(f"{path}/thumbnail?{link.query}")).content == SMALL
    assert (await nobody.get(f"{path}/thumbnail")).code == "unauthorized"
    assert (await people.ana.get(f"{path}/content")).content == PICTURE


async def test_a_new_one_takes_the_place_of_the_old_and_goes_with_the_file(boxes: Boxes) -> None:
    box = await boxes.claimed(undo_seconds=0)
    admin = await People(box).admin.sign_in()
    file = await sent(admin)
    for size in (10, 20, 20):
        assert (await drawn(admin, file, png(size, size))).status == 200
        assert len(bodies(box)) == 2
    twin = await sent(admin, "b.png", png(20, 20))  # the same bytes once as a file, once as a small picture
    assert len(bodies(box)) == 2
    await admin.delete(f"/api/uploads/{twin}")
    assert (await admin.get(f"/api/uploads/{file}/thumbnail")).content == png(20, 20)
    await admin.delete(f"/api/uploads/{file}")
    await nothing_left(box)
    await admin.leave()


async def test_an_undone_deletion_brings_the_small_one_back(people: People) -> None:
    file = await sent(people.ana)
    await drawn(people.ana, file)
    await people.ana.delete(f"/api/uploads/{file}")
    assert (await people.ana.get(f"/api/uploads/{file}/thumbnail")).status == 404
    people.box.store.discard(hashlib.sha256(SMALL).hexdigest())  # whoever looks for bodies without a row
    assert (await people.ana.post(f"/api/uploads/{file}/restore")).json["thumbnail"] is True
    assert (await people.uma.get(f"/api/uploads/{file}/thumbnail")).content == SMALL


async def test_only_who_brought_it_while_nobody_has_looked(people: People) -> None:
    file = await sent(people.ana)
    for other in (people.beto, people.uma, people.admin):
        assert (await drawn(other, file)).code == "forbidden"
    assert (await drawn(Person(people.box), file)).code == "unauthorized"
    assert (await drawn(people.ana, "f_none")).code == "not_found"
    assert (await people.admin.post(f"/api/uploads/{file}/release")).status == 200
    assert (await drawn(people.ana, file)).code == "forbidden"


async def test_what_is_held_back_shows_nothing(people: People) -> None:
    file = await sent(people.ana)
    await drawn(people.ana, file)
    assert (await people.admin.post(f"/api/uploads/{file}/reject")).json["thumbnail"] is False
    for person in (people.admin, people.ana):
        assert (await person.get(f"/api/uploads/{file}/thumbnail")).code == "quarantined"


@pytest.mark.parametrize("name", ["a.txt", "a.pdf", "a.svg", "a.mp3"])
async def test_other_kinds_have_none(people: People, name: str) -> None:
    file = await sent(people.ana, name, SVG if name == "a.svg" else b"hola")
    answer = await drawn(people.ana, file)
    assert (answer.code, answer.json["error"]["params"]["reason"]) == ("bad_request", "kind")


async def test_a_small_one_is_small_and_a_picture(people: People) -> None:
    file = await sent(people.ana)
    webp = b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8L" + struct.pack("<I", 10) + b"\x2f" + bytes(9)
    refused: tuple[tuple[bytes, str, str], ...] = (
        (SMALL, "image/gif", "bad_type"),
        (SMALL, "image/jpeg", "bad_type"),
        (SVG, "image/svg+xml", "bad_type"),
        (b"<script>", "image/png", "bad_type"),
        (b"", "image/png", "bad_type"),
        (SMALL[:20], "image/png", "bad_request"),
        (JPEG, "image/jpeg", "bad_request"),  # a head that tells no size
        (png(513, 4), "image/png", "too_large"),
        (png(4, 513), "image/png", "too_large"),
        (png(4, 4, bytes(64 << 10)), "image/png", "too_large"),
        (png(4, 4) + zipped(("a.exe", b"MZ")), "image/png", "bad_request"),
        (png(4, 4, b"<script>alert(1)</script>"), "image/png", "bad_request"),
    )
    for body, kind, code in refused:
        assert (await drawn(people.ana, file, body, kind)).code == code, (body[:20], kind)
    assert len(bodies(people.box)) == 1
    assert (await people.uma.get(f"/api/uploads/{file}")).json["thumbnail"] is False
    assert (await drawn(people.ana, file, png(512, 512))).status == 200
    assert (await drawn(people.ana, file, webp, "image/webp")).status == 200


async def test_it_survives_a_boot_with_its_file_and_not_without(boxes: Boxes) -> None:
    box = await boxes.claimed()
    admin = await People(box).admin.sign_in()
    kept = await sent(admin)
    await drawn(admin, kept)
    assert (await admin.post("/api/stable", {"note": "una foto"})).status == 201
    lost = await sent(admin, "b.png", png(300, 300))
    await drawn(admin, lost, png(30, 30))
    assert (await admin.post("/api/stable/1/verify")).json == {"ok": True, "findings": []}
    await admin.leave()
    boxes.new_boot()
    box = await boxes.again(box)
    admin = await People(box).admin.sign_in()
    assert (await admin.get(f"/api/uploads/{kept}/thumbnail")).content == SMALL
    assert (await admin.get(f"/api/uploads/{lost}/thumbnail")).status == 404
    body = next(box.store.layout.blobs.glob(f"??/{hashlib.sha256(SMALL).hexdigest()}"))
    body.unlink()
    assert (await admin.get(f"/api/uploads/{kept}/thumbnail")).code == "gone"
    assert (await admin.get(f"/api/uploads/{kept}/content")).content == PICTURE
    found: Any = (await admin.post("/api/stable/1/verify")).json
    assert [one["what"] for one in found["findings"]] == ["body_missing"]
    await admin.leave()
