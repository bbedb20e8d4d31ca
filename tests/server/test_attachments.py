"""Files that come with messages: who may bring them to a room, and that nobody outside it knows of them."""

import base64
from typing import Any

import pytest

from appliance.store import files
from tests.boxes import Boxes
from tests.clocks import DAY
from tests.people import Answer, People, Person
from tests.samples import PNG
from tests.server.tus_client import Tus, metadata
from tests.visitors import enter, made

GENERAL, WHY = "r_general", "guests_attach"
WEBM = (
    b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm"
    + bytes(64)
)
OGG = b"OggS\0\x02" + bytes(20) + b"\x01\x13OpusHead\x01\x01" + bytes(64)
M4A = b"\0\0\0\x1cftypM4A \0\0\x02\0M4A isomiso2" + bytes(64)
MP3 = b"ID3\x04" + bytes(6) + b"\xff\xfb\x90\x64" + bytes(400)
WAV = (
    b"RIFF\x44\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x20\0\0\0"
    + bytes(32)
)


async def put(person: Person, room: str, name: str = "foto.png", body: bytes = PNG) -> Answer:
    return await person.put(f"/api/uploads/{name}?for={room}", body)


async def sent(person: Person, room: str, name: str = "foto.png", body: bytes = PNG) -> dict[str, Any]:
    """Brought and said."""
    file = (await put(person, room, name, body)).json
    answer = await person.post(f"/api/rooms/{room}/messages", {"files": [file["id"]]})
    assert answer.status == 201, answer.text
    return dict(answer.json)


async def content(person: Person, file: str) -> int:
    return (await person.get(f"/api/uploads/{file}/content")).status


async def group(people: People) -> str:
    """Of Ana and Uma, who may not upload otherwise."""
    return str((await made(people.ana, members=[people.uma.me["id"]]))["id"])


async def test_a_usuario_sends_a_picture_though_the_area_refuses_her(people: People) -> None:
    room = await group(people)
    ana = await people.ana.connect()
    assert (await people.uma.put("/api/uploads/foto.png", PNG)).code == "forbidden"
    file = (await put(people.uma, room)).json
    assert (file["room"], file["state"], file["public_url"]) == (room, "quarantined", None)
    assert await content(people.ana, file["id"]) == 404, "before it is sent it is its owner's alone"
    assert await content(people.uma, file["id"]) == 200
    said = await people.uma.post(f"/api/rooms/{room}/messages", {"body": "look", "files": [file["id"]]})
    assert said.status == 201
    (told,) = (await ana.wait("message"))["files"]
    assert (told["id"], told["width"], told["height"]) == (file["id"], 1, 1)
    assert await content(people.ana, file["id"]) == 200
    assert (await people.ana.get(f"/api/uploads/{file['id']}")).json["owner"]["name"] == "Uma"


