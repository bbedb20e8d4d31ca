"""One process from start to stop: builds a box, serves it, and builds the next one in place after a reset.

Knows signals and sockets of the process; decides nothing about content.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

from appliance.assembly import Box, Ended, build, build_rescue
from appliance.base.log import logger
from appliance.base.settings import Settings
from appliance.base.tasks import end
from appliance.console import greeting
from appliance.host import descriptors, systemd, turns
from appliance.server.front import Ports
from appliance.store.opening import NoGoodGeneration

ASK_SECONDS = 10
STOP_SECONDS = 120  # the longest that a stop may take
_log = logger("box")


async def serve(settings: Settings) -> None:
    """Serves until a signal. A reset closes the box and opens the next one on the same sockets."""
    descriptors.raise_limit()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    ports = inherited()
    started = False
    while not stop.is_set():
        try:
            box = await asyncio.to_thread(build, settings)
        except NoGoodGeneration as damage:
            await rescue(settings, damage, ports, stop)
            return
        await box.start(ports)
        turns.share()
        if not started or box.claim_code():  # as new again after a factory reset
            say(box)
        started = True
        async with watched(box.services.health.writable):
            ended = await box.until_ended(stop)
        ports = box.keep_ports() if ended is Ended.RESET else Ports()
        async with patience():
            await box.stop(ended)
    ports.close()


def inherited() -> Ports:
    """The sockets that the service manager opened; the one that it calls `tls` is for HTTPS."""
    given = systemd.listening()
    return Ports(
        plain=[one for name, one in given if name != "tls"],
        secure=[one for name, one in given if name == "tls"],
    )


async def rescue(settings: Settings, damage: NoGoodGeneration, ports: Ports, stop: asyncio.Event) -> None:
    """Nothing of the snapshot can be read: a page says so, and nothing is deleted."""
    _log.error("no generation can be read: %s; serving the rescue page", damage)
    front = build_rescue(settings, str(damage), ports)
    async with watched():
        await stop.wait()
    front.stop()
    await front.close_all_connections()
    front.close()


async def _always() -> bool:
    return True


@contextlib.asynccontextmanager
async def watched(well: Callable[[], Awaitable[bool]] = _always) -> AsyncIterator[None]:
    """Tells the service manager that we serve, and again and again that we are well; it ends us when not."""
    systemd.tell("READY=1")
    beats = asyncio.create_task(_beat(well))
    try:
        yield
    finally:
        await end(beats)


@contextlib.asynccontextmanager
async def patience() -> AsyncIterator[None]:
    """Asks the service manager for more time while we stop: a save at the shutdown may take some. Not for
    ever; a save that is cut off has changed nothing.
    """
    asking = asyncio.create_task(_ask_for_time())
    try:
        yield
    finally:
        await end(asking)


async def _ask_for_time() -> None:
    for _ in range(STOP_SECONDS // ASK_SECONDS):
        systemd.tell(f"EXTEND_TIMEOUT_USEC={2 * ASK_SECONDS}000000")
        await asyncio.sleep(ASK_SECONDS)


async def _beat(well: Callable[[], Awaitable[bool]]) -> None:
    seconds = systemd.watchdog_seconds()
    while seconds is not None:
        if await well():
            systemd.tell("WATCHDOG=1")
        await asyncio.sleep(seconds)


def say(box: Box) -> None:
    """The greeting, on standard output, for whoever stands before the machine."""
    tls = box.services.tls.https()
    lines = greeting(
        box.settings,
        box.urls(),
        box.stable(),
        box.claim_code(),
        https=tls.urls if tls else (),
        fingerprint=tls.fingerprint if tls else None,
    )
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
