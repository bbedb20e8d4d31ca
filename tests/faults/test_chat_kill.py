"""The program is killed again and again while ten clients talk: what was acknowledged is there, once, in one
order for all, and nobody's marks of reading go back.
"""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.talkers import PACE, Talker, check, talkers
from tests.served import CHOICES, Served


@pytest.fixture
def house(tmp_path: Path) -> Iterator["House"]:
    one = House(tmp_path / "data")
    yield one
    one.served.stop()


class House:
    """The box of the moment: another process after each kill, at another port."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.served = self.start()

    def start(self) -> Served:
        return Served(self.data, settings={**CHOICES, **PACE})

    @property
    def port(self) -> int:
        return self.served.port

    async def killed(self) -> None:
        self.served.kill()
        self.served = await asyncio.to_thread(self.start)


async def session(house: House, kills: int, seed: int) -> list[Talker]:
    luck = random.Random(seed)
    everybody = await talkers(house, house.served.claim_code)
    tasks = [asyncio.create_task(one.talk()) for one in everybody]
    for _ in range(kills):
        await asyncio.sleep(luck.uniform(0.2, 1.0))
        await house.killed()
    await asyncio.sleep(0.5)
    for one in everybody:
        one.closing = True
    async with asyncio.timeout(60):
        await asyncio.gather(*tasks)
    return everybody


async def test_nothing_acknowledged_is_lost_by_kills(house: House) -> None:
    everybody = await session(house, kills=12, seed=4)
    assert min(one.lives for one in everybody) > 1
    assert sum(one.number for one in everybody) > 100
    await check(everybody)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
async def test_hundreds_of_kills(house: House, seed: int) -> None:
    await check(await session(house, kills=60, seed=seed))
