"""A box that is killed while files wait: they are scanned after all, in the order in which they came."""

import asyncio
from pathlib import Path

from tests import samples
from tests.faults.test_uploads import claimed
from tests.host.clamd import EICAR, clamd
from tests.people import Person
from tests.served import CHOICES, Served


async def test_what_waited_when_the_box_was_killed_is_scanned_when_it_comes_back(tmp_path: Path) -> None:
    with clamd() as antivirus:
        antivirus.stop()
        settings = {**CHOICES, "clamd_socket": str(antivirus.socket)}
        served = Served(tmp_path / "data", settings=settings)
        admin = await claimed(served)
        bodies = {"uno.txt": b"uno", "dos.txt": EICAR, "tres.html": samples.PAGE, "cuatro.txt": b"cuatro"}
        for name, body in bodies.items():
            sent = await admin.put(f"/api/uploads/{name}", body)
            assert (sent.status, sent.json["scan"]) == (201, "pending")
        served.kill()

        antivirus.start()
        served = Served(tmp_path / "data", settings=settings)
        admin = await Person(served, admin.username, admin.password).sign_in()
        async with asyncio.timeout(20):
            while (await admin.get("/api/uploads?scan=pending")).json["items"]:
                await asyncio.sleep(0.02)
        found = (await admin.get("/api/uploads?sort=created")).json["items"]
        assert {file["name"]: (file["scan"], [why["code"] for why in file["reasons"]]) for file in found} == {
            "uno.txt": ("clean", []),
            "dos.txt": ("flagged", ["virus"]),
            "tres.html": ("flagged", ["html"]),
            "cuatro.txt": ("clean", []),
        }
        told = [line for line in served.log.splitlines() if ": clean" in line or ": flagged" in line]
        assert [file["id"] in line for file, line in zip(found, told, strict=True)] == [True] * 4
        served.stop()
