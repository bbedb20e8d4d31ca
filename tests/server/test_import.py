"""An archive of one box merged into another that has a life of its own: once, whoever brings it how often."""

import asyncio
import contextlib
import errno
import hashlib
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.store.archive.seal import Seal
from appliance.store.disk import Disk, full_disk_refused
from appliance.store.snapshot.layout import Layout
from tests.boxes import ADMIN, Boxes
from tests.people import PASSWORD, People, Person

ASK = {"password": ADMIN[1]}


async def exported(people: People, **wish: Any) -> bytes:
    await people.admin.post("/api/stable", {"include_flagged": True})
    url = (await people.admin.post("/api/export", {**ASK, **wish})).json["url"]
    return (await Person(people.box).get("/" + url.partition("://")[2].partition("/")[2])).content


async def brought(admin: Person, data: bytes) -> Any:
    """Sent, and looked at to the end."""
    answer = await admin.post("/api/import", data, {"Content-Type": "application/zip"})
    assert answer.status == 202, answer.text
    return await settled(admin, "checking")


async def settled(admin: Person, *under_way: str) -> Any:
    async with asyncio.timeout(20):
        while (state := (await admin.get("/api/import")).json)["stage"] in under_way:
            await asyncio.sleep(0.01)
    return state


async def merged(admin: Person, data: bytes, *, trust: bool = True) -> Any:
    state = await brought(admin, data)
    assert state["stage"] == "waiting", state
    answer = await admin.post("/api/import/merge", {**ASK, "trust": trust})
    assert answer.status == 202, answer.text
    return await settled(admin, "merging")


def resigned(
    data: bytes, maker: Path, change: Callable[[dict[str, Any]], None] = lambda about: None, **files: bytes
) -> bytes:
    """The same files, but for `files` (without their ending), under another manifest, signed by that box."""
    old, made = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    about = json.loads(old.read("manifest.json"))
    there = {name: files.get(name.partition(".")[0], old.read(name)) for name in old.namelist()[:-2]}
    for entry in about["entries"]:
        body = there[entry["path"]]
        entry["size"], entry["sha256"] = len(body), hashlib.sha256(body).hexdigest()
    change(about)
    seal = Seal(Layout(maker))
    raw = json.dumps(about).encode()
    with zipfile.ZipFile(made, "w") as new:
        for name, body in there.items():
            new.writestr(name, body)
        new.writestr("manifest.json", raw)
        new.writestr("manifest.sig", seal.sign(raw))
    return made.getvalue()


@pytest.fixture
def other(runner: asyncio.Runner, boxes: Boxes) -> Iterator[People]:
    """Box C: its own administrator, its own ana; no beto."""
    box = runner.run(boxes.claimed(data=boxes.folder / "other"))
    group = People(box)

    async def gather() -> None:
        await group.admin.sign_in()
        account = {"username": "ana", "role": "cliente", "name": "Ana de aquí", "password": PASSWORD}
        assert (await group.admin.post("/api/users", account)).status == 201
        await group.ana.sign_in()

    runner.run(gather())
    yield group
    runner.run(group.leave())


async def history(person: Person, room: str = "r_general") -> list[tuple[str, str]]:
    items = (await person.get(f"/api/rooms/{room}/messages?limit=100")).json["items"]
    return [(one["from"]["name"], one["body"]) for one in items]


async def lived(people: People) -> dict[str, Any]:
    """Box A, before its archive is made."""
    report = (await people.ana.put("/api/uploads/informe.pdf", b"%PDF-1.4 informe")).json
    await people.ana.post("/api/rooms/r_general/messages", {"body": "hola", "files": [report["id"]]})
    second = await people.beto.post("/api/rooms/r_general/messages", {"body": "qué tal", "reply_to": 1})
    assert second.status == 201, second.text
    plans = (
        await people.ana.post("/api/rooms", {"name": "Planes", "kind": "private", "code": "abrete"})
    ).json
    await people.ana.post(f"/api/rooms/{plans['id']}/messages", {"body": "en secreto"})
    return {"report": report, "plans": plans}


