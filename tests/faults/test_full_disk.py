"""A disk that fills up: administrators are told once, uploads are refused, chat and deletions go on."""

from pathlib import Path

import pytest

from tests.faults.test_uploads import MB, chat_works, claimed
from tests.faults.volumes import SmallDisk
from tests.people import PASSWORD, Person, Socket


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
