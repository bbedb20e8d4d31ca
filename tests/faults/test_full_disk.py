"""A disk that fills up: administrators are told once, uploads are refused, chat and deletions go on."""

from pathlib import Path

import pytest

from tests.boxes import ADMIN
from tests.faults.test_uploads import MB, chat_works, claimed
from tests.faults.volumes import SmallDisk
from tests.people import PASSWORD, Person, Socket
from tests.served import Served


async def heard(socket: Socket) -> list[str]:
    """The notices so far, in order."""
    await socket.ask({"type": "ping"})
    frames = [socket.frames.get_nowait() for _ in range(socket.frames.qsize())]
    return [frame["code"] for frame in frames if frame["type"] == "notice"]


@pytest.mark.namespace
async def test_administrators_are_told_once_for_each_mark(tmp_path: Path) -> None:
    disk = SmallDisk(tmp_path / "data", 64, reserve_bytes=str(4 * MB), disk_low_bytes=str(20 * MB))
    try:
        admin = await claimed(disk)
        account = {"username": "ana", "role": "cliente", "name": "Ana", "password": PASSWORD}
        assert (await admin.post("/api/users", account)).status == 201
        ana = await Person(disk, "ana").sign_in()
        told, others = await admin.connect(), await ana.connect()
        file = (await admin.put("/api/uploads/a.bin", bytes(30 * MB))).json
        assert (await admin.get("/api/status")).json["disk"] == "ok"
        assert await heard(told) == []
        filler = disk.fill(leave=10 * MB)
        for size, answer in ((MB, 201), (20 * MB, 507), (MB, 201), (12 * MB, 507)):
            assert (await admin.put("/api/uploads/b.bin", bytes(size))).status == answer
        assert await heard(told) == ["disk_low"]
        assert (await admin.get("/api/status")).json["disk"] == "low"
        disk.fill(leave=0)
        for person in (admin, ana, admin):
            seen = await person.put("/api/uploads/c.pdf", b"%PDF-1.4" + bytes(MB))
            assert (seen.status, seen.code) == (507, "no_space")
        assert await heard(told) == ["disk_full"]
        assert (await admin.get("/api/status")).json["disk"] == "full"
        assert "disk" not in (await ana.get("/api/status")).json
        await chat_works(ana)
        assert (await admin.delete(f"/api/uploads/{file['id']}")).status == 204
        filler.unlink()
        assert (await ana.put("/api/uploads/c.pdf", b"%PDF-1.4" + bytes(MB))).status == 201
        assert (await heard(told))[-1] == "disk_ok"  # by way of low, when a look comes in between
        assert await heard(others) == []
        assert "Traceback" not in disk.log
        await admin.leave()
        await ana.leave()
    finally:
        disk.stop()


async def interrupted(folder: Path) -> Path:
    """A data folder whose last session was cut off with 20 MB that nobody saved."""
    served = Served(folder)
    admin = await claimed(served)
    assert (await admin.put("/api/uploads/perdido.bin", bytes(20 * MB))).status == 201
    await admin.leave()
    served.kill()
    return folder


@pytest.mark.namespace
async def test_what_a_power_cut_left_gives_way_to_an_upload_and_to_a_save(tmp_path: Path) -> None:
    past = await interrupted(tmp_path / "past")
    for deed in ("upload", "save"):
        disk = SmallDisk(tmp_path / deed, 48, past, restore="start")
        try:
            admin = await Person(disk, *ADMIN).sign_in()
            assert len((await admin.get("/api/previous")).json["sessions"]) == 1
            if deed == "upload":
                too_large = await admin.put("/api/uploads/a.bin", bytes(64 * MB))
                assert (too_large.status, too_large.code) == (507, "no_space")
                disk.fill(leave=16 * MB)
                came = await admin.put("/api/uploads/a.bin", bytes(24 * MB))
                assert (came.status, came.json["size"]) == (201, 24 * MB)
            else:
                await chat_works(admin)
                disk.fill(leave=40_000)
                saved = await admin.post("/api/stable", {"note": "cabe"})
                assert (saved.status, saved.json["messages"]) == (201, 1)
                filler = disk.fill(leave=0)  # and where nothing is left that could give way, it is refused
                assert (await admin.post("/api/stable", {})).code == "no_space"
                filler.unlink()
                assert [one["ok"] for one in (await admin.get("/api/stable")).json["generations"]] == [True]
            assert (await admin.get("/api/previous")).json["sessions"] == []
            deeds = [row["action"] for row in (await admin.get("/api/audit")).json["items"]]
            assert deeds.count("previous_gave_way") == 1
            assert "Traceback" not in disk.log
            await admin.leave()
        finally:
            disk.stop()