async def test_a_life_joins_another_life_once(people: People, other: People) -> None:
    things = await lived(people)
    await other.ana.post("/api/rooms/r_general/messages", {"body": "ya estaba"})
    data = await exported(people)
    socket = await other.ana.connect()

    state = await brought(other.admin, data)
    assert state["stage"] == "waiting"
    about = state["archive"]
    assert (about["signer"], about["name"], about["counts"]["messages"]) == ("unknown", "PiChat", 3)
    assert await history(other.ana) == [("Ana de aquí", "ya estaba")]  # nothing changes before the word
    refused = await other.admin.post("/api/import/merge", ASK)
    assert (refused.status, refused.json["error"]["params"]["reason"]) == (409, "untrusted")

    state = await merged(other.admin, data)
    assert (state["stage"], state["problem"]) == ("done", None)
    result = state["result"]
    assert (result["files"], result["messages"], result["rooms"], result["lost"]) == (1, 3, 1, 0)
    assert (result["people"], result["strangers"]) == (2, 2)  # marta and ana by name; beto and uma
    assert await history(other.ana) == [
        ("Ana de aquí", "ya estaba"),
        ("Ana", "hola"),  # as it was written there
        ("Beto", "qué tal"),
    ]
    items = (await other.ana.get("/api/rooms/r_general/messages")).json["items"]
    assert [one["seq"] for one in items] == [1, 2, 3]
    assert items[1]["from"]["id"] == other.ana.me["id"]
    assert items[2]["reply_to"] == 2
    assert items[1]["files"][0]["id"] == things["report"]["id"]
    assert await history(other.ana, things["plans"]["id"]) == [("Ana", "en secreto")]
    got = await other.ana.get(f"/api/uploads/{things['report']['id']}/content")
    assert got.content == b"%PDF-1.4 informe"
    assert (await socket.wait(lambda frame: frame.get("body") == "hola"))["room"] == "r_general"
    assert list((other.box.settings.data / "archives").iterdir()) == []

    again = await merged(other.admin, data, trust=False)  # known from now on
    assert again["archive"]["signer"] == "known"
    assert {key: again["result"][key] for key in ("files", "messages", "rooms")} == {
        "files": 0,
        "messages": 0,
        "rooms": 0,
    }
    assert len(await history(other.ana)) == 3
    audit = (await other.admin.get("/api/audit")).json["items"]
    assert [one["action"] for one in audit].count("imported") == 2


async def test_what_was_decided_here_stays_decided(people: People, other: People) -> None:
    things = await lived(people)
    bad = (await people.admin.put("/api/uploads/virus.pdf", b"%PDF-1.4 virus")).json
    program = (await people.admin.put("/api/uploads/x.exe", b"MZ" + bytes(200))).json
    assert (await people.admin.post(f"/api/uploads/{things['report']['id']}/release")).status < 300
    data = await exported(people)
    mine = (await other.admin.put("/api/uploads/otro.pdf", b"%PDF-1.4 virus")).json
    assert (await other.admin.post(f"/api/uploads/{mine['id']}/reject")).status < 300
    result = (await merged(other.admin, data))["result"]
    assert (result["files"], result["left_out"]) == (1, 1)
    for one in (bad, program):
        assert (await other.admin.get(f"/api/uploads/{one['id']}")).status == 404
    came = (await other.admin.get(f"/api/uploads/{things['report']['id']}")).json
    assert came["state"] == "quarantined"  # whoever released it did so elsewhere


