"""A power cut is not a decision: what it interrupted waits for an administrator, and comes back as it was."""

import asyncio
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from appliance.domain.actor import Actor, Role
from appliance.domain.changes import MOST_KINDS
from appliance.domain.waiting import WaitingChange
from appliance.store import audit, waiting
from tests.boxes import ADMIN, Boxes
from tests.clocks import DAY, HOUR
from tests.people import People, Person
from tests.server.earlier import GENERAL, House, cut, say, upload, words
from tests.store.rigs import say as write


async def test_what_was_interrupted_waits_and_comes_back(people: People, boxes: Boxes) -> None:
    await say(people.ana, "guardado")
    kept = await upload(people.ana, "guardado.txt", b"guardado")
    assert (await people.admin.post("/api/stable", {})).status == 201
    said = await say(people.ana, "perdido")
    lost = await upload(people.ana, "perdido.txt", b"perdido")
    answer = await say(people.beto, "con foto", reply_to=said["seq"])
    house = await cut(people, boxes)
    assert await words(house.admin) == ["guardado"]

    (session,) = await house.sessions()
    counts = {name: session[name] for name in ("files", "bytes", "messages", "rooms", "damaged")}
    assert counts == {"files": 1, "bytes": 7, "messages": 2, "rooms": 1, "damaged": False}
    assert session["epoch"] == house.epoch
    assert session["ended_at"] == answer["ts"]
    assert session["expires_in_seconds"] == 24 * 3600
    assert await house.left() == {"sessions": 1, "files": 1, "messages": 2}
    assert "previous" not in (await house.ana.get("/api/status")).json
    assert [one["id"] for one in await house.items("files")] == [lost]
    assert [(one["body"], one["sender"]["name"]) for one in await house.items("messages")] == [
        ("con foto", "Beto"),
        ("perdido", "Ana"),
    ]

    socket = await house.ana.connect()
    await say(house.ana, "entretanto")
    assert await house.bring_back(all=True) == {
        "files": 1, "bytes": 7, "messages": 2, "rooms": 0, "already": 0, "gone": 0, "lost": 0,
    }  # fmt: skip
    first = await socket.wait(lambda frame: frame.get("body") == "perdido")
    assert (first["id"], first["seq"], first["ts"], first["restored"]) == (said["id"], 3, said["ts"], True)
    second = await socket.wait(lambda frame: frame.get("body") == "con foto")
    assert (second["reply_to"], second["from"]["name"]) == (3, "Beto")
    assert await words(house.admin) == ["guardado", "entretanto", "perdido", "con foto"]
    there = {one["id"]: one["state"] for one in (await house.admin.get("/api/uploads")).json["items"]}
    assert there == {kept: "quarantined", lost: "quarantined"}
    assert (await house.admin.get(f"/api/uploads/{lost}/content")).content == b"perdido"

    again = await house.bring_back(all=True)
    assert (again["files"], again["messages"]) == (0, 0)
    again = await house.bring_back(files=[lost], messages=[said["id"]])
    assert (again["files"], again["messages"], again["already"]) == (0, 0, 2)
    assert len(await words(house.admin)) == 4
    assert await house.left() == {"sessions": 0, "files": 0, "messages": 0}
    deeds = [row.action for row in await house.box.store.box.read(audit.newest)]
    assert deeds[0] == "previous_brought_back"
    await house.leave()


async def test_one_by_one_and_what_hangs_on_it_comes_along(people: People, boxes: Boxes) -> None:
    picture = await upload(people.ana, "foto.txt", b"foto")
    other = await upload(people.ana, "otra.txt", b"otra")
    said = await say(people.ana, "mira", files=[picture])
    await say(people.ana, "no esta")
    await people.beto.put(f"{GENERAL}/{said['seq']}/reactions/%F0%9F%91%8D", b"")
    house = await cut(people, boxes)
    done = await house.bring_back(messages=[said["id"], "m_nowhere"])
    assert (done["messages"], done["files"], done["gone"]) == (1, 1, 1)
    (item,) = (await house.admin.get(GENERAL)).json["items"]
    assert [one["id"] for one in item["files"]] == [picture]
    assert [(one["emoji"], len(one["users"])) for one in item["reactions"]] == [("👍", 1)]
    assert [one["id"] for one in await house.items("files")] == [other]
    assert [one["body"] for one in await house.items("messages")] == ["no esta"]
    await house.leave()


