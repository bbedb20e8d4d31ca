"""What the disk lost is seen, told and never given out; the same bytes uploaded again heal it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from appliance.base.clock import SystemClock
from appliance.domain.actor import Actor, Role
from appliance.domain.store_health import DAY, StoreHealth
from appliance.host.card import Card, card
from tests.boxes import Boxes
from tests.conftest import Expected
from tests.people import People, Person

PAPER = b"%PDF-1.4 " + b"papel " * 200_000


def bodies(box: Any, sha256: str) -> list[Path]:
    return [path for path in box.settings.data.rglob(sha256) if path.is_file()]


def rot(paths: list[Path]) -> None:
    """One bit, as a card does it; the length stays."""
    for path in {path.stat().st_ino: path for path in paths}.values():
        path.chmod(0o600)
        with path.open("r+b") as file:
            file.seek(700_000)
            file.write(b"X")
        path.chmod(0o440)


async def looked(admin: Person) -> Any:
    """Everything is read again."""
    answer = await admin.post("/api/health/store")
    assert answer.status == 202, answer.text
    async with asyncio.timeout(20):
        while (report := (await admin.get("/api/health/store")).json)["running"]:
            await asyncio.sleep(0.01)
    return report


async def test_all_is_well(people: People) -> None:
    await people.ana.put("/api/uploads/papel.pdf", PAPER)
    first = (await people.admin.get("/api/health/store")).json
    assert (first["checked_at"], first["damaged"], first["running"]) == (None, [], False)
    report = await looked(people.admin)
    assert report["checked_at"] > 1_700_000_000_000
    assert (report["damaged"], report["share"]) == ([], 0)
    assert 0 < report["free_bytes"] < report["total_bytes"]
    again = (await people.ana.put("/api/uploads/otro.pdf", PAPER)).json
    assert again["damaged"] is False


@pytest.mark.parametrize("saved", [False, True])
async def test_damaged_seen_and_healed(
    people: People, boxes: Boxes, saved: bool, expect_log: Expected
) -> None:
    expect_log("is damaged; files that have it: 1")
    one = (await people.ana.put("/api/uploads/papel.pdf", PAPER)).json
    if saved:
        assert (await people.admin.post("/api/stable")).status == 201
    socket = await people.admin.connect()
    silent = await people.ana.connect()
    rot(bodies(people.box, one["sha256"]))

    report = await looked(people.admin)
    (found,) = report["damaged"]
    assert (found["sha256"], found["files"]) == (
        one["sha256"],
        [{"id": one["id"], "name": "papel.pdf"}],
    )
    notice = await socket.wait(lambda frame: frame.get("code") == "store_damaged")
    assert notice["params"] == {"sha256": one["sha256"], "files": 1, "name": "papel.pdf"}
    assert (await people.ana.get(f"/api/uploads/{one['id']}")).json["damaged"] is True
    refused = await people.ana.get(f"/api/uploads/{one['id']}/content")
    assert (refused.status, refused.code, refused.json["error"]["params"]) == (
        410,
        "gone",
        {"reason": "damaged"},
    )
    here = await people.ana.post("/api/uploads/here", {"sha256": one["sha256"], "name": "copia.pdf"})
    assert (here.status, here.content) == (204, b"")  # its bytes are wanted

    back = (await people.beto.put("/api/uploads/suyo.pdf", PAPER)).json
    assert back["sha256"] == one["sha256"]
    await socket.wait(lambda frame: frame.get("code") == "store_healed")
    assert (await people.ana.get(f"/api/uploads/{one['id']}/content")).content == PAPER
    assert [path.read_bytes() == PAPER for path in bodies(people.box, one["sha256"])] == [True, True]
    assert (await looked(people.admin))["damaged"] == []
    if saved:
        verified = await people.admin.post("/api/stable/1/verify")
        assert verified.status in (200, 202)
    assert all(frame.get("code") != "store_damaged" for frame in list(silent.frames._queue))  # type: ignore[attr-defined]


async def test_what_was_damaged_is_so_after_a_restart(
    people: People, boxes: Boxes, expect_log: Expected
) -> None:
    expect_log("is damaged; files that have it: 1")
    one = (await people.ana.put("/api/uploads/papel.pdf", PAPER)).json
    rot(bodies(people.box, one["sha256"]))
    await looked(people.admin)
    box = await boxes.again(people.box, undo_seconds=0)
    admin = await Person(box, people.admin.username, people.admin.password).sign_in()
    assert [found["sha256"] for found in (await admin.get("/api/health/store")).json["damaged"]] == [
        one["sha256"]
    ]
    assert (await admin.get(f"/api/uploads/{one['id']}/content")).code == "gone"
    gone = (await admin.put("/api/uploads/otro.pdf", PAPER + b"!")).json
    rot(bodies(box, gone["sha256"]))
    assert len((await looked(admin))["damaged"]) == 2
    assert (await admin.delete(f"/api/uploads/{gone['id']}")).status < 300
    for path in bodies(box, one["sha256"]):  # somebody mends it by hand
        path.chmod(0o600)
        path.write_bytes(PAPER)
    assert (await looked(admin))["damaged"] == []
    assert (await admin.get(f"/api/uploads/{one['id']}/content")).content == PAPER
    await admin.leave()


async def test_a_slow_round_finds_it_too_and_begins_again(people: People, expect_log: Expected) -> None:
    """The same loop that takes a month, with a second for its round."""
    expect_log("is damaged; files that have it: 1")
    one = (await people.ana.put("/api/uploads/papel.pdf", PAPER)).json
    await people.ana.put("/api/uploads/otro.pdf", b"otro")
    rot(bodies(people.box, one["sha256"]))
    box = people.box
    told: list[Any] = []
    slow = StoreHealth(box.store, SystemClock(), days=1 / DAY, card=lambda: None, pause=0.01)
    try:
        await slow.start(told.extend)
        actor = Actor(people.admin.me["id"], "marta", "Marta", Role.ADMINISTRATOR, "s")
        rounds: set[int | None] = set()
        async with asyncio.timeout(20):
            while len(rounds) < 2:
                rounds |= {(await slow.report(actor)).checked_at} - {None}
                await asyncio.sleep(0.02)
        assert [found.sha256 for found in (await slow.report(actor)).damaged] == [one["sha256"]]
        assert [event.frame.code for event in told] == ["store_damaged"]  # once, whatever the rounds
    finally:
        await slow.close()


async def test_it_goes_on_where_it_was(people: People, boxes: Boxes) -> None:
    for number in range(4):
        await people.ana.put(f"/api/uploads/{number}.pdf", PAPER + bytes([number]))
    names = sorted(path.name for path in people.box.settings.data.glob("live/*/blobs/??/*"))
    notes = people.box.settings.data / "scrub.json"
    await boxes.stop(people.box)
    notes.write_text(json.dumps({"after": names[1], "read": 2 * len(PAPER), "total": 4 * len(PAPER)}))
    box = await boxes.start(data=people.box.settings.data)
    admin = await Person(box, people.admin.username, people.admin.password).sign_in()
    assert (await admin.get("/api/health/store")).json["share"] == pytest.approx(0.5, abs=0.01)
    await boxes.stop(box)
    assert json.loads(notes.read_text())["after"] == names[1]
    notes.write_text("garbage")
    box = await boxes.start(data=people.box.settings.data)
    again = await Person(box, people.admin.username, people.admin.password).sign_in()
    assert (await again.get("/api/health/store")).json["share"] == 0
    await admin.leave()
    await again.leave()


async def test_a_saved_body_that_is_gone_comes_back_by_an_upload(
    people: People, boxes: Boxes, expect_log: Expected
) -> None:
    expect_log("have lost their bytes")
    one = (await people.ana.put("/api/uploads/papel.pdf", PAPER)).json
    await people.admin.post("/api/stable")
    await boxes.stop(people.box)
    for path in bodies(people.box, one["sha256"]):
        path.unlink()
    boxes.new_boot()
    box = await boxes.start(data=people.box.settings.data)
    ana = await Person(box, "ana").sign_in()
    assert (await ana.get(f"/api/uploads/{one['id']}")).json["damaged"] is True
    assert (await ana.put("/api/uploads/otra.pdf", PAPER)).status == 201
    assert (await ana.get(f"/api/uploads/{one['id']}")).json["damaged"] is False
    assert (await ana.get(f"/api/uploads/{one['id']}/content")).content == PAPER
    assert bodies(box, one["sha256"])[0].stat().st_mode & 0o777 == 0o440
    await ana.leave()


def test_the_card_as_the_kernel_tells(tmp_path: Path) -> None:
    assert card(tmp_path) is None
    device = tmp_path / "mmcblk0" / "device"
    device.mkdir(parents=True)
    (device / "name").write_text("SC32G\n")
    (device / "type").write_text("SD\n")
    assert card(tmp_path) == Card("mmcblk0", "SC32G", "SD", None, "unknown")
    (device / "life_time").write_text("0x02 0x09\n")
    (device / "pre_eol_info").write_text("0x02\n")
    assert card(tmp_path) == Card("mmcblk0", "SC32G", "SD", 90, "warning")
    (device / "life_time").write_text("nonsense\n")
    assert card(tmp_path) == Card("mmcblk0", "SC32G", "SD", None, "warning")
