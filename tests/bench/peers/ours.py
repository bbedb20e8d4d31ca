"""Our own server in a process of its own, as a person runs it, with a claimed box and room for a crowd."""

import asyncio
import json
import tempfile
from pathlib import Path

from appliance.base import log
from tests.boxes import ADMIN, Boxes
from tests.people import Person


async def main() -> None:
    log.set_up("info")
    with tempfile.TemporaryDirectory() as folder:
        boxes = Boxes(Path(folder))
        box = await boxes.claimed(
            message_burst=10**9,
            message_rate=10**9,
            max_connections=5000,
            max_connections_per_address=5000,
            sessions_per_person=1000,
        )
        admin = await Person(box, *ADMIN).sign_in()
        print(json.dumps({"port": box.port, "token": admin.token}), flush=True)
        await asyncio.Event().wait()


asyncio.run(main())
