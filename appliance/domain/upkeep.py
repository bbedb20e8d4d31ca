"""What administrators ask of the machine beside its power: the right time. Must not carry anything out."""

import asyncio

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.domain import rules
from appliance.domain.actor import Actor
from appliance.domain.policy import Action, require
from appliance.domain.record import Record
from appliance.host.machine import Machine

LEAST_AHEAD_MS = 60_000  # a difference that is worth a deed
LATEST_MS = 4_102_444_800_000  # the year 2100: more is a mistake
_log = logger("box")


class Upkeep:
    """The service."""

    def __init__(self, machine: Machine, record: Record, clock: Clock) -> None:
        self._machine = machine
        self._record = record
        self._clock = clock

    async def set_clock(self, actor: Actor, now: int) -> None:
        """The time of the administrator's own device, ms. Forward alone: going back would bring sessions and
        links to life again. Refusal(conflict): no_machine, not_behind.
        """
        require(actor, Action.CHANGE_SETTINGS)
        if "clock" not in await asyncio.to_thread(self._machine.can):
            raise Refusal(Code.CONFLICT, reason="no_machine")
        if now > LATEST_MS:
            raise rules.bad("now", "range")
        before = self._clock.now()
        if now - before < LEAST_AHEAD_MS:
            raise Refusal(Code.CONFLICT, reason="not_behind")
        await self._record.write(actor, "clock_set", "", {"before": before, "now": now})
        _log.info("the clock is put forward by %d s, by %s", (now - before) // 1000, actor.username)
        await asyncio.to_thread(self._machine.ask, "clock", {"now": now})
