"""As `killed`, for whole boxes: brings back, forgets or erases, and is killed at the nth step of it.

A step is a commit, before it and after it, and each change to a name in the data folder. n = 0 is never.
"""

import asyncio
import functools
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from appliance.assembly import Box, build
from appliance.base import log
from appliance.base.settings import Settings
from appliance.domain.actor import Actor, Role
from appliance.store.bringing import Choice
from appliance.store.database import Database
from tests.boxes import QUICK, WEB
from tests.faults.mother import give_birth, tell

ADMIN = Actor("u_admin", "marta", "Marta", Role.ADMINISTRATOR, "s")
LEFT = [0]  # steps to live; 0 is for ever


def step() -> None:
    if LEFT[0]:
        LEFT[0] -= 1
        if LEFT[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def stepping(owner: Any, name: str, *, after: bool = False) -> None:
    real: Callable[..., Any] = getattr(owner, name)

    @functools.wraps(real)
    def call(*args: Any, **kwargs: Any) -> Any:
        step()
        value = real(*args, **kwargs)
        if after:
            step()
        return value

    setattr(owner, name, call)


async def do(box: Box, deed: str, subjects: list[str]) -> None:
    services = box.services
    match deed:
        case "bring":
            await services.previous.bring_back(ADMIN, subjects[0], Choice(all=True))
        case "forget":
            await services.previous.erase(ADMIN)
        case "erase" | "erase_saved":
            await services.erasing.erase(ADMIN, subjects, saved=deed == "erase_saved")


async def live_on(folder: Path, boot: str, deed: str, number: int, subjects: list[str]) -> None:
    log.set_up("error")
    (folder / "boot_id").write_text(f"{boot}\n")
    settings = replace(
        Settings(data=folder / "data", reserve_bytes=0), web=WEB, host="127.0.0.1", port=0, free_floor_bytes=0
    )
    box = build(settings, ladder=QUICK, boot_id=folder / "boot_id")
    await box.start()
    if box.store.tidied is not None:
        await asyncio.wrap_future(box.store.tidied)
    LEFT[0] = number
    await do(box, deed, subjects)
    tell("done")
    os.kill(os.getpid(), signal.SIGKILL)  # while everything is still open


def live(words: list[str]) -> None:
    folder, boot, deed, number, *subjects = words
    asyncio.run(live_on(Path(folder), boot, deed, int(number), subjects))


if __name__ == "__main__":
    stepping(Database, "_commit", after=True)
    for name in ("rename", "unlink"):
        stepping(Path, name)
    stepping(os, "link")
    give_birth(live)