async def test_private_rooms_show_numbers_alone_and_come_back_whole(people: People, boxes: Boxes) -> None:
    made = await people.ana.post("/api/rooms", {"name": "Secreto", "kind": "private"})
    room = made.json["id"]
    await people.ana.request("PUT", f"/api/rooms/{room}/members/{people.beto.me['id']}", {})
    first = await say(people.ana, "palabras privadas", room)
    await say(people.beto, "respuesta privada", room, reply_to=first["seq"])
    direct = (await people.ana.post("/api/rooms", {"kind": "direct", "members": [people.beto.me["id"]]})).json
    await say(people.ana, "entre dos", direct["id"])
    taller = (await people.ana.post("/api/rooms", {"name": "Taller", "kind": "public"})).json["id"]
    await say(people.ana, "abierto", taller)
    house = await cut(people, boxes)
    found = {one["id"]: one for one in await house.items("rooms")}
    assert {one["kind"]: (one["name"], one["open"], one["messages"]) for one in found.values()} == {
        "private": (None, False, 2),
        "direct": (None, False, 1),
        "public": ("Taller", True, 1),
    }
    assert not any(one["here"] for one in found.values())
    assert [one["body"] for one in await house.items("messages")] == ["abierto"]
    assert "privad" not in str(await house.items("messages"))
    refused = await house.bring_back(messages=[first["id"]])  # one of a private room, alone
    assert (refused["messages"], refused["gone"]) == (0, 1)

    beto = await Person(house.box, "beto").sign_in()
    fresh = (await beto.post("/api/rooms", {"kind": "direct", "members": [people.ana.me["id"]]})).json["id"]
    socket = await beto.connect()
    done = await house.bring_back(rooms=[room, direct["id"], taller])
    assert (done["rooms"], done["messages"]) == (2, 4)
    changed = await socket.wait(lambda frame: frame.get("type") == "member_changed" and frame["room"] == room)
    assert changed["info"]["name"] == "Secreto"
    assert await words(beto, room) == ["palabras privadas", "respuesta privada"]
    items = (await beto.get(f"/api/rooms/{room}/messages")).json["items"]
    assert [(one["seq"], one.get("reply_to")) for one in items] == [(1, None), (2, 1)]
    assert await words(beto, fresh) == ["entre dos"]  # the room of the same two people
    assert (await house.admin.get(f"/api/rooms/{room}")).status == 404
    owner = {one["name"]: one["role"] for one in (await beto.get(f"/api/rooms/{room}/members")).json["items"]}
    assert owner == {"Ana": "owner", "Beto": "member"}
    await beto.leave()
    await house.leave()


async def test_rooms_in_memory_never_appear(people: People, boxes: Boxes) -> None:
    made = await people.ana.post("/api/rooms", {"name": "Aire", "kind": "public", "ephemeral": True})
    await say(people.ana, "aire", made.json["id"])
    await say(people.ana, "suelo")
    house = await cut(people, boxes)
    assert [one["id"] for one in await house.items("rooms")] == ["r_general"]
    assert [one["body"] for one in await house.items("messages")] == ["suelo"]
    await house.leave()


