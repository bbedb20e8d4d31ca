"""Some files as one zip: as long as was announced, whole in every reader, once, and for who may."""

import io
import os
import subprocess
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from appliance.domain import zipping
from tests.noise import noise
from tests.people import People, Person


async def ticket(person: Person, *ids: str) -> Any:
    return await person.post("/api/uploads/zip", {"ids": list(ids)})


async def test_a_selection_as_one_zip(people: People, tmp_path: Path) -> None:
    files = {
        "uno.txt": b"uno",
        "ñandú 🦤.pdf": noise(2_500_000),
        "vacío.txt": b"",
    }
    ids = []
    for name, body in files.items():
        sent = await people.ana.request("PUT", f"/api/uploads/{quote(name, safe='')}", body)
        ids.append(sent.json["id"])
    again = await people.ana.put("/api/uploads/UNO.txt", b"otro")
    made = await ticket(people.uma, *ids, again.json["id"], ids[0])
    assert made.status == 201
    assert made.json["files"] == 4
    path = urlsplit(made.json["url"]).path
    nobody = Person(people.box)
    assert (await nobody.request("HEAD", path)).status == 200
    got = await nobody.get(path)
    assert got.status == 200
    assert len(got.content) == made.json["size"] == int(got.headers["Content-Length"])
    assert got.headers["Content-Type"] == "application/zip"
    assert got.headers["Content-Disposition"].startswith('attachment; filename="PiChat.zip"')
    with zipfile.ZipFile(io.BytesIO(got.content)) as archive:
        assert archive.testzip() is None
        assert {one.filename: archive.read(one) for one in archive.infolist()} == {
            **files,
            "UNO (2).txt": b"otro",
        }
    whole = tmp_path / "a.zip"
    whole.write_bytes(got.content)
    assert subprocess.run(["unzip", "-tq", str(whole)], check=False, capture_output=True).returncode == 0
    assert (await nobody.get(path)).status == 404  # once


async def test_a_zip_is_for_those_who_may_have_every_file(people: People) -> None:
    fine = (await people.ana.put("/api/uploads/a.txt", b"hola")).json["id"]
    held = (await people.admin.put("/api/uploads/b.html", b"<script>alert(1)</script>")).json
    assert held["scan"] == "flagged"
    assert (await ticket(people.uma, fine, held["id"])).code == "quarantined"
    assert (await ticket(people.admin, fine, held["id"])).status == 201
    answer = await ticket(people.uma, fine, "f_nothing")
    assert (answer.code, answer.json["error"]["params"]["ids"]) == ("not_found", ["f_nothing"])
    for ids in ([], [f"f_{n}" for n in range(1001)]):
        assert (await ticket(people.uma, *ids)).code == "bad_request"
    assert (await people.uma.get("/api/uploads/zip/x")).status == 404


async def test_a_file_that_is_deleted_meanwhile_breaks_the_zip(people: People) -> None:
    ids = [(await people.ana.put(f"/api/uploads/{n}.txt", b"hola %d" % n)).json["id"] for n in range(2)]
    made = await ticket(people.uma, *ids)
    await people.ana.delete(f"/api/uploads/{ids[1]}")
    bodies = list(people.box.store.live.glob("blobs/??/*"))
    for body in bodies:
        if body.read_bytes() == b"hola 1":
            body.unlink()
    with pytest.raises(Exception):  # noqa: B017 (a connection that ends before its length)
        await people.uma.get(urlsplit(made.json["url"]).path)


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("con.txt", "_con.txt"),
        ("a:b?.txt", "a_b_.txt"),
        ("-rf.txt", "rf.txt"),
        ("..", "archivo"),
        ("x. ", "x"),
    ],
)
def test_names_are_safe_on_every_system(name: str, inside: str) -> None:
    assert zipping.laid_out([(name, 0, 0)])[0].name.decode() == inside


def test_what_is_larger_than_four_gibibytes_is_zip64() -> None:
    """The layout alone, on a file with holes: nobody has to wait for 5 GiB."""
    size = 5 * 2**30
    entries = zipping.laid_out([("big.bin", size, 0), ("after.txt", 4, 1_700_000_000_000)])
    with tempfile.TemporaryFile() as file:
        crc = 0
        for entry, body in zip(entries, (None, b"hola"), strict=True):
            file.write(entry.head)
            if body is None:
                file.seek(size, os.SEEK_CUR)
                crc = entry.crc = 1  # not looked at below
            else:
                file.write(body)
                entry.crc = zlib.crc32(body)
            file.write(entry.tail)
        file.write(zipping.directory(entries))
        assert file.tell() == zipping.length(entries)
        with zipfile.ZipFile(file) as archive:
            big, after = archive.infolist()
            assert (big.file_size, big.CRC) == (size, crc)
            assert archive.read(after) == b"hola"
            assert after.date_time[0] == 2023


def test_more_files_than_sixteen_bits_count() -> None:
    entries = zipping.laid_out((f"{n}.txt", 0, 0) for n in range(70_000))
    whole = b"".join(entry.head + entry.tail for entry in entries) + zipping.directory(entries)
    assert len(whole) == zipping.length(entries)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert len(archive.infolist()) == 70_000
