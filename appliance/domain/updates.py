"""A newer PiChat brought by an administrator, without internet. The machine under the box judges the file.

What the machine makes of it, which version runs and what was rolled back is read from what it noted.
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from appliance import __version__
from appliance.base.errors import Code, Refusal
from appliance.base.ids import new_id
from appliance.base.log import logger
from appliance.base.settings import Settings
from appliance.domain.actor import Actor
from appliance.domain.policy import Action, require
from appliance.domain.record import Record
from appliance.host.machine import Machine
from appliance.store.brought import Brought
from appliance.store.opened import Store

T = TypeVar("T")
_log = logger("box")


class Verdict(Struct, frozen=True):
    """Of one version. `why`, refused: format, signature, truncated, older, no_space; rolled back: unhealthy,
    crashes, boots, damaged.
    """

    why: str
    version: str = ""


class Noted(Struct, frozen=True, kw_only=True):
    """What the steps of the boot wrote down; `asked` is the wish that was looked at last."""

    image: str = ""
    running: str = ""
    trial: bool = False
    waiting: str | None = None
    rolled_back: Verdict | None = None
    refused: Verdict | None = None
    stays: bool = False
    asked: str = ""


class UpdateState(Struct, frozen=True, kw_only=True):
    """`version` runs, `image` is the card's own; `waiting` starts at the next boot. `stage`: idle, receiving
    (`done` of `total` bytes are here), checking, withdrawing. `stays`: it crashed, as did the one before.
    """

    can: bool
    stage: str
    done: int
    total: int
    version: str
    image: str
    trial: bool
    waiting: str | None
    rolled_back: Verdict | None
    refused: Verdict | None
    stays: bool


class Updates:
    """The service."""

    def __init__(self, store: Store, machine: Machine, record: Record, settings: Settings) -> None:
        self._store = store
        self._machine = machine
        self._record = record
        self._largest = settings.update_max_bytes
        self._floor = settings.free_floor_bytes
        self._brought = Brought(store.layout, store.disk)
        self._receiving = False
        self._done = self._total = 0
        self._asked = ""
        self._withdrawing = False

    def start(self) -> None:
        """What an earlier process did not receive to its end goes."""
        self._brought.drop()

    async def state(self, actor: Actor) -> UpdateState:
        require(actor, Action.POWER)
        noted = await asyncio.to_thread(self._noted)
        looking = bool(self._asked) and noted.asked != self._asked
        return UpdateState(
            can="update" in await asyncio.to_thread(self._machine.can),
            stage=self._stage(looking),
            done=self._done,
            total=self._total,
            version=__version__,
            image=noted.image or __version__,
            trial=noted.trial,
            waiting=noted.waiting,
            rolled_back=noted.rolled_back,
            refused=None if looking else noted.refused,
            stays=noted.stays,
        )

    async def begin(self, actor: Actor, size: int) -> None:
        """So many bytes will come. Refusal: conflict (no_machine, receiving), too_large, no_space."""
        require(actor, Action.POWER)
        if "update" not in await asyncio.to_thread(self._machine.can):
            raise Refusal(Code.CONFLICT, reason="no_machine")
        if size > self._largest:
            raise Refusal(Code.TOO_LARGE, maximum=self._largest)
        free = (await self._work(self._store.blobs.space))[0] - self._floor
        if 2 * size > free:  # the machine makes a copy that nobody else can change
            raise Refusal(Code.NO_SPACE, size=2 * size, left=max(0, free))
        if self._receiving:
            raise Refusal(Code.CONFLICT, reason="receiving")
        self._receiving, self._done, self._total = True, 0, size
        try:
            await self._work(self._brought.begin)
        except BaseException:
            self._receiving = False
            raise

    async def write(self, chunk: bytes) -> None:
        await self._work(lambda: self._brought.write(chunk))
        self._done += len(chunk)

    async def finish(self, actor: Actor) -> UpdateState:
        """All of it has come: the machine is asked to look at it."""
        try:
            await self._work(self._brought.finish)
            await self._record.write(actor, "update_brought", "", {"bytes": self._done})
            await self._ask()
        finally:
            self._receiving = False
        _log.info("an update of %d bytes, by %s", self._done, actor.username)
        return await self.state(actor)

    async def withdraw(self, actor: Actor) -> UpdateState:
        """What waits is not to start. Refusal(conflict): receiving, no_version_waits."""
        require(actor, Action.POWER)
        found = await self.state(actor)
        if found.stage != "idle":
            raise Refusal(Code.CONFLICT, reason="receiving")
        if found.waiting is None:
            raise Refusal(Code.CONFLICT, reason="no_version_waits")
        await self._record.write(actor, "update_withdrawn", found.waiting)
        await self._ask(drop=True)
        _log.info("the update %s is withdrawn, by %s", found.waiting, actor.username)
        return await self.state(actor)

    async def abandon(self) -> None:
        """The sender is gone, or was refused."""
        if self._receiving:
            await self._work(self._brought.drop)
            self._receiving = False

    async def close(self) -> None:
        await self.abandon()

    # Inside

    def _stage(self, looking: bool) -> str:
        if self._receiving:
            return "receiving"
        return ("withdrawing" if self._withdrawing else "checking") if looking else "idle"

    async def _ask(self, **wish: bool) -> None:
        asked = new_id("t")
        await asyncio.to_thread(self._machine.ask, "update", {"id": asked, **wish})
        self._asked, self._withdrawing = asked, "drop" in wish

    def _noted(self) -> Noted:
        found: Any = self._machine.noted("update")
        try:
            return msgspec.convert(found, Noted) if found is not None else Noted()
        except msgspec.ValidationError:
            return Noted()

    async def _work(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._store.work, work)
        except RuntimeError:  # the store takes nothing more: the box is closing
            raise Refusal(Code.BUSY) from None