async def test_what_was_decided_stays_decided(people: People, boxes: Boxes) -> None:
    bad = await upload(people.ana, "malo.txt", b"malo")
    good = await upload(people.ana, "bueno.txt", b"bueno")
    room = (await people.ana.post("/api/rooms", {"name": "Taller", "kind": "public"})).json["id"]
    await people.beto.post(f"/api/rooms/{room}/join")
    await say(people.beto, "hola", room)
    assert (await people.admin.post(f"/api/uploads/{bad}/reject")).status == 200
    ban = {"user": people.beto.me["id"]}
    assert (await people.ana.post(f"/api/rooms/{room}/bans", ban)).status < 300
    await people.admin.delete(f"/api/users/{people.uma.me['id']}")
    house = await cut(people, boxes)
    done = await house.bring_back(all=True)
    assert (done["files"], done["rooms"], done["messages"]) == (1, 1, 1)
    assert [one["id"] for one in (await house.admin.get("/api/uploads")).json["items"]] == [good]
    beto = await Person(house.box, "beto").sign_in()
    assert (await beto.post(f"/api/rooms/{room}/join")).status in (403, 404)
    await beto.leave()
    await house.leave()


async def test_bytes_that_are_not_what_they_were_do_not_come_back(
    people: People, boxes: Boxes, expect_log: Any
) -> None:
    ok, bad = await upload(people.ana, "a.txt", b"entero"), await upload(people.ana, "b.txt", b"partido")
    live = people.box.store.live
    (path,) = (one for one in live.glob("blobs/??/*") if one.read_bytes() == b"partido")
    house = await cut(people, boxes)
    path.chmod(0o600)
    path.write_bytes(b"PARTIDO")
    expect_log("has lost its bytes")
    done = await house.bring_back(all=True)
    assert (done["files"], done["lost"]) == (1, 1)
    assert [one["id"] for one in (await house.admin.get("/api/uploads")).json["items"]] == [ok]
    assert [one["id"] for one in await house.items("files")] == [bad]
    await house.leave()


async def test_erase_now(people: People, boxes: Boxes) -> None:
    await say(people.ana, "una palabra que nadie olvida")
    await upload(people.ana, "a.txt", b"unos bytes que nadie olvida")
    house = await cut(people, boxes)
    assert holds(house.box.settings.data, b"nadie olvida")
    assert (await house.admin.delete("/api/previous/ffffffff")).status == 404
    for word in ("f" * 300, "..%2f..", "%2e%2e"):
        assert (await house.admin.get(f"/api/previous/{word}/items")).code == "not_found", word
    assert (await house.admin.delete(f"/api/previous/{house.box.services.epoch}")).status == 404
    socket = await house.admin.connect()
    assert (await house.admin.delete(f"/api/previous/{house.epoch}")).status == 204
    notice = await socket.wait("notice")
    assert (notice["code"], notice["params"]) == (
        "previous_changed",
        {"sessions": 0, "files": 0, "messages": 0},
    )
    assert await house.sessions() == []
    assert not holds(house.box.settings.data, b"nadie olvida")
    assert (await house.admin.delete("/api/previous")).status == 204  # there is nothing
    gone = await house.admin.post("/api/previous/bring-back", {"epoch": house.epoch, "all": True})
    assert gone.status == 404
    await house.leave()


def holds(folder: Path, text: bytes) -> bool:
    """Whether any file contains these bytes."""
    return any(text in one.read_bytes() for one in folder.rglob("*") if one.is_file())


async def test_a_damaged_one_is_shown_and_can_be_erased(
    people: People, boxes: Boxes, expect_log: Any
) -> None:
    await say(people.ana, "perdido")
    path = people.box.store.content.path
    epoch = people.box.services.epoch
    await boxes.stop(people.box)
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)
    boxes.new_boot()
    expect_log("is damaged")
    box = await boxes.start(data=people.box.settings.data)
    admin = await Person(box, *ADMIN).sign_in()
    house = House(boxes, box, admin, Person(box), epoch)
    (session,) = await house.sessions()
    assert (session["epoch"], session["damaged"], session["files"]) == (epoch, True, 0)
    for answer in (
        await admin.get(f"/api/previous/{epoch}/items"),
        await admin.post("/api/previous/bring-back", {"epoch": epoch, "all": True}),
    ):
        assert (answer.status, answer.json["error"]["params"]["reason"]) == (409, "damaged")
    assert (await admin.delete(f"/api/previous/{epoch}")).status == 204
    assert await house.sessions() == []
    await admin.leave()


