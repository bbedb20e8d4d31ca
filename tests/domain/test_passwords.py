"""Argon2id: one worker, a short queue, parameters of this machine, and the same cost for everybody."""

import asyncio
import threading
from pathlib import Path

import argon2
import pytest

from appliance.base.errors import Code, Refusal
from appliance.domain import passwords
from appliance.domain.passwords import LADDER, Hasher, Rung, climb
from tests.boxes import QUICK
from tests.conftest import Expected
from tests.domain.household import GIB, Household

SECOND = (Rung(memory_kib=16, passes=1),)


def test_the_ladder_starts_at_the_floor() -> None:
    assert (LADDER[0].memory_kib, LADDER[0].passes, LADDER[0].lanes) == (19 * 1024, 2, 1)
    for rung in LADDER:
        assert rung.memory_kib >= 19 * 1024
        assert rung.passes >= 2


@pytest.mark.parametrize(
    ("memory_kib", "cost", "rung"),
    [
        (1024 * 1024, 0.1, LADDER[-1]),
        (50 * 1024, 0.1, LADDER[1]),
        (1024 * 1024, 0.6, LADDER[0]),
        (1, 9.0, LADDER[0]),
    ],
)
def test_a_machine_climbs_as_far_as_memory_and_patience_reach(
    memory_kib: int, cost: float, rung: Rung
) -> None:
    assert climb(LADDER, memory_kib, lambda _: cost) == rung


async def test_the_real_ladder_is_measured_once_and_kept(tmp_path: Path) -> None:
    house = Household(tmp_path / "data")
    first = Hasher(house.settings, house.box, memory_bytes=160 * 1024 * 1024)
    stored = await first.hash("la luna de papel 9")
    first.close()
    # 1/8 of 160 MiB is 20 MiB: only the floor fits.
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    second = Hasher(house.settings, house.box, memory_bytes=64 * GIB)
    assert second.rung == LADDER[0]
    assert (await second.verify(stored, "la luna de papel 9")).ok
    second.close()
    house.close()


async def test_right_wrong_and_nobody(house: Household) -> None:
    stored = await house.hasher.hash("la luna de papel 9")
    assert await house.hasher.verify(stored, "la luna de papel 9") == passwords.Verified(True)
    assert not (await house.hasher.verify(stored, "la luna de papel 8")).ok
    assert not (await house.hasher.verify(None, "la luna de papel 9")).ok
    assert await house.hasher.hash("la luna de papel 9") != stored


async def test_accents_may_be_composed_or_not(house: Household) -> None:
    stored = await house.hasher.hash("contrase\u00f1a larga 7")
    assert (await house.hasher.verify(stored, "contrasen\u0303a larga 7")).ok


async def test_what_cannot_be_encoded_is_merely_wrong(house: Household) -> None:
    stored = await house.hasher.hash("la luna de papel 9")
    assert not (await house.hasher.verify(stored, "\ud800\0" + "x" * 1_000_000)).ok


async def test_nobody_costs_what_somebody_costs(house: Household) -> None:
    dummy = argon2.extract_parameters(house.hasher._dummy)
    real = argon2.extract_parameters(await house.hasher.hash("la luna de papel 9"))
    assert dummy == real


async def test_other_parameters_are_taken_over_at_the_next_sign_in(house: Household) -> None:
    old = await house.hasher.hash("la luna de papel 9")
    stronger = Hasher(house.settings, house.box, memory_bytes=GIB, ladder=SECOND)
    verified = await stronger.verify(old, "la luna de papel 9")
    assert verified.ok
    assert verified.rehash is not None
    assert "m=16," in verified.rehash
    assert await stronger.verify(verified.rehash, "la luna de papel 9") == passwords.Verified(True)
    assert (await stronger.verify(old, "wrong")).rehash is None
    stronger.close()


@pytest.mark.parametrize(
    "stored",
    [
        "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b27SJ6YGw",
        "$argon2id$v=19$m=19456,t=4000,p=1$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b27SJ6YGw",
        "$argon2id$v=19$m=19456,t=2,p=200$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b27SJ6YGw",
        "plain text",
        "",
    ],
)
async def test_absurd_stored_hashes_are_refused_without_being_tried(
    house: Household, stored: str, expect_log: Expected
) -> None:
    expect_log("a stored password")
    assert not (await house.hasher.verify(stored, "la luna de papel 9")).ok


async def test_the_queue_is_short_and_the_rest_are_told_when_to_come_back(tmp_path: Path) -> None:
    house = Household(tmp_path / "data", hash_queue=3)
    gate = threading.Event()
    blocked = house.hasher._worker.submit(gate.wait)
    waiting = [asyncio.ensure_future(house.hasher.hash("la luna de papel 9")) for _ in range(4)]
    await asyncio.sleep(0)
    with pytest.raises(Refusal) as refused:
        await house.hasher.verify(None, "one too many")
    assert refused.value.code is Code.BUSY
    assert refused.value.retry_ms is not None and refused.value.retry_ms >= 1000
    gate.set()
    assert len(await asyncio.gather(*waiting)) == 4
    assert blocked.result()
    await house.hasher.hash("there is room again")
    house.close()


async def test_whoever_stops_waiting_leaves_the_place_to_others(tmp_path: Path) -> None:
    house = Household(tmp_path / "data", hash_queue=1)
    gate = threading.Event()
    house.hasher._worker.submit(gate.wait)
    gone = [asyncio.ensure_future(house.hasher.hash("la luna de papel 9")) for _ in range(2)]
    await asyncio.sleep(0)
    for one in gone:
        one.cancel()
    await asyncio.gather(*gone, return_exceptions=True)
    stays = asyncio.ensure_future(house.hasher.hash("la luna de papel 9"))
    await asyncio.sleep(0)
    gate.set()
    assert (await stays).startswith("$argon2id$")
    house.close()


async def test_a_closed_hasher_refuses(house: Household) -> None:
    other = Hasher(house.settings, house.box, memory_bytes=GIB, ladder=QUICK)
    other.close()
    with pytest.raises(Refusal) as refused:
        await other.hash("la luna de papel 9")
    assert refused.value.code is Code.BUSY
