"""The part of the assembly that minds what stays and what goes by itself or for good. Decides nothing."""

from dataclasses import dataclass

from appliance.chatting import Ground
from appliance.domain.automatic import Automatic
from appliance.domain.bringing import Bringing, Publish
from appliance.domain.erasing import Erasing
from appliance.domain.leftovers import Leftovers
from appliance.domain.overstayed import Overstayed
from appliance.domain.previous import Previous
from appliance.domain.retention import Retention
from appliance.domain.stable import Stable
from appliance.domain.waiting import Waiting
from appliance.filing import Filing
from appliance.store.opening import Store


@dataclass(frozen=True, slots=True)
class Lasting:
    """Started with the box and closed before the store."""

    previous: Previous
    erasing: Erasing
    automatic: Automatic
    retention: Retention
    leftovers: Leftovers
    overstayed: Overstayed
    filed: Filing

    async def start(self, publish: Publish) -> None:
        """`publish` tells people what happens without anybody asking for it."""
        await self.erasing.start(publish)
        await self.previous.start(publish)
        await self.automatic.start(publish)
        self.retention.start(publish)
        self.leftovers.start(self.filed.arrivals.discard)
        self.overstayed.start(publish)

    async def close(self, *, clean: bool) -> None:
        """`clean`: the box stops because it was told to, and had started."""
        await self.overstayed.close()
        await self.leftovers.close()
        await self.retention.close()
        await self.automatic.close()
        if clean:
            await self.automatic.at_shutdown()
        await self.previous.close()
        await self.erasing.close()


def lasting(ground: Ground, store: Store, stable: Stable, filed: Filing) -> Lasting:
    previous = Previous(
        store=store,
        bringing=Bringing(store, filed.quarantine, ground.directory, ground.roster),
        waiting=Waiting(store.box, ground.record, ground.settings),
        record=ground.record,
        clock=ground.clock,
    )
    filed.arrivals.when_tight(previous.make_room)
    stable.when_tight(previous.make_room)
    erasing = Erasing(
        store=store,
        departures=ground.departures,
        keeping=filed.keeping,
        stable=stable,
        record=ground.record,
        clock=ground.clock,
        alone=previous.alone,
    )
    automatic = Automatic(
        store=store,
        stable=stable,
        record=ground.record,
        clock=ground.clock,
        settings=ground.settings,
    )
    retention = Retention(store, filed.arrivals.discard, ground.clock, ground.settings)
    overstayed = Overstayed(ground.homes, ground.book, ground.departures, ground.clock)
    return Lasting(previous, erasing, automatic, retention, ground.leftovers, overstayed, filed)