async def test_who_and_what_is_gone_here_does_not_come_again(people: People, other: People) -> None:
    things = await lived(people)
    forum = (await people.admin.post("/api/rooms", {"name": "Foro", "kind": "public"})).json["id"]
    assert (await people.ana.post(f"/api/rooms/{forum}/join")).status == 200
    await people.ana.post(f"/api/rooms/{forum}/messages", {"body": "mucho ruido"})
    data = await exported(people)
    await merged(other.admin, data)
    assert await history(other.ana, forum) == [("Ana", "mucho ruido")]
    items = (await other.ana.get("/api/rooms/r_general/messages")).json["items"]
    gone = [items[1]["id"], things["report"]["id"], things["plans"]["id"]]
    assert (await other.admin.post("/api/erase", {"ids": gone})).status == 200
    banned = {"user": other.ana.me["id"], "reason": "ruido"}
    assert (await other.admin.post(f"/api/rooms/{forum}/bans", banned)).status == 204
    result = (await merged(other.admin, data))["result"]
    assert (result["files"], result["messages"], result["rooms"]) == (0, 0, 0)
    items = (await other.admin.get("/api/rooms/r_general/messages")).json["items"]
    assert [(one["body"], bool(one.get("deleted"))) for one in items] == [("hola", False), ("", True)]
    assert (await other.admin.get(f"/api/uploads/{things['report']['id']}")).status == 404
    assert (await other.ana.get(f"/api/rooms/{things['plans']['id']}")).status == 404
    assert (await other.ana.post(f"/api/rooms/{forum}/join")).status == 404  # there is no such room for her
    assert (await other.admin.delete(f"/api/rooms/{forum}")).status < 300  # and when the room comes back
    assert (await merged(other.admin, data))["result"]["rooms"] == 1
    assert (await other.admin.get(f"/api/rooms/{forum}")).status == 200
    assert (await other.ana.post(f"/api/rooms/{forum}/join")).status == 404


async def test_back_into_the_box_that_made_it(people: People) -> None:
    things = await lived(people)
    data = await exported(people)
    assert (await people.ana.delete(f"/api/rooms/{things['plans']['id']}")).status < 300
    state = await merged(people.admin, data, trust=False)
    assert (state["archive"]["signer"], state["stage"]) == ("own", "done")
    assert state["result"]["rooms"] == 1
    assert await history(people.ana, things["plans"]["id"]) == [("Ana", "en secreto")]
    assert len(await history(people.ana)) == 2


def spoiled(data: bytes, name: str) -> bytes:
    """One byte of one entry is another one."""
    info = zipfile.ZipFile(io.BytesIO(data)).getinfo(name)
    at = info.header_offset + 30 + len(name.encode()) + info.file_size // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def with_entry(data: bytes, name: str, link: bool = False) -> bytes:
    made = io.BytesIO(data)
    with zipfile.ZipFile(made, "a") as more:
        info = zipfile.ZipInfo(name)
        info.external_attr = (0o120777 if link else 0o100644) << 16
        more.writestr(info, b"x")
    return made.getvalue()


async def test_whatever_is_wrong_is_said_and_changes_nothing(people: People, other: People) -> None:
    await lived(people)
    data, a = await exported(people), people.box.settings.data
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("manifest.json", b" " * (100 * 1024 * 1024))

    def longer(about: dict[str, Any]) -> None:
        about["entries"][0]["size"] += 1

    cases = {
        "not_an_archive": b"hello",
        "truncated": data[:-100],
        "manifest manifest.json": bomb.getvalue(),
        "changed archivos/informe.pdf": spoiled(data, "archivos/informe.pdf"),
        "changed content.db": spoiled(data, "content.db"),
        "changed manifest.json": spoiled(data, "manifest.json"),
        "paths ../../etc/passwd": with_entry(data, "../../etc/passwd"),
        "paths /etc/passwd": with_entry(data, "/etc/passwd"),
        "paths liga": with_entry(data, "liga", link=True),
        "unlisted mas.txt": with_entry(data, "mas.txt"),
        "changed LEEME.html": resigned(data, a, longer),
        "missing nada": resigned(data, a, lambda about: about["entries"][0].update(path="nada")),
        "newer": resigned(data, a, lambda about: about.update(format=2, entries=7)),
        "newer ": resigned(data, a, lambda about: about.update(schema=99)),
        "signature": resigned(data, a, lambda about: about["box"].update(id="b_0000")),
        "signature ": resigned(data, other.box.settings.data, lambda about: None),
    }
    for said, wrong in cases.items():
        state = await brought(other.admin, wrong)
        assert state["stage"] == "failed", said
        params = state["problem"]["params"]
        assert f"{params['reason']} {params.get('name', '')}".strip() == said.strip()
        assert (await other.admin.post("/api/import/merge", {**ASK, "trust": True})).status == 409
        left = other.box.settings.data / "archives"
        assert list(left.iterdir()) == [], said
    assert await history(other.ana) == []


