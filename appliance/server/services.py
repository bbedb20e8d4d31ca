"""What handlers are given: the domain's services by name and type. Must not construct anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from appliance.base.clock import Clock
from appliance.base.settings import Settings
from appliance.domain.events import Event

if TYPE_CHECKING:
    from appliance.domain.accounts import Accounts
    from appliance.domain.archive.exports import Exports
    from appliance.domain.archive.imports import Imports
    from appliance.domain.archive.sticks import Sticks
    from appliance.domain.arrivals import Arrivals
    from appliance.domain.automatic import Automatic
    from appliance.domain.changes import Changes
    from appliance.domain.claim import Claim
    from appliance.domain.directory import Directory
    from appliance.domain.erasing import Erasing
    from appliance.domain.factory_reset import FactoryReset
    from appliance.domain.files import Files
    from appliance.domain.guests import Guests
    from appliance.domain.health import Health
    from appliance.domain.keeping import Keeping
    from appliance.domain.members import Members
    from appliance.domain.messages import Messages
    from appliance.domain.moderation import Moderation
    from appliance.domain.people import People
    from appliance.domain.power import Power
    from appliance.domain.presence import Presence
    from appliance.domain.previous import Previous
    from appliance.domain.quarantine import Quarantine
    from appliance.domain.receipts import ReadingMarks
    from appliance.domain.record import Record
    from appliance.domain.recovery import Recovery
    from appliance.domain.reports import Reports
    from appliance.domain.resumable import Resumable
    from appliance.domain.retention import Retention
    from appliance.domain.review import Review
    from appliance.domain.rooms import Rooms
    from appliance.domain.search import Search
    from appliance.domain.sessions import Sessions
    from appliance.domain.space import Space
    from appliance.domain.stable import Stable
    from appliance.domain.stable_changes import StableChanges
    from appliance.domain.stable_tasks import StableTasks
    from appliance.domain.store_health import StoreHealth
    from appliance.domain.thumbnails import Thumbnails
    from appliance.domain.updates import Updates
    from appliance.domain.upkeep import Upkeep
    from appliance.domain.zips import Zips
    from appliance.host.machine import Machine
    from appliance.host.network import Network
    from appliance.server.tls import Tls
    from appliance.store.homes import Homes


class Lasting(Protocol):
    """What goes on by itself while the box runs; `appliance/lasting.py` is the real one."""

    async def start(self, publish: Callable[[Sequence[Event]], None]) -> None: ...
    async def close(self, *, clean: bool) -> None: ...


class Hub(Protocol):
    """Who tells everybody; `server/hub.py` is the real one."""

    def publish(self, events: Sequence[Event]) -> None: ...


class Archiving(Protocol):
    """Copies out and in; `appliance/archiving.py` is the real one."""

    @property
    def sticks(self) -> Sticks: ...
    async def start(self, publish: Callable[[Sequence[Event]], None]) -> None: ...
    async def close(self) -> None: ...


class Tending(Protocol):
    """What the machine is asked for; `appliance/tending.py` is the real one."""

    @property
    def machine(self) -> Machine: ...
    @property
    def power(self) -> Power: ...
    @property
    def upkeep(self) -> Upkeep: ...
    @property
    def updates(self) -> Updates: ...
    def start(self) -> None: ...
    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a handler may call. Each feature appends its own line."""

    settings: Settings
    clock: Clock
    epoch: str
    secret: bytes  # signs links and form tokens
    network: Network
    tls: Tls
    claim: Claim
    accounts: Accounts
    sessions: Sessions
    directory: Directory
    people: People
    homes: Homes
    rooms: Rooms
    members: Members
    guests: Guests
    moderation: Moderation
    reports: Reports
    record: Record
    messages: Messages
    changes: Changes
    marks: ReadingMarks
    search: Search
    presence: Presence
    lasting: Lasting
    previous: Previous
    erasing: Erasing
    automatic: Automatic
    retention: Retention
    space: Space
    arrivals: Arrivals
    resumable: Resumable
    keeping: Keeping
    zips: Zips
    files: Files
    thumbnails: Thumbnails
    quarantine: Quarantine
    review: Review
    stable: Stable
    stable_changes: StableChanges
    stable_tasks: StableTasks
    health: Health
    archiving: Archiving
    exports: Exports
    imports: Imports
    store_health: StoreHealth
    tending: Tending
    recovery: Recovery
    factory_reset: FactoryReset