async def test_nobody_outside_the_room_knows_of_it(people: People) -> None:
    room = await group(people)
    beto = await people.beto.connect()
    file = (await sent(people.uma, room))["files"][0]["id"]
    for person in (people.beto, people.admin):
        for method, path, body in (
            ("GET", "", None),
            ("GET", "/content", None),
            ("GET", "/thumbnail", None),
            ("POST", "/link", {}),
            ("PATCH", "", {"name": "mine.png"}),
            ("POST", "/release" if person is people.admin else "/link", {}),
            ("POST", "/reject" if person is people.admin else "/link", {}),
            ("DELETE", "", None),
        ):
            answer = await person.request(method, f"/api/uploads/{file}{path}", body)
            assert answer.status == 404, (method, path)
        assert (await person.post("/api/uploads/zip", {"ids": [file]})).status == 404
        other = await person.post(f"/api/rooms/{GENERAL}/messages", {"files": [file]})
        assert other.status == 404
        here = {"sha256": (await people.uma.get(f"/api/uploads/{file}")).json["sha256"], "name": "a.png"}
        assert (await person.post("/api/uploads/here", here)).status == 204, "nor whether the bytes are here"
        for query in ("", "?q=foto", "?state=quarantined", f"?owner={people.uma.me['id']}"):
            listed = (await person.get(f"/api/uploads{query}")).json["items"]
            assert [one for one in listed if one["id"] == file] == [], query
        assert (await person.get("/api/search?q=foto")).json["items"] == []
        assert (await person.get(f"/api/uploads?room={room}")).status == 404
    await beto.ask({"type": "ping"})
    assert "upload" not in [beto.frames.get_nowait()["type"] for _ in range(beto.frames.qsize())]
    linked = await people.uma.post(f"/api/uploads/{file}/link")
    assert linked.json["error"]["params"]["reason"] == "room"
    assert (await people.uma.post(f"/api/rooms/{GENERAL}/messages", {"files": [file]})).status == 404
    assert [one["id"] for one in (await people.ana.get(f"/api/uploads?room={room}")).json["items"]] == [file]
    (found,) = (await people.ana.get("/api/search?q=foto")).json["items"]
    assert (found["kind"], found["file"]["id"]) == ("file", file)


async def test_who_may_not_speak_there_may_not_bring_anything(people: People) -> None:
    room = await group(people)
    assert (await put(people.beto, room)).status == 404
    assert (await put(people.admin, room)).status == 404
    assert (await put(people.beto, "r_none")).status == 404
    public = (await made(people.ana, kind="public", code=None))["id"]
    assert (await put(people.uma, public)).json["error"]["params"]["action"] == "send"
    quick = (await made(people.ana, ephemeral=True, members=[people.uma.me["id"]]))["id"]
    refused = (await put(people.uma, quick)).json["error"]
    assert refused["params"] == {"field": "for", "reason": "ephemeral"}
    path = f"/api/rooms/{room}"
    await people.ana.patch(path, {"announcement": True})
    assert (await put(people.uma, room)).json["error"]["params"]["action"] == "announce"
    await people.ana.patch(path, {"announcement": False})
    until = {"muted_until": 1 << 45}
    await people.ana.request("PUT", f"{path}/members/{people.uma.me['id']}", until)
    assert (await put(people.uma, room)).code == "muted"
    await people.ana.patch(path, {"archived": True})
    assert (await put(people.ana, room)).json["error"]["params"]["reason"] == "archived"


async def test_each_door_takes_them(people: People) -> None:
    room = await group(people)
    boundary = b"--x\r\nContent-Disposition: form-data; name=file; filename=nota.txt\r\n\r\nhola\r\n--x--\r\n"
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await people.uma.request("POST", f"/api/uploads?for={room}", boundary, form)
    assert (answer.status, answer.json["room"]) == (201, room)
    assert (await people.uma.request("POST", "/api/uploads", boundary, form)).status == 403
    words = {"filename": b"larga.txt", "for": room.encode()}
    metadata = ",".join(f"{key} {base64.b64encode(value).decode()}" for key, value in words.items())
    head = {"Tus-Resumable": "1.0.0", "Upload-Length": "6", "Upload-Metadata": metadata}
    begun = await people.uma.request("POST", "/api/uploads/tus", b"", head)
    assert begun.status == 201, begun.text
    for offset, piece in ((0, b"abc"), (3, b"def")):
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
        }
        gone_on = await people.uma.request("PATCH", begun.headers["Location"], piece, headers)
        assert gone_on.status == 204, gone_on.text
    file = (await people.uma.get(f"/api/uploads/{gone_on.headers['Upload-File']}")).json
    assert (file["name"], file["room"], file["size"]) == ("larga.txt", room, 6)
    foreign = await people.beto.request("POST", "/api/uploads/tus", b"", head)
    assert foreign.status == 404


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("voz.webm", WEBM, "video/webm"),
        ("voz.weba", WEBM, "audio/webm"),
        ("voz.m4a", M4A, "audio/mp4"),
        ("voz.ogg", OGG, "audio/ogg"),
        ("voz.mp3", MP3, "audio/mpeg"),
        ("voz.wav", WAV, "audio/wav"),
    ],
)
async def test_voice_notes_play_in_place(people: People, name: str, body: bytes, kind: str) -> None:
    room = await group(people)
    said = await sent(people.uma, room, name, body)
    (file,) = said["files"]
    assert (file["type"], file["scan"]) == (kind, "unscanned")
    heard = await people.ana.get(f"/api/uploads/{file['id']}/content?inline=1")
    assert (heard.status, heard.headers["Content-Type"], heard.content) == (200, kind, body)
    assert heard.headers["Content-Disposition"].startswith("inline")


