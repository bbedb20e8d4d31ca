"""What rooms can be and become: owners and their heirs, archives, limits, and accounts that go."""

import asyncio
from typing import Any

from tests.boxes import Boxes
from tests.people import People, Person
from tests.visitors import enter, made


async def roles(person: Person, room: str) -> dict[str, str]:
    items = (await person.get(f"/api/rooms/{room}/members")).json["items"]
    return {one["name"]: one["role"] for one in items}


async def group(people: People) -> str:
    """Ana owns it, Beto and Uma are in; Uma moderates."""
    beto, uma = people.beto.me["id"], people.uma.me["id"]
    room = str((await made(people.ana, kind="group", members=[beto, uma]))["id"])
    await people.ana.request("PUT", f"/api/rooms/{room}/members/{uma}", {"role": "moderator"})
    return room


async def test_an_owner_who_leaves_is_followed_by_a_moderator(people: People) -> None:
    room = await group(people)
    beto = await people.beto.connect()
    assert (await people.ana.post(f"/api/rooms/{room}/leave")).status == 204
    told = await beto.wait(lambda f: f.get("why") == "handed_over")
    assert (told["user"]["name"], told["role"]) == ("Uma", "owner")
    assert await roles(people.beto, room) == {"Beto": "member", "Uma": "owner"}
    assert (await people.uma.patch(f"/api/rooms/{room}", {"name": "Of Uma"})).status == 200


async def test_an_owner_who_makes_another_one_is_a_moderator_then(people: People) -> None:
    room = await group(people)
    path = f"/api/rooms/{room}/members"
    ana, beto = people.ana.me["id"], people.beto.me["id"]
    refused = await people.ana.request("PUT", f"{path}/{ana}", {"role": "member"})
    assert (refused.status, refused.json["error"]["params"]) == (409, {"reason": "owner"})
    assert (await people.ana.request("PUT", f"{path}/{beto}", {"role": "owner"})).json["role"] == "owner"
    assert await roles(people.ana, room) == {"Ana": "moderator", "Beto": "owner", "Uma": "moderator"}
    assert (await people.ana.patch(f"/api/rooms/{room}", {"name": "x"})).status == 403


async def test_when_all_leave_at_once_there_is_one_owner_at_every_moment(people: People, box: Any) -> None:
    for _ in range(5):
        room = await group(people)
        witness = await people.beto.connect(client="witness")
        await asyncio.gather(*(p.post(f"/api/rooms/{room}/leave") for p in (people.ana, people.uma)))
        await witness.ask({"type": "ping"})
        assert await roles(people.beto, room) == {"Beto": "owner"}
        await people.beto.post(f"/api/rooms/{room}/leave")
        assert (await people.beto.get(f"/api/rooms/{room}")).status == 404
        left = box.store.content.read_now(
            lambda db, room=room: db.execute("SELECT count(*) FROM rooms WHERE id = ?", (room,)).fetchone()[0]
        )
        assert left == 0  # nobody could ever come in again


async def test_a_guest_never_inherits(people: People, box: Any) -> None:
    room = await made(people.ana)
    gus = await enter(box, room["code"], "Gus")
    socket = await gus.connect()
    path = f"/api/rooms/{room['id']}/members/{gus.me['id']}"
    assert (await people.ana.request("PUT", path, {"role": "moderator"})).status == 404
    await people.ana.post(f"/api/rooms/{room['id']}/leave")
    assert (await socket.wait("room_closed"))["room"] == room["id"]
    assert await socket.closed() == 4001
    await gus.leave()


async def test_an_archived_room_is_read_only_and_in_no_list(people: People, box: Any) -> None:
    room = await made(people.ana, kind="public", members=[people.beto.me["id"]])
    path = f"/api/rooms/{room['id']}"
    beto = await people.beto.connect()
    eva = await (await enter(box, room["code"], "Eva")).connect()
    await people.beto.post(f"{path}/messages", {"body": "before"})
    assert (await people.beto.patch(path, {"archived": True})).status == 403
    assert (await people.ana.patch(path, {"archived": True})).json["archived"] is True
    for socket in (beto, eva):
        assert (await socket.wait("room_changed"))["info"]["archived"] is True
    for person in (people.ana, people.beto):
        refused = await person.post(f"{path}/messages", {"body": "after"})
        assert refused.json["error"]["params"]["reason"] == "archived"
        assert (await person.get(f"{path}/messages")).json["items"][0]["body"] == "before"
        listed = (await person.get("/api/rooms")).json["items"]
        assert room["id"] not in [one["id"] for one in listed]
        kept = (await person.get("/api/rooms?archived=1")).json["items"]
        assert [one["id"] for one in kept] == [room["id"]]
    later = await people.beto.connect(client="later")
    assert room["id"] not in [one["id"] for one in later.welcome["rooms"]]
    assert (await people.uma.post(f"{path}/join", {})).status == 403
    gus = await Person(box).post("/api/enter", {"code": room["code"], "name": "Gus"})
    assert gus.json["error"]["params"]["reason"] == "archived"
    await people.ana.patch(path, {"archived": False})
    assert "archived" not in (await later.wait("room_changed"))["info"]
    await people.ana.post(f"{path}/messages", {"body": "again"})
    assert (await later.wait("message"))["body"] == "again"


