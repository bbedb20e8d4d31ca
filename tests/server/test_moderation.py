"""Kick, mute, ban, report, slow mode, announcements, and what the audit log says of them."""

import asyncio
from typing import Any

import pytest

from tests.boxes import Boxes
from tests.people import People, Person, Socket
from tests.visitors import enter, made


async def say(socket: Socket, room: str, cid: str) -> dict[str, Any]:
    return await socket.ask({"type": "send", "room": room, "cid": cid, "body": cid})


async def group(people: People, **body: Any) -> str:
    """Ana owns it, Beto moderates, Uma is in."""
    beto, uma = people.beto.me["id"], people.uma.me["id"]
    room = await made(people.ana, kind="group", members=[beto, uma], **body)
    path = f"/api/rooms/{room['id']}/members/{beto}"
    assert (await people.ana.request("PUT", path, {"role": "moderator"})).status == 200
    return str(room["id"])


async def deeds(people: People) -> list[tuple[str, str]]:
    """What the audit log says of rooms, the oldest first."""
    items = (await people.admin.get("/api/audit?limit=100")).json["items"]
    return [(one["actor_name"], one["action"]) for one in reversed(items) if "room" in one["action"]]


async def test_a_kick_is_told_and_whoever_may_comes_back(people: People) -> None:
    room = await group(people)
    code = (await people.ana.get(f"/api/rooms/{room}")).json["code"]
    beto, uma = await people.beto.connect(), await people.uma.connect()
    user = people.uma.me["id"]
    await beto.ask({"type": "kick", "room": room, "user": user, "reason": "shouting"})
    assert (await uma.wait("member_changed"))["why"] == "kick"
    assert (await say(uma, room, "u1"))["code"] == "not_found"
    assert (await uma.ask({"type": "join", "code": code}))["type"] == "ack"
    assert await deeds(people) == [("Beto", "room_kick")]


async def test_who_is_muted_reads_and_does_not_speak(people: People) -> None:
    room = await group(people)
    beto, uma = await people.beto.connect(), await people.uma.connect()
    user = people.uma.me["id"]
    await beto.ask({"type": "mute", "room": room, "user": user, "minutes": 5})
    until = (await uma.wait("member_changed"))["muted_until"]
    refused = await say(uma, room, "u1")
    assert (refused["code"], refused["params"]["until"]) == ("muted", until)
    assert (await uma.ask({"type": "typing", "room": room}))["code"] == "muted"
    answer = await people.uma.post(f"/api/rooms/{room}/messages", {"body": "and here"})
    assert (answer.status, answer.code) == (403, "muted")
    assert (await uma.ask({"type": "history", "room": room}))["type"] == "ack"
    entry = next(one for one in (await people.uma.connect()).welcome["rooms"] if one["id"] == room)
    assert entry["muted_until"] == until
    await beto.ask({"type": "mute", "room": room, "user": user, "minutes": 0})
    assert (await say(uma, room, "u1"))["seq"] == 1
    path = f"/api/rooms/{room}/members/{user}"
    muted = await people.beto.request("PUT", path, {"muted_until": until})
    assert (muted.json["role"], muted.json["muted_until"]) == ("member", until)
    assert (await say(uma, room, "u2"))["code"] == "muted"
    assert await deeds(people) == [("Beto", "room_mute")] * 3


async def test_an_administrator_names_the_moderators_of_what_is_public(people: People) -> None:
    uma = people.uma.me["id"]
    path = "/api/rooms/r_general/members"
    named = await people.admin.request("PUT", f"{path}/{people.beto.me['id']}", {"role": "moderator"})
    assert (named.status, named.json["role"]) == (200, "moderator")
    beto = await people.beto.connect()
    assert (await beto.ask({"type": "mute", "room": "r_general", "user": uma}))["type"] == "ack"
    assert (await say(await people.uma.connect(), "r_general", "u1"))["code"] == "muted"
    assert (await people.ana.request("PUT", f"{path}/{uma}", {"role": "moderator"})).status == 403
    private = await made(people.ana, members=[people.admin.me["id"], uma])
    refused = await people.admin.request(
        "PUT", f"/api/rooms/{private['id']}/members/{uma}", {"role": "moderator"}
    )
    assert refused.json["error"]["params"]["reason"] == "rank"