def emptied(data: bytes) -> bytes:
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE other (id TEXT)")
        return db.serialize()


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "half": lambda data: data[: len(data) // 2],
    "nothing": lambda data: b"",
    "no database": lambda data: b"x" * len(data),
    "another database": emptied,
    "noise": lambda data: data[:4096] + bytes(range(256)) * ((len(data) - 4096) // 256),
    "one page": lambda data: data[:4096] + b"\xff" * 4096 + data[8192:],
}


@pytest.mark.parametrize("name", ["content", "box"])
@pytest.mark.parametrize("how", BROKEN)
async def test_a_database_that_is_broken_under_a_good_signature(
    people: People, other: People, name: str, how: str
) -> None:
    await lived(people)
    data = await exported(people)
    whole = zipfile.ZipFile(io.BytesIO(data)).read(f"{name}.db")
    changed: dict[str, Any] = {name: BROKEN[how](whole)}
    wrong = resigned(data, people.box.settings.data, **changed)
    state = await merged(other.admin, wrong)
    assert (state["stage"], state["kept"]) == ("failed", False)
    assert state["problem"]["code"] == "bad_request"
    assert state["problem"]["params"] == {"field": "archive", "reason": "database", "name": f"{name}.db"}
    assert await history(other.ana) == []
    assert list((other.box.settings.data / "archives").iterdir()) == []
    assert (await merged(other.admin, data))["stage"] == "done"  # nothing of it stands in the way


class Full(Disk):
    """No room for what has to be laid beside."""

    def make(self, path: Path, maker: Callable[[Path], None], mode: int = 0o600) -> None:
        with full_disk_refused():
            raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("again", [True, False])
async def test_a_merge_that_failed_need_not_be_sent_again(people: People, other: People, again: bool) -> None:
    await lived(people)
    data = await exported(people)
    store = other.box.store
    store.disk = Full()
    state = await merged(other.admin, data)
    assert (state["stage"], state["problem"]["code"], state["kept"]) == ("failed", "no_space", True)
    assert [path.name for path in store.layout.archives.iterdir()] == ["import.zip"]
    assert await history(other.ana) == []
    store.disk = Disk()
    if not again:
        assert (await other.admin.delete("/api/import")).status == 204
        assert list(store.layout.archives.iterdir()) == []
    answer = await other.admin.post("/api/import/merge", {**ASK, "trust": True})
    assert answer.status == (202 if again else 409)
    state = await settled(other.admin, "merging")
    assert (state["stage"], state["problem"], state["kept"]) == ("done" if again else "none", None, False)
    assert len(await history(other.ana)) == (2 if again else 0)


async def test_what_is_refused_before_and_after(people: People, other: People) -> None:
    data = await exported(people)
    assert (await other.admin.get("/api/import")).json["stage"] == "none"
    wrong = await other.admin.post("/api/import/merge", {"password": "otra cosa"})
    assert (wrong.status, wrong.code) == (403, "wrong_password")
    nothing = await other.admin.post("/api/import/merge", ASK)
    assert (nothing.status, nothing.json["error"]["params"]["reason"]) == (409, "nothing_waits")
    await brought(other.admin, data)
    assert (await other.admin.delete("/api/import")).status == 204
    assert (await other.admin.get("/api/import")).json["stage"] == "none"
    assert list((other.box.settings.data / "archives").iterdir()) == []


async def test_two_people_have_one_room_of_their_own(people: People, other: People) -> None:
    theirs = (
        await people.ana.post("/api/rooms", {"kind": "direct", "members": [people.admin.me["id"]]})
    ).json
    assert (await people.ana.post(f"/api/rooms/{theirs['id']}/messages", {"body": "de allí"})).status == 201
    apart = (await people.beto.post("/api/rooms", {"kind": "direct", "members": [people.uma.me["id"]]})).json
    await people.beto.post(f"/api/rooms/{apart['id']}/messages", {"body": "de nadie de aquí"})
    ours = (await other.ana.post("/api/rooms", {"kind": "direct", "members": [other.admin.me["id"]]})).json
    await other.ana.post(f"/api/rooms/{ours['id']}/messages", {"body": "de aquí"})
    state = await merged(other.admin, await exported(people))
    assert (state["result"]["messages"], state["result"]["rooms"]) == (1, 0)
    assert await history(other.ana, ours["id"]) == [("Ana de aquí", "de aquí"), ("Ana", "de allí")]
    assert (await other.admin.get(f"/api/rooms/{theirs['id']}")).status == 404


@pytest.mark.parametrize("same_boot", [True, False])
async def test_what_a_crash_interrupted_goes_on_in_the_same_boot(
    people: People, other: People, boxes: Boxes, same_boot: bool
) -> None:
    await lived(people)
    data = await exported(people)
    box = other.box
    await other.leave()
    await boxes.stop(box)
    archives = box.settings.data / "archives"
    archives.mkdir(exist_ok=True)
    (archives / "import.zip").write_bytes(data)
    agreed = {"epoch": box.services.epoch, "by": "u_x", "name": "Marta", "trust": True}
    (archives / "import.json").write_text(json.dumps(agreed))
    if not same_boot:
        boxes.new_boot()
    box = await boxes.start(data=box.settings.data)
    admin = await Person(box, *ADMIN).sign_in()
    state = await settled(admin, "checking", "waiting", "merging")
    assert state["stage"] == ("done" if same_boot else "none")
    assert len(await history(admin)) == (2 if same_boot else 0)
    assert list(archives.iterdir()) == []
    await admin.leave()


async def test_a_word_that_cannot_be_written_down_leaves_it_waiting(
    people: People, other: People, expect_log: Any
) -> None:
    await brought(other.admin, await exported(people))
    in_the_way = other.box.settings.data / "archives" / "import.json"
    in_the_way.mkdir()
    expect_log("an upload could not be kept")
    refused = await other.admin.post("/api/import/merge", {**ASK, "trust": True})
    assert (refused.status, refused.code) == (500, "internal")
    assert (await other.admin.get("/api/import")).json["stage"] == "waiting"
    in_the_way.rmdir()
    assert (await other.admin.post("/api/import/merge", {**ASK, "trust": True})).status == 202
    assert (await settled(other.admin, "merging"))["stage"] == "done"


async def test_a_sender_who_goes_away_leaves_nothing(people: People, box: Any) -> None:
    data = await exported(people)
    head = (
        f"POST /api/import HTTP/1.1\r\nHost: 127.0.0.1:{box.port}\r\nContent-Type: application/zip\r\n"
        f"Authorization: Bearer {people.admin.token}\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    _, writer = await asyncio.open_connection("127.0.0.1", box.port)
    writer.write(head.encode() + data[: len(data) // 2])
    async with asyncio.timeout(20):
        while (await people.admin.get("/api/import")).json["done"] == 0:
            await asyncio.sleep(0.01)
    assert (await people.admin.delete("/api/import")).code == "conflict"
    writer.close()
    assert (await settled(people.admin, "receiving"))["stage"] == "none"
    assert list((box.settings.data / "archives").glob("import*")) == []
    assert (await brought(people.admin, data))["stage"] == "waiting"
