"""Ten clients on a line as bad as Wi-Fi: what was acknowledged is there, once, in one order for all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.faults.proxy import Line
from tests.faults.talkers import PACE, check, talkers
from tests.served import CHOICES, Served


@asynccontextmanager
async def lined(data: Path, seed: int) -> AsyncIterator[tuple[Served, Line]]:
    served = await asyncio.to_thread(Served, data, settings={**CHOICES, **PACE})
    line = Line(served.port, seed)
    await line.start()
    try:
        yield served, line
    finally:
        await line.close()
        served.stop()


async def session(data: Path, rounds: int, seed: int) -> None:
    async with lined(data, seed) as (served, line):
        everybody = await talkers(line, served.claim_code)
        line.bad = True
        tasks = [asyncio.create_task(one.talk()) for one in everybody]
        async with asyncio.timeout(60 + 5 * rounds):
            while min(line.met.values()) < rounds:
                await asyncio.sleep(0.1)
        line.bad = False
        for one in everybody:
            one.closing = True
        async with asyncio.timeout(60):
            await asyncio.gather(*tasks)
        assert sum(one.lives for one in everybody) > len(everybody)
        assert sum(one.number for one in everybody) > 50
        await check(everybody)


async def test_nothing_acknowledged_is_lost_on_a_bad_line(tmp_path: Path) -> None:
    await session(tmp_path / "data", rounds=2, seed=7)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
async def test_hundreds_of_bad_lines(tmp_path: Path, seed: int) -> None:
    await session(tmp_path / "data", rounds=60, seed=seed)
