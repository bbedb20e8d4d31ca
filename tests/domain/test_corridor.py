"""Bytes reach the disk in order, whatever the threads do; what fails stops; promises add up."""

import asyncio
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from appliance.base.errors import Code, Refusal
from appliance.base.settings import Settings
from appliance.domain.corridor import BUFFER, IN_FLIGHT, Pump
from appliance.domain.places import Places


async def test_pieces_arrive_in_order_and_whole() -> None:
    chance = random.Random(1)
    with ThreadPoolExecutor(3) as pool:
        for _ in range(2):
            written = bytearray()

            def slowly(data: bytes, written: bytearray = written) -> None:
                time.sleep(chance.random() / 500)
                written.extend(data)

            pumps = [Pump(pool, slowly), Pump(pool, lambda data: time.sleep(0.001))]
            sent = bytearray()
            for _ in range(200):
                chunk = chance.randbytes(chance.choice((1, 1000, 65536, 3 * BUFFER // 2)))
                sent += chunk
                await asyncio.gather(*(pump.put(chunk) for pump in pumps))
            await asyncio.gather(*(pump.flush() for pump in pumps))
            assert written == sent
            assert pumps[0].sunk == len(sent)


async def test_a_sender_waits_for_a_slow_disk() -> None:
    waiting: list[int] = []
    with ThreadPoolExecutor(1) as pool:
        pump = Pump(pool, lambda data: time.sleep(0.01))
        for number in range(1, 12):
            await pump.put(bytes(BUFFER))
            waiting.append(number * BUFFER - pump.sunk)
        await pump.flush()
    assert max(waiting) <= (IN_FLIGHT + 1) * BUFFER


async def test_after_a_failure_nothing_more_is_written() -> None:
    written: list[int] = []

    def full(data: bytes) -> None:
        if len(written) == 2:
            raise Refusal(Code.NO_SPACE)
        written.append(len(data))

    with ThreadPoolExecutor(2) as pool:
        pump = Pump(pool, full)
        with pytest.raises(Refusal, match="no_space"):
            for _ in range(20):
                await pump.put(bytes(BUFFER))
        with pytest.raises(Refusal, match="no_space"):
            await pump.flush()
        await pump.stop()
    assert len(written) == 2


async def test_trouble_that_nobody_foresaw_is_told_to_the_console(expect_log: Any) -> None:
    def broken(data: bytes) -> None:
        raise OSError(5, "Input/output error")

    expect_log("an upload could not be kept: OSError")
    with ThreadPoolExecutor(1) as pool:
        pump = Pump(pool, broken)
        await pump.put(b"x")
        with pytest.raises(Refusal, match="internal"):
            await pump.flush()


async def test_stopping_waits_for_what_has_begun_and_forgets_the_rest() -> None:
    written: list[int] = []
    with ThreadPoolExecutor(1) as pool:
        pump = Pump(pool, lambda data: (time.sleep(0.05), written.append(len(data))))
        for _ in range(3):
            await pump.put(bytes(BUFFER))
        await pump.stop()
        count = len(written)
        assert count < 3
        await asyncio.sleep(0.1)
        assert len(written) == count


async def test_the_last_of_a_small_body_is_all_of_it_and_of_a_large_one_nothing() -> None:
    written = bytearray()
    with ThreadPoolExecutor(1) as pool:
        small, large = Pump(pool, written.extend), Pump(pool, written.extend)
        await small.put(b"one ")
        await small.put(b"two")
        assert (bytes(await small.last()), bytes(written)) == (b"one two", b"")
        assert not await small.last()
        await large.put(bytes(BUFFER))
        await large.put(b"end")
        assert not await large.last()
    assert written == bytes(BUFFER) + b"end"


def test_promises_add_up_and_are_given_back() -> None:
    free = 1000
    settings = replace(Settings(), free_floor_bytes=100, uploads_at_once=4, uploads_at_once_per_person=3)
    places = Places(lambda: free, settings)
    first = places.take("1", "ana", 600)
    with pytest.raises(Refusal, match="left=300"):
        places.take("2", "ana", 301)
    places.take("2", "ana", 300)
    places.keep("2", 50)
    first.written = lambda: 400
    free -= 400  # which the disk sees now
    places.take("3", "ana", 250)
    with pytest.raises(Refusal, match="no_space"):
        places.take("4", "beto", 1)
    places.leave("1")
    places.leave("1")
    with pytest.raises(Refusal, match="left=200"):
        places.take("4", "beto", 201)
    places.take("4", "ana", 1)
    with pytest.raises(Refusal, match="rate_limited"):
        places.take("5", "ana", 0)
    places.take("5", "beto", 0)
    with pytest.raises(Refusal, match="busy"):
        places.take("6", "beto", 0)
