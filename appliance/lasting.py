"""The part of the assembly that minds what stays and what goes by itself or for good. Decides nothing."""

from dataclasses import dataclass

from appliance.chatting import Ground
from appliance.domain.arrivals import Arrivals
from appliance.domain.bringing import Bringing, Publish
from appliance.domain.erasing import Erasing
from appliance.domain.keeping import Keeping
from appliance.domain.previous import Previous
from appliance.domain.quarantine import Quarantine
from appliance.store.opening import Store


@dataclass(frozen=True, slots=True)
class Lasting:
    """Started with the box and closed before the store."""

    previous: Previous
    erasing: Erasing

    async def start(self, publish: Publish) -> None:
        """`publish` tells people what happens without anybody asking for it."""
        await self.erasing.start(publish)
        await self.previous.start(publish)

    async def close(self) -> None:
        await self.previous.close()
        await self.erasing.close()


def lasting(
    ground: Ground, store: Store, quarantine: Quarantine, arrivals: Arrivals, keeping: Keeping
) -> Lasting:
    previous = Previous(
        store=store,
        bringing=Bringing(store, quarantine, ground.directory, ground.roster),
        record=ground.record,
        clock=ground.clock,
        settings=ground.settings,
    )
    arrivals.when_tight(previous.make_room)
    erasing = Erasing(
        store=store,
        departures=ground.departures,
        keeping=keeping,
        record=ground.record,
        clock=ground.clock,
        alone=previous.alone,
    )
    return Lasting(previous, erasing)