async def test_a_session_of_another_program_or_of_nothing(
    people: People, boxes: Boxes, expect_log: Any
) -> None:
    await say(people.ana, "perdido")
    house = await cut(people, boxes)
    folder = house.box.store.layout.session(house.epoch)
    shutil.copytree(folder, folder.with_name("aaaa1111"))
    (folder.with_name("aaaa1111") / "content.db").write_bytes(b"")
    expect_log("is damaged")
    found = {one["epoch"]: one["damaged"] for one in await house.sessions()}
    assert found == {house.epoch: False, "aaaa1111": True}
    assert (await house.admin.delete("/api/previous")).status == 204
    assert await house.sessions() == []
    await house.leave()


async def test_classrooms_erase_at_every_boot(people: People, boxes: Boxes) -> None:
    await say(people.ana, "nadie olvida")
    house = await cut(people, boxes, erase_previous=True)
    listed = (await house.admin.get("/api/previous")).json
    assert listed == {"sessions": [], "keeps_hours": 24, "erases_at_boot": True}
    await house.leave()


async def test_what_changed_in_a_private_room_comes_back_with_it(people: People, boxes: Boxes) -> None:
    room = (await people.ana.post("/api/rooms", {"name": "Secreto", "kind": "private"})).json["id"]
    seq = (await say(people.ana, "antes", room))["seq"]
    assert (await people.admin.post("/api/stable", {})).status == 201
    path = f"/api/rooms/{room}/messages/{seq}"
    assert (await people.ana.patch(path, {"body": "palabras privadas"})).status == 200
    house = await cut(people, boxes)
    assert await house.items("messages") == []
    (one,) = await house.items("rooms")
    assert (one["id"], one["name"], one["here"], one["messages"]) == (room, None, True, 1)
    done = await house.bring_back(rooms=[room])
    assert (done["rooms"], done["messages"]) == (0, 1)
    assert await words(house.ana, room) == ["palabras privadas"]
    assert await house.items("rooms") == []
    await house.leave()


async def test_what_is_chosen_on_the_page_counts_at_the_very_next_boot(people: People, boxes: Boxes) -> None:
    """And beats the settings file, one way and the other."""
    listed = (await people.admin.patch("/api/previous", {"erases_at_boot": True})).json
    assert listed == {"sessions": [], "keeps_hours": 24, "erases_at_boot": True}
    row = (await people.box.store.box.write(audit.newest))[0]
    assert (row.action, row.detail) == ("previous_changed", {"hours": 24, "erase": True})
    await say(people.ana, "nadie olvida")
    house = await cut(people, boxes)
    assert await house.sessions() == []
    await asyncio.to_thread(house.box.store.tidied.result, 10)
    assert not holds(house.box.settings.data, b"nadie olvida")
    wanted = {"erases_at_boot": False, "keeps_hours": 3}
    assert (await house.admin.patch("/api/previous", wanted)).json["keeps_hours"] == 3
    await say(house.ana, "espera")
    people.box, people.admin, people.ana = house.box, house.admin, house.ana
    house = await cut(people, boxes, erase_previous=True)
    (session,) = await house.sessions()
    assert (session["messages"], session["expires_in_seconds"]) == (1, 3 * HOUR)
    await house.leave()


async def test_two_administrators_who_change_it_at_once_both_get_what_they_changed(people: People) -> None:
    marta = Actor(people.admin.me["id"], "marta", "Marta", Role.ADMINISTRATOR, "s")
    box = people.box
    change = box.services.previous.change
    await asyncio.gather(
        change(marta, WaitingChange(keeps_hours=5)), change(marta, WaitingChange(erases_at_boot=True))
    )
    listed = (await people.admin.get("/api/previous")).json
    assert (listed["keeps_hours"], listed["erases_at_boot"]) == (5, True)
    kept = box.store.box.read_now(lambda db: waiting.read(db, box.settings))
    assert (kept.hours, kept.erase) == (5, True)


