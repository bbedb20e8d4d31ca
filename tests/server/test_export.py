"""An archive of what is saved: everything in it, nothing that should not be, signed, and sent once."""

import hashlib
import io
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tornado.simple_httpclient import HTTPStreamClosedError

from appliance.store.archive import seal
from appliance.store.snapshot.layout import Layout
from tests.boxes import ADMIN, Boxes
from tests.people import People, Person

HOSTILE = "<script>alert(1)</script> & <b>hola</b>"


async def archive(people: People, **wish: Any) -> zipfile.ZipFile:
    """Prepared by the administrator, fetched by whoever has the address."""
    answer = await people.admin.post("/api/export", {"password": ADMIN[1], **wish})
    assert answer.status == 201, answer.text
    ticket = answer.json
    path = "/" + ticket["url"].partition("://")[2].partition("/")[2]
    got = await Person(people.box).get(path)
    assert (got.status, len(got.content)) == (200, ticket["size"])
    assert got.headers["Content-Length"] == str(ticket["size"])
    assert ticket["name"] in got.headers["Content-Disposition"]
    assert (await Person(people.box).get(path)).status == 404
    return zipfile.ZipFile(io.BytesIO(got.content))


async def lived_in(people: People) -> dict[str, Any]:
    """A box with a life, saved."""
    ana = people.ana
    one = (await ana.put("/api/uploads/informe.pdf", b"%PDF-1.4 uno")).json
    two = (await ana.put("/api/uploads/Informe.PDF", b"%PDF-1.4 dos")).json
    bad = (await people.admin.put("/api/uploads/foto.png", b"#!/bin/sh\nrm -rf /\n")).json
    room = (await ana.post("/api/rooms", {"name": "Planes", "kind": "private", "code": "abrete"})).json
    said = await ana.post("/api/rooms/r_general/messages", {"body": HOSTILE, "files": [one["id"]]})
    assert said.status == 201
    await ana.post("/api/rooms/r_general/messages", {"body": "se borra"})
    assert (await ana.delete("/api/rooms/r_general/messages/2")).status in (200, 204)
    await ana.post(f"/api/rooms/{room['id']}/messages", {"body": "en secreto"})
    saved = await people.admin.post("/api/stable", {"note": "antes", "include_flagged": True})
    assert saved.status == 201, saved.text
    return {"one": one, "two": two, "bad": bad, "room": room}


def database(whole: zipfile.ZipFile, name: str, folder: Path) -> sqlite3.Connection:
    db = sqlite3.connect(whole.extract(name, folder))
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    return db


async def test_everything_is_in_it_by_its_hash_and_signed(people: People, tmp_path: Path) -> None:
    things = await lived_in(people)
    whole = await archive(people)
    assert whole.testzip() is None
    about = json.loads(whole.read("manifest.json"))
    assert [one["path"] for one in about["entries"]] == whole.namelist()[:-2]
    for one in about["entries"]:
        data = whole.read(one["path"])
        assert (len(data), hashlib.sha256(data).hexdigest()) == (one["size"], one["sha256"])
    signature = whole.read("manifest.sig").decode().strip()
    assert seal.holds(about["box"]["key"], whole.read("manifest.json"), signature)
    assert not seal.holds(about["box"]["key"], whole.read("manifest.json") + b" ", signature)
    assert seal.box_of(about["box"]["key"]) == about["box"]["id"]
    assert about["box"]["id"] == seal.Seal(Layout(people.box.settings.data)).box
    assert (about["generation"], about["note"], about["format"]) == (1, "antes", 1)
    assert about["counts"] == {"files": 3, "bytes": 43, "messages": 2, "rooms": 2, "accounts": 4}
    names = whole.namelist()
    assert {"archivos/informe.pdf", "archivos/Informe (2).PDF"} <= set(names)
    assert f"retenidos/{things['bad']['sha256']}.bin" in names
    assert whole.read("archivos/informe.pdf") == b"%PDF-1.4 uno"


async def test_pages_are_readable_and_nothing_in_them_runs(people: People, tmp_path: Path) -> None:
    await lived_in(people)
    whole = await archive(people)
    page = whole.read("salas/General.html").decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;hola" in page
    assert "<script" not in page
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
    assert 'href="../archivos/informe.pdf"' in page
    (line,) = [json.loads(one) for one in whole.read("salas/General.jsonl").splitlines()]
    assert (line["body"], line["from"]["name"], line["files"][0]["path"]) == (
        HOSTILE,
        "Ana",
        "archivos/informe.pdf",
    )
    first = whole.read("LEEME.html").decode()
    assert 'href="salas/General.html"' in first
    assert "retenidos/" not in first
    assert "Planes" not in first
    assert not any("Planes" in name for name in whole.namelist())
    assert "salas/Planes.html" in (await archive(people, private_rooms=True)).namelist()


