"""Word for the service manager that the box is well: again and again, and over when it is told to end."""

import asyncio
from typing import Any


async def test_who_asks_whether_all_is_well_can_always_be_ended(box: Any) -> None:
    """At whatever moment: also when the answer comes in the same turn of the loop."""

    async def ask_always() -> None:
        while await box.services.health.writable():
            await asyncio.sleep(0)

    for number in range(400):
        asking = asyncio.create_task(ask_always())
        for _ in range(1 + number % 7):
            await box.services.health.writable()
        asking.cancel()
        done, _ = await asyncio.wait([asking], timeout=10)
        assert done, f"still asking, the {number}th time"
        assert asking.cancelled()