async def test_how_long_it_waits_can_be_made_shorter(people: People, boxes: Boxes) -> None:
    await say(people.ana, "espera")
    house = await cut(people, boxes)
    boxes.clock.pass_by(2 * HOUR)
    await house.box.services.previous.tick()
    await house.admin.sign_in()
    assert len(await house.sessions()) == 1
    assert (await house.admin.patch("/api/previous", {"keeps_hours": 2})).status == 200
    await house.box.services.previous.tick()
    assert await house.sessions() == []
    for hours in (0, -1, 365 * 24 + 1):
        refused = await house.admin.patch("/api/previous", {"keeps_hours": hours})
        assert (refused.status, refused.json["error"]["params"]) == (
            400,
            {"field": "keeps_hours", "reason": "range"},
        )
    assert (await house.admin.patch("/api/previous", {"erases_at_boot": 1})).status == 400
    assert (await house.admin.patch("/api/previous", {})).json["keeps_hours"] == 2
    await house.leave()


async def test_edits_and_reactions_to_what_was_saved_come_back(people: People, boxes: Boxes) -> None:
    """The newer edit wins; reactions are added; what was taken away stays as it was saved."""
    texts = ("antes", "dos veces", "con dedo", "borrado", "intacto")
    seqs = {text: (await say(people.ana, text))["seq"] for text in texts}
    path = GENERAL + "/{}"
    thumb = path + "/reactions/%F0%9F%91%8D"
    assert (await people.beto.put(thumb.format(seqs["intacto"]), b"")).status < 300
    assert (await people.admin.post("/api/stable", {})).status == 201
    for text in ("antes", "dos veces"):
        answer = await people.ana.patch(path.format(seqs[text]), {"body": f"{text}, mejor, @beto"})
        assert answer.status == 200, answer.text
    assert (await people.beto.put(thumb.format(seqs["con dedo"]), b"")).status < 300
    assert (await people.beto.delete(thumb.format(seqs["intacto"]))).status < 300
    assert (await people.ana.delete(path.format(seqs["borrado"]))).status < 300

    house = await cut(people, boxes)
    assert await words(house.admin) == list(texts)
    assert await house.left() == {"sessions": 1, "files": 0, "messages": 3}
    offered = await house.items("messages")
    assert {(one["body"], one["changed"]) for one in offered} == {
        ("antes, mejor, @beto", True),
        ("dos veces, mejor, @beto", True),
        ("con dedo", True),
    }
    later = await house.ana.patch(path.format(seqs["dos veces"]), {"body": "la última"})
    assert later.status == 200
    socket = await house.ana.connect()
    (one,) = [one["id"] for one in await house.items("messages") if one["body"].startswith("antes")]
    assert (await house.bring_back(messages=[one]))["messages"] == 1
    told = await socket.wait("message_edited")
    assert (told["seq"], told["body"]) == (seqs["antes"], "antes, mejor, @beto")
    assert len(told["mentions"]) == 1
    done = await house.bring_back(all=True)
    assert (done["messages"], done["files"], done["rooms"]) == (1, 0, 0)
    told = await socket.wait("reaction")
    assert (told["seq"], told["user"]["name"], told["on"]) == (seqs["con dedo"], "Beto", True)
    expected = ["antes, mejor, @beto", "la última", "con dedo", "borrado", "intacto"]
    assert await words(house.admin) == expected
    assert await house.left() == {"sessions": 0, "files": 0, "messages": 0}
    assert (await house.bring_back(messages=[one]))["already"] == 1
    await house.leave()