async def test_in_everybodys_room_one_is_muted_and_not_shown_out(people: People) -> None:
    uma = await people.uma.connect()
    admin = await people.admin.connect()
    user = people.uma.me["id"]
    for kind in ("kick", "ban"):
        refused = await admin.ask({"type": kind, "room": "r_general", "user": user})
        assert refused["params"]["reason"] == "everyone"
    await admin.ask({"type": "mute", "room": "r_general", "user": user})
    assert (await say(uma, "r_general", "u1"))["code"] == "muted"


@pytest.mark.parametrize("kind", ["kick", "mute", "ban"])
async def test_nobody_does_so_to_their_betters_or_as_a_plain_member(people: People, kind: str) -> None:
    room = await group(people)
    beto, uma = await people.beto.connect(), await people.uma.connect()
    ana_id, beto_id = people.ana.me["id"], people.beto.me["id"]
    for socket, user, code in [
        (uma, beto_id, "forbidden"),
        (beto, ana_id, "forbidden"),
        (beto, beto_id, "bad_request"),
        (beto, "u_nobody", "not_found"),
        (await people.admin.connect(), beto_id, "not_found"),  # a private group that is not theirs
    ]:
        assert (await socket.ask({"type": kind, "room": room, "user": user}))["code"] == code
    direct = await people.ana.post("/api/rooms", {"kind": "direct", "members": [beto_id]})
    ana = await people.ana.connect()
    answer = await ana.ask({"type": kind, "room": direct.json["id"], "user": beto_id})
    assert answer["code"] == "forbidden"
    assert await deeds(people) == []


async def test_an_administrator_moderates_public_rooms(people: People) -> None:
    room = await made(people.ana, kind="public")
    await people.beto.post(f"/api/rooms/{room['id']}/join", {})
    admin = await people.admin.connect()
    ack = await admin.ask({"type": "kick", "room": room["id"], "user": people.ana.me["id"]})
    assert ack["type"] == "ack"
    assert (await people.beto.get(f"/api/rooms/{room['id']}")).json["role"] == "owner"


async def test_who_is_banned_stays_out_over_a_reset(boxes: Boxes, people: People, box: Any) -> None:
    room = await made(people.ana, kind="public")
    path = f"/api/rooms/{room['id']}"
    await people.uma.post(f"{path}/join", {})
    await people.admin.post("/api/stable", {})  # the snapshot has Uma in the room
    user = people.uma.me["id"]
    ban = {"user": user, "reason": "again and again"}
    assert (await people.ana.post(f"{path}/bans", ban)).status == 204

    async def is_out() -> None:
        for method, where in (("GET", path), ("GET", f"{path}/messages"), ("POST", f"{path}/join")):
            assert (await people.uma.request(method, where, {} if method == "POST" else None)).status == 404
        by_code = await people.uma.post("/api/rooms/join", {"code": room["code"]})
        assert by_code.json["error"]["params"]["reason"] == "banned"
        brought = await people.ana.request("PUT", f"{path}/members/{user}", {})
        assert brought.json["error"]["params"]["reason"] == "banned"

    await is_out()
    boxes.new_boot()
    after = await boxes.again(box)
    for person in (people.admin, people.ana, people.beto, people.uma):
        person.box = after
    await is_out()
    (listed,) = (await people.ana.get(f"{path}/bans")).json["items"]
    assert (listed["id"], listed["name"], listed["reason"]) == (user, "Uma", "again and again")
    assert (await people.beto.delete(f"{path}/bans/{user}")).status != 204
    assert (await people.ana.delete(f"{path}/bans/{user}")).status == 204
    assert (await people.ana.delete(f"{path}/bans/{user}")).status == 404
    assert (await people.uma.post(f"{path}/join", {})).status == 200
    assert await deeds(people) == [("Ana", "room_ban"), ("Ana", "room_unban")]


