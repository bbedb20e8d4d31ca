"""The part of the assembly that minds copies: archives out and in. Decides nothing."""

from dataclasses import dataclass

from appliance.chatting import Ground
from appliance.domain.archive.exports import Exports
from appliance.domain.archive.imports import Imports
from appliance.domain.archive.merging import Merging
from appliance.domain.bringing import Publish
from appliance.domain.stable import Passwords
from appliance.filing import Filing
from appliance.store.opening import Store


@dataclass(frozen=True, slots=True)
class Archiving:
    """Started with the box and closed before the store."""

    exports: Exports
    imports: Imports

    async def start(self, publish: Publish) -> None:
        """`publish` tells people what happens without anybody asking for it."""
        await self.imports.start(publish)

    async def close(self) -> None:
        await self.imports.close()
        await self.exports.close()


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
    return Archiving(
        exports=Exports(store, passwords, ground.record, settings.name, clock),
        imports=Imports(store, passwords, merging, settings),
    )
