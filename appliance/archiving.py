"""The part of the assembly that minds copies: archives out and in, and bodies read again. Decides nothing."""

from dataclasses import dataclass

from appliance.chatting import Ground
from appliance.domain.archive.exports import Exports
from appliance.domain.archive.imports import Imports
from appliance.domain.archive.merging import Merging
from appliance.domain.archive.sticks import Sticks
from appliance.domain.bringing import Publish
from appliance.domain.stable import Passwords
from appliance.domain.store_health import StoreHealth
from appliance.filing import Filing
from appliance.host.card import card
from appliance.host.machine import Machine
from appliance.store.opening import Store


@dataclass(frozen=True, slots=True)
class Archiving:
    """Started with the box and closed before the store."""

    exports: Exports
    sticks: Sticks
    imports: Imports
    store_health: StoreHealth

    async def start(self, publish: Publish) -> None:
        """`publish` tells people what happens without anybody asking for it."""
        await self.store_health.start(publish)
        await self.imports.start(publish)
        await self.sticks.start()

    async def close(self) -> None:
        await self.imports.close()
        await self.sticks.close()
        await self.exports.close()
        await self.store_health.close()


def archiving(ground: Ground, store: Store, passwords: Passwords, filed: Filing) -> Archiving:
    settings, clock = ground.settings, ground.clock
    merging = Merging(
        store=store,
        quarantine=filed.quarantine,
        directory=ground.directory,
        roster=ground.roster,
        settings=settings,
        clock=clock,
    )
    health = StoreHealth(store, clock, days=settings.scrub_days, card=card)
    exports = Exports(
        store=store,
        passwords=passwords,
        record=ground.record,
        name=settings.name,
        clock=clock,
        damaged=health.seen_damaged,
    )
    return Archiving(
        exports=exports,
        sticks=Sticks(store, exports, Machine(settings.machine), clock, settings.stick_silence_seconds),
        imports=Imports(store, passwords, merging, settings),
        store_health=health,
    )