async def test_reactions_come_back_as_far_as_a_message_has_room_for_them(
    people: People, boxes: Boxes
) -> None:
    seq = (await say(people.ana, "muchas caras"))["seq"]
    assert (await people.admin.post("/api/stable", {})).status == 201

    async def react(person: Person, first: int, last: int) -> None:
        for number in range(first, last):
            boxes.clock.pass_by(1)  # nobody is quicker
            face = quote(chr(0x1F600 + number))
            answer = await person.put(f"{GENERAL}/{seq}/reactions/{face}", b"")
            assert answer.status < 300, answer.text

    await react(people.ana, 0, 12)
    house = await cut(people, boxes)
    await react(house.ana, 11, 22)
    socket = await house.ana.connect()
    assert (await house.bring_back(all=True))["messages"] == 1
    told = [await socket.wait("reaction") for _ in range(MOST_KINDS - 11)]
    (item,) = (await house.admin.get(GENERAL)).json["items"]
    there = [one["emoji"] for one in item["reactions"]]
    assert (len(there), [one["emoji"] for one in told]) == (MOST_KINDS, there[11:])
    assert (await house.bring_back(all=True))["messages"] == 0
    await house.leave()


async def test_after_a_deliberate_reset_nothing_waits(people: People, boxes: Boxes) -> None:
    await say(people.ana, "perdido")
    assert (await people.admin.post("/api/reset", {"password": ADMIN[1]})).status == 202
    house = await cut(people, boxes)
    assert await house.sessions() == []
    await house.leave()


async def test_space_is_made_before_an_upload_is_refused(
    people: People, boxes: Boxes, expect_log: Any
) -> None:
    await say(people.ana, "perdido")
    house = await cut(people, boxes)
    await say(house.ana, "otra vez")
    people.box = house.box
    second = await cut(people, boxes, free_floor_bytes=1 << 50)
    listed = [one["epoch"] for one in await second.sessions()]
    assert listed == [second.epoch, house.epoch]  # the newest first
    expect_log("space is short")
    answer = await second.ana.put("/api/uploads/a.txt", b"a")
    assert (answer.status, answer.code) == (507, "no_space")  # nothing that can be given up helps
    assert await second.sessions() == []
    await house.leave()
    await second.leave()


@pytest.mark.parametrize(
    "body",
    [
        {"all": True},
        {"epoch": "x"},
        {"epoch": "x", "all": False},
        {"epoch": "x", "all": True, "files": ["f_1"]},
        {"epoch": "x", "files": "f_1"},
    ],
)
async def test_a_choice_that_is_none(people: People, body: dict[str, Any]) -> None:
    answer = await people.admin.post("/api/previous/bring-back", body)
    assert (answer.status, answer.code) == (400, "bad_request")


async def test_pages_and_words_to_find(people: People, boxes: Boxes) -> None:
    for number in range(5):
        await say(people.ana, f"Árbol {number}")
        await upload(people.ana, f"%C3%A1rbol{number}.txt", b"%d" % number)
    await say(people.ana, "piedra")
    house = await cut(people, boxes)
    for kind, key in (("messages", "body"), ("files", "name")):
        seen: list[str] = []
        after = ""
        while True:
            path = f"/api/previous/{house.epoch}/items?kind={kind}&q=arbol&limit=2&after={after}"
            page = (await house.admin.get(path)).json
            seen += [one[key] for one in page["items"]]
            after = page["next"]
            if after is None:
                break
        assert len(seen) == len(set(seen)) == 5
    for query in ("kind=posts", "kind=files&after=x", "limit=x"):
        answer = await house.admin.get(f"/api/previous/{house.epoch}/items?{query}")
        assert (answer.status, answer.code) == (400, "bad_request"), query
    await house.leave()


async def test_so_many_messages_that_pages_load_the_room_anew(people: People, boxes: Boxes) -> None:
    write(people.box.store, *(f"palabra {number}" for number in range(450)))
    house = await cut(people, boxes)
    socket = await house.ana.connect()
    assert (await house.bring_back(rooms=["r_general"]))["messages"] == 450
    frame = await socket.wait("room_resync")
    assert (frame["room"], frame["first"], frame["head"]) == ("r_general", 1, 450)
    await house.leave()