async def test_what_may_come_and_how_large(boxes: Boxes) -> None:
    box = await boxes.claimed(attach_max_bytes=1000, upload_max_bytes=2000)
    people = People(box)
    await people.gather()
    room = await group(people)
    allowed = (await people.uma.get(f"/api/uploads/types/allowed?for={room}")).json
    assert (allowed["max_bytes"], "m4a" in allowed["extensions"]) == (1000, True)
    assert "m4a" not in (await people.uma.get("/api/uploads/types/allowed")).json["extensions"]
    assert (await put(people.uma, room, "a.txt", b"x" * 1001)).json["error"]["params"]["maximum"] == 1000
    assert (await put(people.uma, room, "a.exe", b"MZ")).code == "bad_type"
    assert (await put(people.ana, room, "a.txt", b"x" * 1001)).status == 201
    assert (await put(people.ana, room, "a.txt", b"x" * 2001)).code == "too_large"
    await people.leave()


async def test_guests_when_the_box_lets_them(boxes: Boxes) -> None:
    box = await boxes.claimed(guests_attach=True)
    people = People(box)
    await people.gather()
    room, other = await made(people.ana), await made(people.ana)
    gus = await enter(box, room["code"], "Gus")
    assert "attach" not in (await gus.connect()).welcome["limits"]
    eva = await enter(box, other["code"], "Eva")
    said = await sent(gus, room["id"])
    file = said["files"][0]["id"]
    assert [await content(one, file) for one in (gus, people.ana, people.beto, eva)] == [200, 200, 404, 404]
    assert (await put(gus, other["id"])).status == 403
    assert (await gus.put("/api/uploads/foto.png", PNG)).status == 403
    mine = (await people.ana.put("/api/uploads/plan.txt", b"plan")).json["id"]
    assert await content(gus, mine) == 404
    await people.ana.post(f"/api/rooms/{room['id']}/messages", {"files": [mine]})
    assert [await content(gus, mine), await content(eva, mine)] == [200, 404]
    for one in (gus, eva):
        await one.leave()
    await people.leave()


async def test_guests_when_it_does_not(people: People, box: Any) -> None:
    room = await made(people.ana)
    gus = await enter(box, room["code"], "Gus")
    assert (await gus.connect()).welcome["limits"]["attach"] is False
    refused = (await put(gus, room["id"])).json["error"]
    assert (refused["code"], refused["params"]) == ("forbidden", {"action": "attach", "reason": WHY})
    file = (await sent(people.ana, room["id"]))["files"][0]["id"]
    assert await content(gus, file) == 200
    await gus.leave()


async def test_what_is_held_back_is_for_those_who_decide(people: People) -> None:
    """A page that calls itself a picture: only the reviewers see it, until they say what it is."""
    room = await group(people)
    said = await sent(people.uma, room, "foto.png", b"<html><script>x</script></html>")
    (file,) = said["files"]
    assert file["scan"] == "flagged"
    assert (await people.ana.get(f"/api/uploads/{file['id']}/content")).code == "quarantined"
    (waiting,) = (await people.admin.get("/api/uploads?state=quarantined&scan=flagged")).json["items"]
    assert waiting["id"] == file["id"]
    assert await content(people.admin, file["id"]) == 200
    assert (await people.admin.post(f"/api/uploads/{file['id']}/release")).json["state"] == "released"
    assert await content(people.ana, file["id"]) == 200
    assert await content(people.admin, file["id"]) == 404


