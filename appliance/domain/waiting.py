"""How long what a power cut interrupted waits, and whether it waits at all: an administrator says so.

What the settings say counts until then. Erases nothing itself: `previous` does, and the start of the box.
"""

import asyncio

from msgspec import UNSET, Struct, UnsetType

from appliance.base.settings import Settings
from appliance.domain import rules
from appliance.domain.actor import Actor
from appliance.domain.policy import Action, require
from appliance.domain.record import Record
from appliance.store import waiting
from appliance.store.database import Database
from appliance.store.waiting import Waits

LONGEST_HOURS = 365 * 24


class WaitingChange(Struct, frozen=True, kw_only=True):
    """What is left out stays. `keeps_hours`: of running time; `erases_at_boot`: nothing waits."""

    keeps_hours: int | UnsetType = UNSET
    erases_at_boot: bool | UnsetType = UNSET


class Waiting:
    """The choice that counts now."""

    def __init__(self, box: Database, record: Record, settings: Settings) -> None:
        self._box = box
        self._record = record
        self._settings = settings
        self._changing = asyncio.Lock()  # what one leaves out may be what another one changes
        self.now = Waits(hours=settings.previous_hours, erase=settings.erase_previous)

    async def start(self) -> None:
        self.now = await self._box.read(lambda db: waiting.read(db, self._settings))

    async def change(self, actor: Actor, wanted: WaitingChange) -> None:
        """From now on, and at the next boot already. Refusal(bad_request, keeps_hours, range)."""
        require(actor, Action.BRING_BACK)
        async with self._changing:
            await self._change(actor, wanted)

    async def _change(self, actor: Actor, wanted: WaitingChange) -> None:
        hours = self.now.hours if wanted.keeps_hours is UNSET else wanted.keeps_hours
        erase = self.now.erase if wanted.erases_at_boot is UNSET else wanted.erases_at_boot
        if wanted.keeps_hours is not UNSET and not 1 <= hours <= LONGEST_HOURS:
            raise rules.bad("keeps_hours", "range")
        chosen = Waits(hours=hours, erase=erase)
        detail = {"hours": hours, "erase": erase}
        await self._record.write(
            actor, "previous_changed", "", detail, [lambda db: waiting.choose(db, chosen)]
        )
        self.now = chosen
