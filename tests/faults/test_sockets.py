"""More connections than the box can hold: the rest are turned away, chat goes on, the log is short."""

import asyncio
import resource
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from appliance.host.descriptors import raise_limit
from tests.faults.test_uploads import chat_works, claimed, until
from tests.people import Person
from tests.served import Served
from tests.server.raw import wire

STALLED = "PUT /api/uploads/a.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx"


async def test_two_thousand_stalled_sockets(tmp_path: Path) -> None:
    """The caps hold: as many as may be inside stay, everybody else is told to come back."""
    served = Served(tmp_path / "data")
    try:
        admin = await claimed(served)
        async with AsyncExitStack() as stack:
            answers: list[asyncio.Task[bytes]] = []
            for _ in range(2000):
                one = await stack.enter_async_context(wire(served.port))
                with suppress(ConnectionError):
                    await one.send(STALLED)
                answers.append(asyncio.create_task(one.rest()))
            await until(lambda: sum(answer.done() for answer in answers) >= 2000 - 64)
            for answer in answers:
                answer.cancel()
            await asyncio.gather(*answers, return_exceptions=True)
        await until_let_in(admin)
        await chat_works(admin)
        assert len(served.log.splitlines()) < 100
        await admin.leave()
    finally:
        served.stop()


async def until_let_in(person: Person) -> None:
    """The box hears of closed connections within a turn or two."""
    async with asyncio.timeout(20):
        while (await person.get("/health")).status != 200:
            await asyncio.sleep(0.05)


async def test_no_descriptor_left_floods_no_log(tmp_path: Path) -> None:
    around = ("sh", "-c", 'ulimit -n 60 && exec "$@"', "sh")
    served = Served(tmp_path / "data", around=around)
    try:
        admin = await claimed(served)
        await admin.connect()
        async with AsyncExitStack() as stack:
            for _ in range(200):
                one = await stack.enter_async_context(wire(served.port))
                try:
                    await one.send(STALLED)
                except ConnectionError:
                    continue
            assert await admin.sockets[0].ask({"type": "ping"})
        await chat_works(admin)
        assert "the limit of open files is reached" in served.log
        assert "Traceback" not in served.log
        assert len(served.log.splitlines()) < 100
        await admin.leave()
    finally:
        served.stop()


def test_the_limit_is_raised_as_far_as_the_system_allows() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, before[1]), before[1]))
        assert raise_limit() == resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= min(65536, before[1])
        assert raise_limit() == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
