"""What people do with files that are here: rename, describe, keep, delete and have back, have once more."""

import hashlib
import os
from typing import Any

from appliance.store import audit
from tests.boxes import ADMIN, Boxes
from tests.people import People, Person
from tests.server.sending import bodies, nothing_left


async def sent(person: Person, name: str = "a.txt", body: bytes = b"hola") -> dict[str, Any]:
    answer = await person.put(f"/api/uploads/{name}", body)
    assert answer.status == 201, answer.text
    return dict(answer.json)


async def names(person: Person, query: str = "") -> list[str]:
    return [file["name"] for file in (await person.get(f"/api/uploads{query}")).json["items"]]


async def test_a_file_is_renamed_described_and_kept(people: People) -> None:
    uma = await people.uma.connect()
    file = await sent(people.ana, "acta.txt")
    path = f"/api/uploads/{file['id']}"
    await uma.wait("upload")
    wish = {"name": "../Acta de mayo.txt", "description": " La primera.\nCon dos líneas. ", "keep": True}
    answer = await people.ana.patch(path, wish)
    assert answer.status == 200
    changed = answer.json
    assert (changed["name"], changed["keep"]) == ("Acta de mayo.txt", True)
    assert changed["description"] == "La primera.\nCon dos líneas."
    assert (await uma.wait("upload"))["id"] == file["id"]
    assert (await people.uma.get(path)).json == {**changed, "public_url": changed["public_url"]}
    assert await names(people.uma, "?q=mayo") == ["Acta de mayo.txt"]
    assert (await people.ana.patch(path, {"description": ""})).json["description"] == ""
    for wrong in ({"name": "acta.pdf"}, {"name": "acta"}, {"name": 4}, {"keep": "yes"}):
        assert (await people.ana.patch(path, wrong)).status == 400, wrong
    assert (await people.ana.patch(path, {"description": "x" * 1001})).code == "too_large"
    for other in (people.beto, people.uma):
        assert (await other.patch(path, {"name": "b.txt"})).code == "forbidden"
        assert (await other.patch(path, {"keep": False})).code == "forbidden"
    assert (await people.admin.patch(path, {"name": "b.txt", "keep": False})).status == 200
    assert (await people.admin.patch("/api/uploads/f_x", {})).status == 404
    assert (await people.admin.post(f"{path}/release")).status == 200
    assert (await people.ana.patch(path, {"name": "c.txt"})).code == "forbidden"  # somebody has looked at it


async def test_a_deletion_can_be_undone_by_who_did_it(people: People, box: Any) -> None:
    uma = await people.uma.connect()
    file = await sent(people.ana)
    path = f"/api/uploads/{file['id']}"
    assert (await people.admin.delete(path)).status == 204
    assert await names(people.uma) == []
    assert (await people.ana.get(path)).status == 404
    assert (await people.ana.get(f"{path}/content")).status == 404
    assert (await people.ana.post(f"{path}/restore")).status == 404  # not hers to undo
    back = await people.admin.post(f"{path}/restore")
    assert (back.status, back.json["id"]) == (200, file["id"])
    assert (await people.uma.get(f"{path}/content")).content == b"hola"
    assert (await people.admin.post(f"{path}/restore")).status == 404
    for state in ("quarantined", "deleted", "quarantined"):
        assert (await uma.wait("upload"))["state"] == state
    assert (await people.ana.delete(path)).status == 204
    box.store.discard(file["sha256"])  # whoever else looks for bodies without a row
    assert (await people.ana.post(f"{path}/restore")).status == 200
    assert (await people.uma.get(f"{path}/content")).content == b"hola"


async def test_it_can_be_undone_when_the_last_save_that_had_it_goes(people: People, boxes: Boxes) -> None:
    """Its bytes are a generation's alone: they came in a session of before."""
    file = await sent(people.ana)
    assert (await people.admin.post("/api/stable", {})).status == 201
    boxes.new_boot()
    people.box = await boxes.again(people.box)
    admin = await Person(people.box, *ADMIN).sign_in()
    path = f"/api/uploads/{file['id']}"
    assert (await admin.delete(path)).status == 204
    assert (await admin.post("/api/stable", {})).status == 201
    assert (await admin.delete("/api/stable/1")).status == 204
    assert (await admin.post(f"{path}/restore")).status == 200
    assert (await admin.get(f"{path}/content")).content == b"hola"
    assert (await admin.delete(path)).status == 204
    assert await people.box.services.keeping.forget_deleted() is None
    assert (await admin.post("/api/stable", {})).status == 201
    assert (await admin.delete("/api/stable/2")).status == 204
    assert list(people.box.store.layout.blobs.glob("??/*")) == []
    await admin.leave()


async def test_the_bytes_go_when_it_cannot_be_undone_any_more(boxes: Boxes) -> None:
    box = await boxes.claimed(undo_seconds=1)
    admin = await People(box).admin.sign_in()
    file = await sent(admin)
    await admin.delete(f"/api/uploads/{file['id']}")
    assert len(bodies(box)) == 1
    await nothing_left(box)
    assert (await admin.post(f"/api/uploads/{file['id']}/restore")).status == 404
    await admin.leave()


async def test_one_sees_ones_own(people: People) -> None:
    await sent(people.ana, "ana.txt")
    await sent(people.beto, "beto.txt")
    assert await names(people.ana, "?mine=1") == ["ana.txt"]
    assert await names(people.uma, "?mine=1") == []


