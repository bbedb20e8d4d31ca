"""The box as it was delivered, while it serves: says so, means it durably, and ends this boot.

The erasing is the next start's, before anything is opened.
"""

import asyncio

from appliance.base.clock import Clock
from appliance.base.log import logger
from appliance.domain.actor import Actor
from appliance.domain.events import Happened, Outcome
from appliance.domain.notices import Notice
from appliance.domain.policy import Action, require
from appliance.domain.stable import Stable
from appliance.store import wipe
from appliance.store.opened import Store

_log = logger("box")


class FactoryReset:
    """Only for the command line: whoever may open the control socket owns the data folder."""

    def __init__(self, store: Store, stable: Stable, clock: Clock) -> None:
        self._store = store
        self._stable = stable
        self._clock = clock

    async def begin(self, actor: Actor) -> Outcome[None]:
        """When it returns, no start will see what is here now."""
        require(actor, Action.RESET)
        intent = wipe.Intent((actor.id, actor.name), self._clock.now())
        store = self._store
        await asyncio.get_running_loop().run_in_executor(
            store.work, wipe.intend, store.layout, store.disk, intent
        )
        _log.info("factory reset, by %s", actor.username)
        self._stable.restart_requested.set()
        return Outcome(None, [Happened(Notice(code="box_reboot", params={"seconds": 0}))])