async def test_no_secret_travels_unless_it_is_asked_for(people: People, tmp_path: Path) -> None:
    things = await lived_in(people)
    erased = things["two"]["sha256"]
    reject = await people.admin.post(f"/api/uploads/{things['two']['id']}/reject")
    assert reject.status in (200, 204)
    plain = await archive(people)
    box = database(plain, "box.db", tmp_path / "plain")
    assert {row[0] for row in box.execute("SELECT password_hash FROM users")} == {None}
    for table in ("sessions", "links", "audit", "intents", "meta"):
        assert box.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0, table
    assert [row[0] for row in box.execute("SELECT subject FROM decisions")] == [erased]
    content = database(plain, "content.db", tmp_path / "plain")
    assert {row[0] for row in content.execute("SELECT code FROM rooms")} == {None}
    assert erased not in json.loads(plain.read("manifest.json"))["bodies"]
    secrets = [path.read_bytes() for path in (people.box.settings.data / "secrets").iterdir()]
    full = await archive(people, passwords=True)
    assert len(secrets) == 2
    for whole in (plain, full):
        assert not any(one in whole.read(name) for name in whole.namelist() for one in secrets)
    box = database(full, "box.db", tmp_path / "full")
    assert all(row[0].startswith("$argon2id$") for row in box.execute("SELECT password_hash FROM users"))
    content = database(full, "content.db", tmp_path / "full")
    assert "ABRETE" in {str(row[0]).upper() for row in content.execute("SELECT code FROM rooms")}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"password": "otra cosa"}, 403, "wrong_password"),
        ({"password": ADMIN[1], "generation": 9}, 404, "not_found"),
        ({"password": ADMIN[1], "generation": "x"}, 400, "bad_request"),
        ({}, 400, "bad_request"),
    ],
)
async def test_what_is_refused(people: People, body: Any, status: int, code: str) -> None:
    await people.admin.post("/api/stable")
    answer = await people.admin.post("/api/export", body)
    assert (answer.status, answer.code) == (status, code)


async def test_nothing_saved_and_nothing_left_behind(people: People) -> None:
    answer = await people.admin.post("/api/export", {"password": ADMIN[1]})
    assert (answer.status, answer.code, answer.json["error"]["params"]["reason"]) == (
        409,
        "conflict",
        "nothing_saved",
    )
    await people.admin.post("/api/stable")
    await people.admin.post("/api/export", {"password": ADMIN[1]})  # never fetched
    await archive(people)
    assert list((people.box.settings.data / "archives").iterdir()) == []
    audit = (await people.admin.get("/api/audit")).json["items"]
    assert [one["action"] for one in audit].count("exported") == 2


async def test_a_damaged_body_ends_an_archive_and_is_told(people: People, expect_log: Any) -> None:
    """Nobody had noticed yet. The next archive is made without it, and says so."""
    expect_log("is damaged; files that have it: 1")
    one = (await people.ana.put("/api/uploads/papel.pdf", b"%PDF-1.4 " + bytes(5000))).json
    await people.ana.put("/api/uploads/otro.pdf", b"%PDF-1.4 otro")
    await people.admin.post("/api/stable")
    socket = await people.admin.connect()
    (kept,) = (people.box.settings.data / "blobs").glob(f"??/{one['sha256']}")
    kept.chmod(0o600)
    with kept.open("r+b") as file:
        file.seek(3000)
        file.write(b"X")
    ticket = (await people.admin.post("/api/export", {"password": ADMIN[1]})).json
    assert ticket["lost"] == 0
    sender = Person(people.box)
    with pytest.raises(HTTPStreamClosedError):
        await sender.get("/" + ticket["url"].partition("://")[2].partition("/")[2])
    notice = await socket.wait(lambda frame: frame.get("code") == "store_damaged")
    assert notice["params"]["sha256"] == one["sha256"]
    (found,) = (await people.admin.get("/api/health/store")).json["damaged"]
    assert [file["name"] for file in found["files"]] == ["papel.pdf"]
    again = (await people.admin.post("/api/export", {"password": ADMIN[1]})).json
    assert again["lost"] == 1
    whole = await archive(people)
    assert json.loads(whole.read("manifest.json"))["lost"] == [one["sha256"]]
    assert whole.testzip() is None


async def test_a_generation_that_is_damaged_is_not_passed_on(people: People) -> None:
    await people.admin.post("/api/stable")
    path = people.box.settings.data / "stable" / "1" / "content.db"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])
    answer = await people.admin.post("/api/export", {"password": ADMIN[1]})
    assert (answer.status, answer.json["error"]["params"]["reason"]) == (409, "damaged")


async def test_one_that_nobody_fetches_is_removed_after_its_time(people: People, boxes: Boxes) -> None:
    await people.admin.post("/api/stable", {})
    answer = await people.admin.post("/api/export", {"password": ADMIN[1]})
    assert answer.status == 201
    there = people.box.settings.data / "archives"
    exports = people.box.services.exports
    boxes.clock.pass_by(299)
    await exports.expire()
    assert len(list(there.iterdir())) == 1
    boxes.clock.pass_by(2)
    await exports.expire()
    assert list(there.iterdir()) == []
    path = "/" + answer.json["url"].partition("://")[2].partition("/")[2]
    assert (await Person(people.box).get(path)).status == 404
