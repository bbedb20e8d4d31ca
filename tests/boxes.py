"""Real boxes for tests: built by the product's own assembly, on port 0, in a temporary folder."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from appliance.assembly import Box, build
from appliance.base.settings import Settings
from appliance.domain.passwords import Rung
from appliance.server.front import Ports
from tests.clocks import MovedClock

WEB = Path(__file__).parents[1] / "web"
# The cheapest real parameters: a test hashes as the box does, only with less memory.
QUICK = (Rung(memory_kib=8, passes=1),)
ADMIN = ("marta", "el faro rojo 7")


class Boxes:
    """Starts boxes and closes whatever is still open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.open: list[Box] = []
        self.boot_id = folder / "boot_id"
        self.boot_id.write_text("first-boot\n")
        self.clock = MovedClock()

    def settings(self, **changes: Any) -> Settings:
        base = Settings(data=self.folder / "data", web=WEB, host="127.0.0.1", port=0, free_floor_bytes=0)
        return replace(base, **changes)

    async def start(self, ports: Ports | None = None, **changes: Any) -> Box:
        """A box as it comes up: `data=` another folder for a second one beside it; `ports` that are open."""
        box = build(self.settings(**changes), clock=self.clock, ladder=QUICK, boot_id=self.boot_id)
        await box.start(ports)
        self.open.append(box)
        return box

    async def claimed(self, **changes: Any) -> Box:
        box = await self.start(**changes)
        await claim(box)
        return box

    async def stop(self, box: Box) -> None:
        """As a clean shutdown."""
        self.open.remove(box)
        await box.stop()

    def new_boot(self) -> None:
        """From now on the machine says that it was started again."""
        old = self.boot_id.read_text().strip()
        self.boot_id.write_text(f"{old}-next\n")

    async def again(self, box: Box, **changes: Any) -> Box:
        """The same data folder, started again (same boot, unless `new_boot` was called)."""
        await self.stop(box)
        return await self.start(data=box.settings.data, **changes)

    async def close(self) -> None:
        for box in list(self.open):
            await self.stop(box)


async def claim(box: Box) -> None:
    """Claims over HTTP, with the code from the file, as a person would."""
    from tests.people import Person

    code = (box.settings.data / "claim.txt").read_text().strip()
    body = {"code": code, "username": ADMIN[0], "password": ADMIN[1], "name": "Marta"}
    answer = await Person(box).post("/api/claim", body)
    assert answer.status == 201, answer.text