async def test_two_administrators_at_once(people: People, boxes: Boxes) -> None:
    for number in range(4):
        await upload(people.ana, f"{number}.txt", b"%d" % number)
    write(people.box.store, *(f"palabra {number}" for number in range(130)))
    house = await cut(people, boxes)
    body = {"epoch": house.epoch, "all": True}
    answers = await asyncio.gather(*(house.admin.post("/api/previous/bring-back", body) for _ in range(3)))
    assert sum(one.json["messages"] for one in answers) == 130
    assert sum(one.json["files"] for one in answers) == 4
    assert (await house.admin.get("/api/rooms/r_general")).json["head"] == 130
    erased, brought = await asyncio.gather(
        house.admin.delete(f"/api/previous/{house.epoch}"), house.admin.post("/api/previous/bring-back", body)
    )
    assert erased.status == 204
    assert brought.status in (200, 404)
    await house.leave()


async def tick(house: House, seconds: float) -> None:
    house.boxes.clock.ran += seconds
    await house.box.services.previous.tick()


async def test_it_expires_after_so_much_running_time_whatever_the_clock_says(
    people: People, boxes: Boxes
) -> None:
    await say(people.ana, "perdido")
    house = await cut(people, boxes)
    boxes.clock.wall -= 400 * DAY  # the battery of the clock is empty
    await tick(house, 20 * HOUR)
    (session,) = await signed_in(house)
    assert 4 * HOUR - 60 < session["expires_in_seconds"] <= 4 * HOUR
    boxes.clock.wall += 800 * DAY
    await tick(house, 0)
    assert len(await signed_in(house)) == 1
    people.box = house.box  # stopped and started: the hours before count, those in between do not
    await house.leave()
    await boxes.stop(people.box)
    boxes.clock.ran += 100 * HOUR
    house.box = await boxes.start(data=people.box.settings.data)
    house.admin = await Person(house.box, *ADMIN).sign_in()
    (session,) = await house.sessions()
    assert 4 * HOUR - 60 < session["expires_in_seconds"] <= 4 * HOUR
    await tick(house, 4 * HOUR)
    assert await signed_in(house) == []
    assert not house.box.store.layout.session(house.epoch).exists()
    deeds = [(row.action, row.subject) for row in await house.box.store.box.read(audit.newest)]
    assert ("previous_expired", house.epoch) in deeds
    await house.admin.leave()


async def signed_in(house: House) -> list[dict[str, Any]]:
    house.admin.token = ""
    await house.admin.sign_in()
    return await house.sessions()


async def test_what_was_brought_for_a_private_room_is_a_number_too(people: People, boxes: Boxes) -> None:
    room = (await people.ana.post("/api/rooms", {"name": "Secreto", "kind": "private"})).json["id"]
    sent = await people.ana.put(f"/api/uploads/carta.txt?for={room}", b"querida mia")
    assert sent.status == 201, sent.text
    file = sent.json["id"]
    await say(people.ana, "toma", room, files=[file])
    house = await cut(people, boxes)
    assert await house.items("files") == []
    assert [(one["name"], one["files"], one["bytes"]) for one in await house.items("rooms")] == [
        (None, 1, 11)
    ]
    refused = await house.bring_back(files=[file])
    assert (refused["files"], refused["gone"]) == (0, 1)
    done = await house.bring_back(rooms=[room])
    assert (done["files"], done["rooms"], done["messages"]) == (1, 1, 1)
    (item,) = (await house.ana.get(f"/api/rooms/{room}/messages")).json["items"]
    assert [one["id"] for one in item["files"]] == [file]
    assert (await house.ana.get(f"/api/uploads/{file}/content")).content == b"querida mia"
    await house.leave()
