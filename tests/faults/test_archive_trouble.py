"""Archives and a disk that is full: refused in time, nothing changed, the box goes on."""

import asyncio
import io
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.boxes import ADMIN
from tests.faults.volumes import SmallDisk
from tests.people import People, Person


async def test_an_archive_that_does_not_fit(people: People, tmp_path: Path) -> None:
    for number in range(3):
        body = b"%PDF-1.4 " + bytes([number]) * 1024 * 1024
        assert (await people.ana.put(f"/api/uploads/{number}.pdf", body)).status == 201
    await people.admin.post("/api/stable")
    url = (await people.admin.post("/api/export", {"password": ADMIN[1]})).json["url"]
    data = (await Person(people.box).get("/" + url.partition("://")[2].partition("/")[2])).content
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None

    small = SmallDisk(tmp_path / "small", 8)
    try:
        admin = Person(SimpleNamespace(port=small.port), *ADMIN)
        claim = {"code": small.claim_code, "username": ADMIN[0], "password": ADMIN[1], "name": "M"}
        assert (await admin.post("/api/claim", claim)).status == 201
        await admin.sign_in()
        filler = small.fill(1024 * 1024)
        refused = await admin.post("/api/import", data)
        assert (refused.status, refused.code) == (507, "no_space")
        filler.unlink()
        assert (await admin.post("/api/import", data)).status == 202
        state = await settled(admin, "checking")
        assert (state["stage"], state["archive"]["counts"]["files"]) == ("waiting", 3)
        small.fill(1024 * 1024)
        refused = await admin.post("/api/import/merge", {"password": ADMIN[1], "trust": True})
        assert (refused.status, refused.code) == (507, "no_space")
        assert (await admin.get("/api/uploads")).json["items"] == []
        assert (await admin.delete("/api/import")).status == 204
        assert (await admin.get("/health")).status in (200, 503)
        await admin.leave()
    finally:
        assert small.stop() == 0


async def settled(admin: Person, *under_way: str) -> Any:
    async with asyncio.timeout(20):
        while (state := (await admin.get("/api/import")).json)["stage"] in under_way:
            await asyncio.sleep(0.02)
    return state