async def test_a_full_room(boxes: Boxes) -> None:
    box = await boxes.claimed(room_members=2)
    people = People(box)
    await people.gather()
    room = await made(people.ana, kind="public", members=[people.beto.me["id"]])
    path = f"/api/rooms/{room['id']}"
    for answer in (
        await people.uma.post(f"{path}/join", {}),
        await people.uma.post("/api/rooms/join", {"code": room["code"]}),
        await people.ana.request("PUT", f"{path}/members/{people.uma.me['id']}", {}),
        await Person(box).post("/api/enter", {"code": room["code"], "name": "Gus"}),
    ):
        assert (answer.status, answer.code) == (409, "room_full")
    assert (await people.beto.post(f"{path}/join", {})).status == 200  # who is in just walks in
    await people.leave()


async def test_nobody_makes_rooms_without_end(boxes: Boxes) -> None:
    """Those that live in memory have a limit of their own, and two people have but one between them."""
    box = await boxes.claimed(rooms_each=2)
    people = People(box)
    await people.gather()
    first = await made(people.ana)
    await made(people.ana, kind="group")
    socket = await people.ana.connect()
    for answer in (
        (await people.ana.post("/api/rooms", {"name": "three"})).json["error"],
        await socket.ask({"type": "create_room", "name": "three"}),
    ):
        assert (answer["code"], answer["params"]) == ("conflict", {"reason": "rooms_each", "maximum": 2})
    await made(people.ana, ephemeral=True)
    direct = {"kind": "direct", "members": [people.beto.me["id"]]}
    assert (await people.ana.post("/api/rooms", direct)).status == 201
    await people.ana.delete(f"/api/rooms/{first['id']}")
    await made(people.ana)
    await made(people.beto)
    await people.leave()


async def test_an_account_that_is_deleted_leaves_its_rooms(people: People) -> None:
    room = await group(people)
    quick = await made(people.ana, name="Quick", ephemeral=True, members=[people.beto.me["id"]])
    beto = await people.beto.connect()
    assert (await people.admin.delete(f"/api/users/{people.ana.me['id']}")).status == 204
    gone = await beto.wait(lambda f: f.get("why") == "account_gone" and f["room"] == room)
    assert (gone["user"]["name"], gone["role"]) == ("Ana", "none")
    assert (await beto.wait(lambda f: f.get("why") == "handed_over" and f["room"] == room))["user"][
        "name"
    ] == "Uma"
    assert await roles(people.beto, room) == {"Beto": "member", "Uma": "owner"}
    assert await roles(people.beto, quick["id"]) == {"Beto": "owner"}


async def test_another_name_is_told(people: People) -> None:
    beto = await people.beto.connect()
    ana = await people.ana.connect()
    room = await made(people.ana)
    eva = await (await enter(people.box, room["code"], "Eva")).connect()
    await people.ana.patch("/api/users/me", {"name": "Ana María"})
    assert (await eva.wait("user_changed"))["user"]["name"] == "Ana María"
    assert (await beto.wait("user_changed"))["user"] == {"id": people.ana.me["id"], "name": "Ana María"}
    await people.admin.patch(f"/api/users/{people.ana.me['id']}", {"name": "Anita"})
    assert (await beto.wait("user_changed"))["user"]["name"] == "Anita"
    await ana.ask({"type": "send", "room": "r_general", "cid": "c", "body": "hola"})
    assert (await beto.wait("message"))["from"]["name"] == "Anita"
    assert (await eva.wait("user_changed"))["user"]["name"] == "Anita"
    online = await beto.ask({"type": "open", "room": "r_general"})
    assert "Anita" in [one["name"] for one in online["members"]]
