"""Restart and off, asked for on the page. The box has no right to either: it asks the machine under it.

A restart is what a pulled plug is, said beforehand: people are given time, and the store is closed properly.
"""

import asyncio
from typing import Literal, Protocol

from msgspec import Struct

from appliance.base import tasks
from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.domain.actor import Actor
from appliance.domain.countdown import Countdown
from appliance.domain.events import Happened, Outcome
from appliance.domain.notices import Notice
from appliance.domain.policy import Action, require
from appliance.domain.record import Record
from appliance.domain.stable import LONGEST_COUNTDOWN
from appliance.host.machine import Machine

PowerDeed = Literal["restart", "off"]
PATIENCE_SECONDS = 120  # by then the machine has ended us
_log = logger("box")


class Passwords(Protocol):
    """Who asks for a person's own password again."""

    async def check_password(self, actor: Actor, password: str, address: str) -> None: ...


class Coming(Struct, frozen=True):
    """What was announced, and in how many seconds it happens."""

    action: PowerDeed
    seconds: int


class Power:
    """The service."""

    def __init__(self, machine: Machine, passwords: Passwords, record: Record, clock: Clock) -> None:
        self._machine = machine
        self._passwords = passwords
        self._record = record
        self._countdown = Countdown(clock)
        self._action: PowerDeed = "restart"
        self._worker: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._worker = asyncio.create_task(self._wait())

    async def close(self) -> None:
        """What was announced is forgotten: the machine is told nothing."""
        self._countdown.stop()
        await tasks.end(self._worker)

    @property
    def coming(self) -> Coming | None:
        left = self._countdown.left
        return None if left is None else Coming(self._action, left)

    async def ask(
        self, actor: Actor, action: PowerDeed, password: str, address: str, seconds: int = 0
    ) -> Outcome[Coming]:
        """From now on it counts down. Refusal(conflict, no_machine) where nobody could carry it out."""
        require(actor, Action.POWER)
        if "power" not in await asyncio.to_thread(self._machine.can):
            raise Refusal(Code.CONFLICT, reason="no_machine")
        if not 0 <= seconds <= LONGEST_COUNTDOWN:
            raise Refusal(Code.BAD_REQUEST, field="seconds")
        await self._passwords.check_password(actor, password, address)
        if self._countdown.over.is_set():
            raise Refusal(Code.CONFLICT, reason="going_down")
        await self._record.write(actor, "power", action, {"seconds": seconds})
        _log.info("%s in %d s, by %s", action, seconds, actor.username)
        self._action = action
        self._countdown.begin(seconds)
        params: dict[str, int | str] = {"seconds": seconds, "action": action}
        return Outcome(Coming(action, seconds), [Happened(Notice(code="box_reboot", params=params))])

    async def cancel(self, actor: Actor) -> Outcome[None]:
        """While it counts down. Refusal(conflict, not_counting) otherwise."""
        require(actor, Action.POWER)
        async with self._countdown.held():
            await self._record.write(actor, "power_cancelled", self._action)
        _log.info("%s cancelled by %s", self._action, actor.username)
        return Outcome(None, [Happened(Notice(code="box_reboot_cancelled", params={}))])

    async def _wait(self) -> None:
        """At the end of the countdown the machine is asked; it ends us as it ends everything, or does not."""
        while True:
            await self._countdown.over.wait()
            try:
                await asyncio.to_thread(self._machine.ask, "power", {"action": self._action})
            except OSError as error:
                _log.error("the machine cannot be asked to %s: %s", self._action, error)
            await asyncio.sleep(PATIENCE_SECONDS)
            _log.error("the machine did not %s; it may be asked again", self._action)
            self._countdown.stop()
            self._countdown.over.clear()
