"""What the page asks of the machine under the box: who may, what is noted, what lies there for root."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

from appliance import __version__
from appliance.host.machine import Machine
from appliance.store import audit
from tests.boxes import ADMIN, Boxes
from tests.people import People, Person

RESTART = {"action": "restart", "password": ADMIN[1]}


def under(boxes: Boxes, *can: str) -> Path:
    """A machine that takes wishes, as the steps of the boot lay it out."""
    folder = boxes.folder / "machine"
    (folder / "ask").mkdir(parents=True)
    (folder / "can.json").write_text(json.dumps(can or ("power", "clock")))
    return folder


async def owned(boxes: Boxes, *can: str) -> tuple[Any, Person, Path]:
    folder = under(boxes, *can)
    box = await boxes.claimed(machine=folder)
    return box, await Person(box, *ADMIN).sign_in(), folder


async def test_a_laptop_is_not_switched_off_from_a_page(people: People) -> None:
    answer = await people.admin.post("/api/power", RESTART)
    assert (answer.status, answer.json["error"]["params"]["reason"]) == (409, "no_machine")
    answer = await people.admin.post("/api/clock", {"now": 2_000_000_000_000})
    assert (answer.status, answer.json["error"]["params"]["reason"]) == (409, "no_machine")
    assert "machine" not in (await people.admin.get("/api/status")).json
    assert (await people.ana.post("/api/power", RESTART)).status == 403


async def test_a_restart_is_announced_and_then_asked_of_the_machine(boxes: Boxes) -> None:
    box, admin, folder = await owned(boxes)
    socket = await admin.connect()
    wrong = await admin.post("/api/power", {**RESTART, "password": "otra cosa"})
    assert (wrong.status, wrong.code) == (403, "wrong_password")
    for bad in ({"action": "melt"}, {"seconds": -1}, {"seconds": 3601}):
        assert (await admin.post("/api/power", {**RESTART, **bad})).status == 400
    answer = await admin.post("/api/power", {**RESTART, "seconds": 600})
    assert (answer.status, answer.json) == (202, {"action": "restart", "seconds": 600})
    notice = await socket.wait("notice")
    assert (notice["code"], notice["params"]) == ("box_reboot", {"seconds": 600, "action": "restart"})
    coming = (await admin.get("/api/status")).json["machine"]["coming"]
    assert coming["action"] == "restart"
    assert not list((folder / "ask").iterdir())
    assert (await admin.delete("/api/power")).status == 204
    assert (await socket.wait("notice"))["code"] == "box_reboot_cancelled"
    assert (await admin.delete("/api/power")).json["error"]["params"]["reason"] == "not_counting"
    assert (await admin.post("/api/power", {**RESTART, "action": "off"})).status == 202
    eventually_there = folder / "ask/power"
    async for _ in tried(admin):
        if eventually_there.exists():
            break
    assert json.loads(eventually_there.read_text()) == {"action": "off"}
    assert eventually_there.stat().st_mode & 0o777 == 0o600
    again = await admin.post("/api/power", RESTART)
    assert again.json["error"]["params"]["reason"] == "going_down"
    rows = await box.store.box.read(audit.newest)
    deeds = [(row.action, row.subject) for row in rows if row.action.startswith("power")]
    assert deeds == [("power", "off"), ("power_cancelled", "restart"), ("power", "restart")]
    await admin.leave()


async def tried(person: Person) -> Any:
    """Again and again, while the box does its work."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        yield await person.get("/health")


async def test_a_clock_is_put_forward_and_never_back(boxes: Boxes) -> None:
    box, admin, folder = await owned(boxes)
    now = boxes.clock.now()
    back = await admin.post("/api/clock", {"now": now - 3_600_000})
    assert (back.status, back.json["error"]["params"]["reason"]) == (409, "not_behind")
    for bad in (-1, "heute", 10**15):
        assert (await admin.post("/api/clock", {"now": bad})).status == 400
    assert not list((folder / "ask").iterdir())
    assert (await admin.post("/api/clock", {"now": now + 3_600_000})).status == 204
    assert json.loads((folder / "ask/clock").read_text()) == {"now": now + 3_600_000}
    assert (await box.store.box.read(audit.newest))[0].action == "clock_set"
    await admin.leave()