async def test_a_message_that_is_taken_back_takes_its_files_along(people: People, box: Any) -> None:
    room = await group(people)
    said = await sent(people.uma, room)
    file = said["files"][0]["id"]
    twice = await people.uma.post(f"/api/rooms/{room}/messages", {"files": [file]})
    path = f"/api/rooms/{room}/messages"
    await people.uma.delete(f"{path}/{said['seq']}")
    assert await content(people.ana, file) == 200, "another message has it too"
    await people.ana.delete(f"{path}/{twice.json['seq']}")
    assert [await content(one, file) for one in (people.ana, people.uma)] == [404, 404]
    lasting = box.services.lasting
    assert len(list((box.store.live / "blobs").rglob("*.*"))) <= 1
    await lasting.leftovers.sweep(lasting.filed.arrivals.discard)
    assert [one for one in (box.store.live / "blobs").rglob("*") if one.is_file()] == []


async def test_a_room_that_ends_takes_its_files_along(people: People, box: Any) -> None:
    room = await group(people)
    file = (await sent(people.uma, room))["files"][0]["id"]
    draft = (await put(people.uma, room, "draft.txt", b"never sent")).json["id"]
    await people.ana.delete(f"/api/rooms/{room}")
    assert [await content(people.uma, one) for one in (file, draft)] == [404, 404]
    lasting = box.services.lasting
    await lasting.leftovers.sweep(lasting.filed.arrivals.discard)
    assert [one for one in (box.store.live / "blobs").rglob("*") if one.is_file()] == []


async def test_what_was_never_sent_goes_after_a_day_of_running_time(people: People, boxes: Boxes) -> None:
    """A clock that is put right makes nothing old: it may be about to be sent."""
    box = people.box
    room, lasting = await group(people), box.services.lasting
    draft = (await put(people.uma, room, "draft.txt", b"never sent")).json["id"]

    async def is_there() -> bool:
        await lasting.leftovers.sweep(lasting.filed.arrivals.discard)
        return await box.store.content.read(lambda db: files.find(db, draft)) is not None

    assert await is_there()
    boxes.clock.wall += 400 * DAY
    assert await is_there()
    boxes.clock.pass_by(DAY - 60)
    assert await is_there()
    boxes.clock.pass_by(120)
    assert not await is_there()
    assert [one for one in (box.store.live / "blobs").rglob("*") if one.is_file()] == []


async def test_uploads_that_go_on_ask_again_at_the_end(boxes: Boxes) -> None:
    """A guest's goes on with the guest's session; who was shown out meanwhile brings nothing."""
    box = await boxes.claimed(guests_attach=True)
    people = People(box)
    await people.gather()
    room = await made(people.ana, members=[people.uma.me["id"]])
    gus = await enter(box, room["code"], "Gus")
    words = metadata(filename="nota.txt", **{"for": room["id"]})
    begun = {
        person: await Tus(person).begun(6, b"abc", Upload_Metadata=words) for person in (gus, people.uma)
    }
    whole = await Tus(gus).patch(begun[gus], 3, b"def")
    assert whole.status == 204
    file = whole.headers["Upload-File"]
    assert (await gus.post(f"/api/rooms/{room['id']}/messages", {"files": [file]})).status == 201
    assert await content(people.uma, file) == 200
    await people.ana.delete(f"/api/rooms/{room['id']}/members/{people.uma.me['id']}")
    assert (await Tus(people.uma).patch(begun[people.uma], 3, b"def")).status == 404
    assert await content(people.uma, file) == 404
    assert (await Tus(people.uma).head(begun[people.uma])).status == 404, "nothing of it is left"
    await gus.leave()
    await people.leave()