async def test_a_banned_guest_is_gone_at_once_and_so_are_the_next_ones(
    boxes: Boxes, people: People, box: Any
) -> None:
    room = await made(people.ana)
    await people.admin.post("/api/stable", {})
    gus = await enter(box, room["code"], "Gus")
    socket, ana = await gus.connect(), await people.ana.connect()
    await ana.ask({"type": "ban", "room": room["id"], "user": gus.me["id"]})
    assert (await socket.wait("member_changed"))["why"] == "ban"
    assert await socket.closed() == 4003
    assert (await gus.get(f"/api/rooms/{room['id']}")).status == 401
    # From the same address, whatever the name; and over a reset.
    for _ in range(2):
        answer = await Person(gus.box).post("/api/enter", {"code": room["code"], "name": "Gustavo"})
        assert answer.json["error"]["params"] == {"reason": "banned"}
        boxes.new_boot()
        gus.box = await boxes.again(gus.box)
    await gus.leave()


async def test_a_ban_ends_when_it_was_to_end(people: People, box: Any) -> None:
    room = await made(people.ana, kind="public")
    user = people.uma.me["id"]
    await people.ana.post(f"/api/rooms/{room['id']}/bans", {"user": user, "minutes": 1})
    assert (await people.uma.post(f"/api/rooms/{room['id']}/join", {})).status == 404
    await box.store.content.write(lambda db: db.execute("UPDATE bans SET until = until - 120000"))
    assert (await people.uma.post(f"/api/rooms/{room['id']}/join", {})).status == 200


async def test_a_ban_from_the_box_closes_the_account(boxes: Boxes, people: People, box: Any) -> None:
    uma = await people.uma.connect()
    user = people.uma.me["id"]
    assert (await people.beto.post(f"/api/users/{user}/ban", {})).status == 403
    assert (await people.admin.post(f"/api/users/{people.admin.me['id']}/ban", {})).code == "bad_request"
    assert (await people.admin.post("/api/users/u_nobody/ban", {})).status == 404
    assert (await people.admin.post(f"/api/users/{user}/ban", {"reason": "enough"})).status == 204
    assert await uma.closed() == 4003
    assert (await people.uma.get("/api/rooms")).status == 401
    boxes.new_boot()
    after = await boxes.again(box)
    people.admin.box = people.uma.box = after
    login = {"username": "uma", "password": people.uma.password}
    people.uma.token = ""
    assert (await people.uma.post("/api/users/login", login)).status == 401
    assert (await people.admin.patch(f"/api/users/{user}", {"disabled": False})).status == 200
    assert (await people.uma.post("/api/users/login", login)).status == 200
    actions = [one["action"] for one in (await people.admin.get("/api/audit")).json["items"]]
    assert "box_ban" in actions


async def test_slow_mode_lets_one_in_so_many_seconds_and_moderators_as_they_like(people: People) -> None:
    room = await group(people)
    assert (await people.ana.patch(f"/api/rooms/{room}", {"slow": 3600})).json["slow"] == 3600
    uma, beto = await people.uma.connect(), await people.beto.connect()
    assert (await say(uma, room, "u1"))["seq"] == 1
    again = await say(uma, room, "u1")
    assert again["dup"] is True  # the same message once more is not a second one
    slow = await say(uma, room, "u2")
    assert (slow["code"], 3_500_000 < slow["retry_ms"] <= 3_600_001) == ("rate_limited", True)
    assert [(await say(beto, room, f"b{number}"))["seq"] for number in (1, 2)] == [2, 3]
    await people.ana.patch(f"/api/rooms/{room}", {"slow": 0})
    assert (await say(uma, room, "u2"))["seq"] == 4


async def test_in_a_room_of_announcements_moderators_post_and_all_read(people: People, box: Any) -> None:
    room = await group(people, announcement=True)
    code = (await people.ana.get(f"/api/rooms/{room}")).json["code"]
    gus = await enter(box, code, "Gus")
    for person, status in ((people.ana, 201), (people.beto, 201), (people.uma, 403), (gus, 403)):
        answer = await person.post(f"/api/rooms/{room}/messages", {"body": "news"})
        assert answer.status == status
        assert len((await person.get(f"/api/rooms/{room}/messages")).json["items"]) >= 1
    await gus.leave()