async def test_what_ails_the_board_is_told_to_administrators_alone(boxes: Boxes) -> None:
    box, admin, folder = await owned(boxes)
    account = {"username": "ana", "role": "cliente", "name": "Ana", "password": "la luna de papel 9"}
    assert (await admin.post("/api/users", account)).status == 201
    ana = await Person(box, "ana").sign_in()
    assert (await admin.get("/api/status")).json["machine"]["warnings"] == []
    (folder / "board").mkdir()
    (folder / "board/warnings.json").write_text('["low_voltage", 7]')
    assert (await admin.get("/api/status")).json["machine"]["warnings"] == ["low_voltage"]
    assert "machine" not in (await ana.get("/api/status")).json
    await ana.leave()
    await admin.leave()


def test_a_folder_without_a_place_for_wishes_can_nothing(tmp_path: Path) -> None:
    assert Machine(None).can() == frozenset()
    (tmp_path / "can.json").write_text('["power"]')
    assert Machine(tmp_path).can() == frozenset()
    (tmp_path / "ask").mkdir()
    assert Machine(tmp_path).can() == {"power"}
    for text in ("rubbish", '{"power": 1}', "[7]"):
        (tmp_path / "can.json").write_text(text)
        assert Machine(tmp_path).can() == frozenset()


async def test_an_update_is_laid_down_for_root_who_says_what_became_of_it(boxes: Boxes) -> None:
    box, admin, folder = await owned(boxes, "power", "update")
    state = (await admin.get("/api/update")).json
    assert (state["can"], state["stage"], state["version"], state["waiting"]) == (
        True,
        "idle",
        __version__,
        None,
    )
    answer = await admin.post("/api/update", b"signed" * 100_000)
    assert (answer.status, answer.json["stage"]) == (202, "checking")
    assert (box.settings.data / "update.pichat").read_bytes() == b"signed" * 100_000
    wish = json.loads((folder / "ask/update").read_text())
    noted = {"asked": "another", "image": "0.1.0", "refused": {"why": "signature", "version": ""}}
    (folder / "update.json").write_text(json.dumps(noted))
    assert (await admin.get("/api/update")).json["refused"] is None  # an older one's
    (folder / "update.json").write_text(json.dumps({**noted, "asked": wish["id"]}))
    state = (await admin.get("/api/update")).json
    assert (state["stage"], state["image"], state["refused"]["why"]) == ("idle", "0.1.0", "signature")
    told = {
        "asked": wish["id"],
        "waiting": "9.0.0",
        "trial": True,
        "rolled_back": {"why": "boots", "version": "8.0"},
    }
    (folder / "update.json").write_text(json.dumps(told))
    state = (await admin.get("/api/update")).json
    assert (state["waiting"], state["trial"], state["rolled_back"]["version"]) == ("9.0.0", True, "8.0")
    (folder / "update.json").write_text('{"waiting": 7}')
    assert (await admin.get("/api/update")).json["waiting"] is None
    row = (await box.store.box.read(audit.newest))[0]
    assert (row.action, row.detail) == ("update_brought", {"bytes": 600_000})
    await admin.leave()


async def test_an_update_that_waits_is_withdrawn(boxes: Boxes) -> None:
    box, admin, folder = await owned(boxes, "update")
    answer = await admin.delete("/api/update")
    assert (answer.status, answer.json["error"]["params"]["reason"]) == (409, "no_version_waits")
    assert (await admin.post("/api/update", b"signed")).status == 202
    answer = await admin.delete("/api/update")
    assert (answer.status, answer.json["error"]["params"]["reason"]) == (409, "receiving")
    asked = json.loads((folder / "ask/update").read_text())["id"]
    (folder / "update.json").write_text(json.dumps({"asked": asked, "waiting": "9.0.0"}))
    answer = await admin.delete("/api/update")
    assert (answer.status, answer.json["stage"], answer.json["waiting"]) == (202, "withdrawing", "9.0.0")
    wish = json.loads((folder / "ask/update").read_text())
    assert wish["drop"] is True
    (folder / "update.json").write_text(json.dumps({"asked": wish["id"], "waiting": None}))
    state = (await admin.get("/api/update")).json
    assert (state["stage"], state["waiting"], state["stays"]) == ("idle", None, False)
    row = (await box.store.box.read(audit.newest))[0]
    assert (row.action, row.subject) == ("update_withdrawn", "9.0.0")
    await admin.leave()