async def test_a_quota_is_kept_at_every_door(boxes: Boxes) -> None:
    box = await boxes.claimed(quota_bytes=1000)
    people = People(box)
    await people.gather()
    await sent(people.ana, body=bytes(600))
    answer = await people.ana.put("/api/uploads/b.txt", bytes(401))
    assert (answer.status, answer.code) == (507, "no_space")
    said = answer.json["error"]["params"]
    assert (said["reason"], said["left"], said["size"]) == ("quota", 400, 401)
    await sent(people.ana, body=bytes(400))
    assert (await people.ana.put("/api/uploads/b.txt", b"x")).status == 507
    await sent(people.beto, body=bytes(1000))
    await sent(people.admin, body=bytes(5000))
    await people.leave()


async def test_bytes_that_are_here_need_not_be_sent(people: People) -> None:
    body = os.urandom(2500).hex().encode()  # text: raw noise may look like something that is held back
    sha256 = hashlib.sha256(body).hexdigest()
    wish = {"sha256": sha256, "name": "otra.txt"}
    assert (await people.beto.post("/api/uploads/here", wish)).status == 204
    await sent(people.ana, body=body)
    again = await people.beto.post("/api/uploads/here", wish)
    assert again.status == 201
    assert (again.json["name"], again.json["owner"]["name"], again.json["size"]) == ("otra.txt", "Beto", 5000)
    assert (await people.uma.get(f"/api/uploads/{again.json['id']}/content")).content == body
    assert len(bodies(people.box)) == 1
    assert (await people.beto.post("/api/uploads/here", {**wish, "name": "a.pdf"})).status == 204
    assert (await people.beto.post("/api/uploads/here", {**wish, "sha256": "../x"})).status == 204
    # What one may not download is as if it were not here: a hash must not tell who has what.
    held = b"<script>alert(1)</script>"
    await people.admin.put("/api/uploads/b.html", held)
    wish = {"sha256": hashlib.sha256(held).hexdigest(), "name": "b.html"}
    assert (await people.beto.post("/api/uploads/here", wish)).status in (204, 415)
    assert (await people.admin.post("/api/uploads/here", wish)).status == 201


async def test_a_wish_to_keep_is_an_administrators_to_grant(people: People) -> None:
    ana, admin = people.ana, people.admin
    wished, other = await sent(ana, "wished.txt"), await sent(ana, "other.txt", b"otro")
    path = f"/api/uploads/{wished['id']}"
    assert (wished["keep"], wished["approved"]) == (False, None)

    async def marked(person: Person, keep: bool) -> tuple[bool, bool | None]:
        answer = await person.patch(path, {"keep": keep})
        assert answer.status == 200, answer.text
        return answer.json["keep"], answer.json["approved"]

    async def decided(approved: bool) -> tuple[bool, bool | None]:
        answer = await admin.post(f"{path}/keep", {"approved": approved})
        assert answer.status == 200, answer.text
        return answer.json["keep"], answer.json["approved"]

    assert await marked(ana, True) == (True, None)
    assert await names(admin, "?keep=proposed") == ["wished.txt"]
    assert (await ana.post(f"{path}/keep", {"approved": True})).code == "forbidden"
    assert await decided(False) == (True, False)
    assert await marked(ana, False) == (False, False)
    assert await marked(ana, True) == (True, False)  # what was declined stays so
    assert await names(people.uma, "?keep=declined") == ["wished.txt"]
    assert await decided(True) == (True, True)
    assert await names(admin, "?keep=approved") == ["wished.txt"]
    assert await marked(ana, False) == (False, None)
    assert await marked(ana, True) == (True, None)  # a new wish
    assert await marked(admin, False) == (False, None)
    assert await marked(admin, True) == (True, True)
    for wrong in ({}, {"approved": "yes"}):
        assert (await admin.post(f"{path}/keep", wrong)).status == 400
    assert (await admin.post("/api/uploads/f_x/keep", {"approved": True})).status == 404
    assert (await admin.get("/api/uploads?keep=x")).status == 400
    seen = [one["action"] for one in (await admin.get("/api/audit")).json["items"]]
    assert {"keep_approved", "keep_declined"} <= set(seen)
    saved = await admin.post("/api/stable", {"only": {"kept": True}})
    assert (saved.status, saved.json["files"], saved.json["only"]["kept"]) == (201, 1, True)
    assert (await admin.get(f"/api/uploads/{other['id']}")).json["stable"] is False
    assert (await admin.get(path)).json["stable"] is True


async def test_what_is_done_to_anothers_file_is_noted_before_the_answer(people: People, box: Any) -> None:
    file = await sent(people.ana)
    path = f"/api/uploads/{file['id']}"
    for answer in (
        await people.ana.patch(path, {"keep": True}),
        await people.admin.patch(path, {"keep": False}),
    ):
        assert answer.status == 200
    noted = box.store.box.read_now(audit.newest)
    assert [(row.action, row.actor_name, row.subject) for row in noted[:1]] == [
        ("change_file", "Marta", file["id"])
    ]
    assert (await people.admin.delete(path)).status == 204
    noted = box.store.box.read_now(audit.newest)
    assert (noted[0].action, noted[0].subject) == ("delete_file", file["id"])
    assert noted[0].detail == {"name": "a.txt", "owner": people.ana.me["id"]}
