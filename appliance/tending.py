"""The part of the assembly that asks the machine under the box for what we may not do. Decides nothing."""

from dataclasses import dataclass

from appliance.chatting import Ground
from appliance.domain.power import Passwords, Power
from appliance.domain.updates import Updates
from appliance.domain.upkeep import Upkeep
from appliance.host.machine import Machine
from appliance.store.opening import Store


@dataclass(frozen=True, slots=True)
class Tending:
    """Started with the box and closed before the store."""

    machine: Machine
    power: Power
    upkeep: Upkeep
    updates: Updates

    def start(self) -> None:
        self.power.start()
        self.updates.start()

    async def close(self) -> None:
        await self.power.close()
        await self.updates.close()


def tending(ground: Ground, store: Store, passwords: Passwords) -> Tending:
    machine = Machine(ground.settings.machine)
    return Tending(
        machine=machine,
        power=Power(machine, passwords, ground.record, ground.clock),
        upkeep=Upkeep(machine, ground.record, ground.clock),
        updates=Updates(store, machine, ground.record, ground.settings),
    )