async def test_an_update_that_is_too_large_or_has_no_machine_is_refused(boxes: Boxes, people: People) -> None:
    answer = await people.admin.post("/api/update", b"x")
    assert (answer.status, answer.json["error"]["params"]["reason"]) == (409, "no_machine")
    folder = under(boxes, "update")
    box = await boxes.claimed(machine=folder, data=boxes.folder / "small", update_max_bytes=1000)
    admin = await Person(box, *ADMIN).sign_in()
    assert (await admin.post("/api/update", b"x" * 1001)).code == "too_large"
    assert (await admin.post("/api/update", b"x" * 1000)).status == 202
    await admin.leave()


async def test_an_update_that_stops_on_the_way_leaves_nothing(boxes: Boxes) -> None:
    box, admin, folder = await owned(boxes, "update")
    _, writer = await asyncio.open_connection("127.0.0.1", box.port)
    head = (
        f"POST /api/update HTTP/1.1\r\nHost: 127.0.0.1:{box.port}\r\nAuthorization: Bearer {admin.token}\r\n"
    )
    writer.write(f"{head}Content-Length: 5000\r\n\r\n".encode() + b"x" * 1000)
    await writer.drain()
    part = box.settings.data / "update.pichat.part"
    async for state in states(admin):
        if state["done"] == 1000:
            break
    assert part.exists()
    busy = await admin.post("/api/update", b"x")
    assert (busy.status, busy.json["error"]["params"]["reason"]) == (409, "receiving")
    writer.close()
    async for state in states(admin):
        if state["stage"] == "idle":
            break
    assert not part.exists()
    assert list((folder / "ask").iterdir()) == []
    assert (await admin.post("/api/update", b"x")).status == 202
    await admin.leave()


async def states(admin: Person) -> Any:
    async for _ in tried(admin):
        yield (await admin.get("/api/update")).json


async def test_a_wifi_is_chosen_and_its_key_is_never_told(boxes: Boxes) -> None:
    box, admin, folder = await owned(boxes, "wifi")
    none = {"can": True, "ssid": "", "country": "", "key": False, "state": ""}
    assert (await admin.get("/api/wifi")).json == none
    wish = {"ssid": "Café", "country": "es", "key": r"contraseña \1"}
    for bad in (
        {"ssid": "x" * 33},
        {"ssid": "a\nb"},
        {"country": ""},
        {"country": "E1"},
        {"key": "corta"},
        {"key": "ñ" * 32},
        {"key": "muy\nsecreta"},
        {"key": 7},
    ):
        answer = await admin.request("PUT", "/api/wifi", {**wish, **bad})
        assert (answer.status, answer.code) == (400, "bad_request")
    assert not list((folder / "ask").iterdir())
    assert (await admin.request("PUT", "/api/wifi", wish)).status == 204
    path = folder / "ask/wifi"
    wished = json.loads(path.read_text())
    asked = wished.pop("id")
    assert wished == {"ssid": "Café", "country": "ES", "key": r"contraseña \1"}
    assert path.stat().st_mode & 0o777 == 0o600
    rows = await box.store.box.read(audit.newest)
    assert (rows[0].action, rows[0].detail) == ("wifi_chosen", {"ssid": "Café", "country": "ES"})
    (folder / "wifi.json").write_text('{"ssid": "Café", "country": "ES", "key": true, "can": false}')
    (folder / "joining.json").write_text('{"ssid": "Café", "state": "joined", "asked": "an earlier one"}')
    chosen = {"can": True, "ssid": "Café", "country": "ES", "key": True}
    assert (await admin.get("/api/wifi")).json == {**chosen, "state": "joining"}
    (folder / "joining.json").write_text(json.dumps({"ssid": "Café", "state": "key", "asked": asked}))
    assert (await admin.get("/api/wifi")).json == {**chosen, "state": "key"}
    assert (await admin.request("PUT", "/api/wifi", {"ssid": "", "country": ""})).status == 204
    assert (await admin.get("/api/wifi")).json["state"] == "joining"
    (folder / "joining.json").write_text('{"state": 7}')
    assert (await admin.get("/api/wifi")).status == 200
    await admin.leave()


async def test_a_laptop_joins_no_wifi_for_a_page(people: People) -> None:
    assert (await people.admin.get("/api/wifi")).json["can"] is False
    answer = await people.admin.request("PUT", "/api/wifi", {"ssid": "x", "country": "ES"})
    assert (answer.status, answer.json["error"]["params"]["reason"]) == (409, "no_machine")