async def test_reports_reach_moderators_and_administrators(people: People, box: Any) -> None:
    room = await group(people)
    other = await made(people.uma, name="Of Uma")
    code = (await people.ana.get(f"/api/rooms/{room}")).json["code"]
    gus = await enter(box, code, "Gus")
    beto, admin = await people.beto.connect(), await people.admin.connect()
    await people.uma.post(f"/api/rooms/{room}/messages", {"body": "something rude"})
    body = {"user": people.uma.me["id"], "seq": 1, "reason": "rude"}
    made_report = await gus.post(f"/api/rooms/{room}/reports", body)
    assert made_report.status == 201
    for socket in (beto, admin):
        assert (await socket.wait("notice"))["params"]["room"] == room
    for person, count in ((people.admin, 1), (people.ana, 1), (people.beto, 1), (people.uma, 0)):
        assert len((await person.get("/api/reports")).json["items"]) == count
    (report,) = (await people.beto.get("/api/reports")).json["items"]
    assert (report["user"]["name"], report["seq"], report["reason"]) == ("Uma", 1, "rude")
    assert report["by"]["name"] == "Gus"
    assert report["body"] == "something rude"
    await people.uma.delete(f"/api/rooms/{room}/messages/1")
    (kept,) = (await people.beto.get("/api/reports")).json["items"]
    assert kept["body"] == "something rude", "who takes it back does not take the evidence"
    assert "something rude" not in str((await people.admin.get("/api/audit")).json)
    assert (await gus.get("/api/reports")).status == 403
    assert (await people.uma.delete(f"/api/reports/{report['id']}")).status == 403
    assert (await people.beto.delete(f"/api/reports/{report['id']}")).status == 204
    assert (await people.beto.delete(f"/api/reports/{report['id']}")).status == 404
    for wrong in ({}, {"seq": 99}, {"user": "u_nobody"}):
        answer = await people.ana.post(f"/api/rooms/{room}/reports", wrong)
        assert answer.status in (400, 404), wrong
    assert (await people.ana.post(f"/api/rooms/{other['id']}/reports", {"seq": 1})).status == 404
    assert await deeds(people) == [("Gus", "room_report")]
    await gus.leave()


async def test_reports_come_page_by_page_and_not_too_often(people: People) -> None:
    user = people.beto.me["id"]
    answers = [
        await people.ana.post("/api/rooms/r_general/reports", {"user": user, "reason": str(number)})
        for number in range(7)
    ]
    assert [one.status for one in answers] == [201] * 5 + [429] * 2
    first = (await people.admin.get("/api/reports?limit=3")).json
    second = (await people.admin.get(f"/api/reports?limit=3&after={first['next']}")).json
    assert [one["reason"] for one in first["items"] + second["items"]] == ["4", "3", "2", "1", "0"]
    assert second["next"] is None


async def test_the_audit_log_comes_page_by_page(people: People) -> None:
    first = (await people.admin.get("/api/audit?limit=2")).json
    assert len(first["items"]) == 2
    second = (await people.admin.get(f"/api/audit?limit=2&after={first['next']}")).json
    numbers = [one["number"] for one in first["items"] + second["items"]]
    assert numbers == sorted(numbers, reverse=True)
    assert (await people.ana.get("/api/audit")).status == 403


async def test_a_ban_and_a_message_at_the_same_time(people: People) -> None:
    """Whichever comes first, afterwards nothing more is heard from who is out."""
    room = await group(people)
    beto, uma = await people.beto.connect(), await people.uma.connect()
    ban = asyncio.create_task(beto.ask({"type": "ban", "room": room, "user": people.uma.me["id"]}))
    for number in range(5):
        frame = {"type": "send", "id": f"u{number}", "room": room, "cid": f"u{number}", "body": "x"}
        await uma.send(frame)
    answers = [await uma.wait(lambda f, n=number: f.get("id") == f"u{n}") for number in range(5)]
    assert (await ban)["type"] == "ack"
    assert {one.get("code", "ok") for one in answers} <= {"ok", "not_found"}
    assert (await say(uma, room, "late"))["code"] == "not_found"
