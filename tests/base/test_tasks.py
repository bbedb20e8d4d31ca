"""Work beside the rest: it goes on after trouble that is said, and ends when it is told to."""

import asyncio
from typing import Any

import pytest

from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.base.tasks import Rounds


async def test_rounds_go_on_after_trouble_until_they_are_told_to_end(expect_log: Any) -> None:
    expect_log("nobody swept")
    troubles: list[Exception] = [Refusal(Code.NO_SPACE), OSError("the card")]
    swept = asyncio.Semaphore(0)

    async def sweep() -> None:
        if troubles:
            raise troubles.pop()
        swept.release()

    rounds = Rounds(0.001, logger("test"), "nobody swept")
    await rounds.close()  # of what never began there is no end
    rounds.start(sweep)
    async with asyncio.timeout(20):
        for _ in range(3):
            await swept.acquire()
    await rounds.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_the_same_trouble_is_said_once_until_it_is_over(
    expect_log: Any, caplog: pytest.LogCaptureFixture
) -> None:
    expect_log("nobody swept")
    full = OSError("the card")
    rounds_left: list[Exception | None] = [full, full, None, full]
    over = asyncio.Event()

    async def sweep() -> None:
        if not rounds_left:
            over.set()
        elif trouble := rounds_left.pop(0):
            raise trouble

    rounds = Rounds(0.001, logger("test"), "nobody swept")
    rounds.start(sweep)
    async with asyncio.timeout(20):
        await over.wait()
    await rounds.close()
    assert [record.getMessage() for record in caplog.records] == ["nobody swept: the card"] * 2
