"""The only place that constructs things and connects them. Decides nothing and holds no rule."""

import asyncio
import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from appliance.archiving import archiving
from appliance.base.clock import Clock, SystemClock
from appliance.base.settings import Settings
from appliance.chatting import Ground, chat
from appliance.domain import demo
from appliance.domain.accounts import Accounts
from appliance.domain.claim import Claim
from appliance.domain.directory import Directory
from appliance.domain.factory_reset import FactoryReset
from appliance.domain.health import Health
from appliance.domain.passwords import LADDER, Hasher, Rung
from appliance.domain.people import People
from appliance.domain.recovery import Recovery
from appliance.domain.search import Search
from appliance.domain.sessions import Sessions
from appliance.domain.stable import Stable
from appliance.domain.stable_changes import StableChanges
from appliance.domain.stable_tasks import StableTasks
from appliance.filing import filing
from appliance.host.certificates import Certificates
from appliance.host.memory import total_bytes
from appliance.host.network import Network
from appliance.lasting import lasting
from appliance.peopling import peopling
from appliance.server.app import PiChat, make_app
from appliance.server.control import Control
from appliance.server.doors import Doors
from appliance.server.front import Front, Ports
from appliance.server.hub import RESET, STOP, Hub
from appliance.server.rescue import Rescue
from appliance.server.services import Services
from appliance.server.tls import Tls
from appliance.store.database import Database
from appliance.store.events import last_ev
from appliance.store.opening import BOOT_ID, Store, open_store
from appliance.store.secret import kept_secret
from appliance.store.snapshot.layout import Layout
from appliance.tending import tending


class Ended(Enum):
    """Why a box stops: the close code that its sockets are given."""

    STOP = STOP
    RESET = RESET


@dataclass(slots=True)
class Parts:
    """What a box is made of, beside what handlers see."""

    store: Store
    hasher: Hasher
    hub: Hub
    services: Services
    app: PiChat


class Box:
    """One boot's worth of PiChat: started once, stopped once. After a reset another one is built."""

    def __init__(self, settings: Settings, parts: Parts) -> None:
        self.settings = settings
        self.services = parts.services
        self.hub = parts.hub
        self.store = parts.store
        self._hasher = parts.hasher
        self._app = parts.app
        self._control = Control(parts.store.layout.control, parts.services, parts.hub, self.urls)
        self._front: Front | None = None

    @property
    def port(self) -> int:
        """The port that it listens on, also when the setting said 0."""
        assert self._front is not None, "not started"
        return self._front.port

    async def start(self, ports: Ports | None = None) -> None:
        """Opens the door. Raises StartError when the port cannot be had; nothing stays open then."""
        try:
            await self.services.stable.start()
            self.services.stable_tasks.start(self.hub.publish)
            await self.services.space.start(self.hub.publish)
            await self.services.quarantine.start(self.hub.publish)
            await self.services.lasting.start(self.hub.publish)
            await self.services.archiving.start(self.hub.publish)
            self.services.tending.start()
            await self.services.resumable.start()  # before the first new upload: drops what is half there
            self._front = Front(self._app, self.settings, self._app.doors, self.services.tls, ports)
            self.services.tls.follow()
            self._control.start()
        except BaseException:
            await self.stop(Ended.STOP)
            raise

    async def until_ended(self, stop: asyncio.Event) -> Ended:
        """Waits for whichever comes first: the signal, or an administrator's reset."""
        waits = [
            asyncio.create_task(stop.wait()),
            asyncio.create_task(self.services.stable.restart_requested.wait()),
        ]
        _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        return Ended.STOP if stop.is_set() else Ended.RESET

    def keep_ports(self) -> Ports:
        """Hands the listening sockets over: `stop` leaves them open, so the next box is not refused."""
        return self._front.keep() if self._front is not None else Ports()

    async def stop(self, ended: Ended = Ended.STOP) -> None:
        """Closes sockets with the code of `ended`, finishes what was accepted, lets go of the data."""
        front = self._front
        if front is not None:
            front.stop()
        await self._control.close()
        await self.hub.close(ended.value)
        if front is not None:
            await front.close_all_connections()
        await self.services.tls.close()
        await self.services.tending.close()
        await self.services.space.close()
        await self.services.resumable.close()
        await self.services.keeping.close()
        await self.services.arrivals.close()
        await self.services.zips.close()
        await self.services.files.close()
        await self.services.archiving.close()
        await self.services.quarantine.close()
        await self.services.lasting.close(clean=front is not None and ended is Ended.STOP)
        await self.services.stable_tasks.close()
        await self.services.stable_changes.close()
        self.services.stable.close()
        self.services.sessions.close()
        self._hasher.close()
        await asyncio.to_thread(self.store.close)
        self.services.homes.close()
        if front is not None:
            front.close()

    # What the console says

    def urls(self) -> tuple[str, ...]:
        return self.services.tls.urls(self.port, self.settings.tls_alone)

    def claim_code(self) -> str | None:
        return self.services.claim.code

    def stable(self) -> int | None:
        return self.services.stable.leads_to


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    ladder: Sequence[Rung] = LADDER,
    boot_id: Path = BOOT_ID,
) -> Box:
    """A box of these settings, its content restored if this is a boot; nothing listens yet.

    Raises StartError, among them NoGoodGeneration.
    """
    clock = clock or SystemClock()
    with ExitStack() as undo:
        store = open_store(settings, clock, boot_id=boot_id)
        undo.callback(store.close)
        hasher = Hasher(settings, store.box, memory_bytes=total_bytes(), ladder=ladder)
        undo.callback(hasher.close)
        demo.prepare(store.box, hasher, settings, clock)
        services = connect(settings, clock, store, hasher)
        hub = Hub(store.epoch, store.content.read_now(last_ev), services.presence, services.marks, settings)
        parts = Parts(store, hasher, hub, services, make_app(services, hub))
        undo.pop_all()
    return Box(settings, parts)


def connect(settings: Settings, clock: Clock, store: Store, hasher: Hasher) -> Services:
    """The domain, each service given what it needs."""
    ground = Ground(settings, clock, store, hasher, Directory(store.box))
    sessions, accounts, claim = people(ground, store.box, hasher)
    secret = signing_key(settings, store)
    filed = filing(settings, clock, store, ground.directory, secret)
    talk = chat(ground, accounts)
    stable = Stable(store, accounts, clock)
    lasts = lasting(ground, store, stable, filed)
    archives = archiving(ground, store, accounts, filed)
    return Services(
        settings=settings,
        clock=clock,
        epoch=store.epoch,
        secret=secret,
        network=Network(),
        tls=Tls(settings, Network(), Certificates(store.layout.secrets, clock), lambda: claim.claimed),
        claim=claim,
        accounts=accounts,
        sessions=sessions,
        directory=ground.directory,
        people=People(ground.directory),
        homes=ground.homes,
        rooms=talk.rooms,
        members=talk.members,
        guests=talk.guests,
        moderation=talk.moderation,
        reports=talk.reports,
        record=ground.record,
        messages=talk.messages,
        changes=talk.changes,
        marks=talk.marks,
        search=Search(store.content, ground.directory, filed.files, ground.throttle, settings),
        presence=ground.presence,
        space=filed.space,
        arrivals=filed.arrivals,
        keeping=filed.keeping,
        zips=filed.zips,
        resumable=filed.resumable,
        files=filed.files,
        thumbnails=filed.thumbnails,
        quarantine=filed.quarantine,
        review=filed.review,
        stable=stable,
        stable_changes=StableChanges(store, stable, ground.directory),
        stable_tasks=StableTasks(stable, settings.stable_patience_ms),
        lasting=lasts,
        previous=lasts.previous,
        erasing=lasts.erasing,
        automatic=lasts.automatic,
        retention=lasts.retention,
        health=Health(store.box, store.content, store.blobs.space),
        archiving=archives,
        exports=archives.exports,
        imports=archives.imports,
        store_health=archives.store_health,
        tending=tending(ground, store, accounts),
        recovery=Recovery(store.box, accounts.administration),
        factory_reset=FactoryReset(store, stable, clock),
    )


def people(ground: Ground, box: Database, hasher: Hasher) -> tuple[Sessions, Accounts, Claim]:
    """Who is who, and how they come in."""
    directory, throttle = ground.directory, ground.throttle
    settings, clock = ground.settings, ground.clock
    sessions, accounts = peopling(
        box=box,
        hasher=hasher,
        directory=directory,
        throttle=throttle,
        settings=settings,
        clock=clock,
        guests=ground.book,
        ripples=ground.ripples,
    )
    claim = Claim(
        box=box,
        hasher=hasher,
        directory=directory,
        sessions=sessions,
        throttle=throttle,
        settings=settings,
        clock=clock,
    )
    return sessions, accounts, claim


def signing_key(settings: Settings, store: Store) -> bytes:
    """The key of links and forms: somebody's own, whatever its length, or the one that the box keeps."""
    if settings.secret_key:
        return hashlib.sha256(settings.secret_key.encode()).digest()
    return kept_secret(store.layout)


def build_rescue(settings: Settings, reason: str, ports: Ports) -> Front:
    """The server of the one page that says that nothing which was saved can be read."""
    network = Network()
    doors = Doors(settings, network.hostname)
    secrets = Layout(settings.data.absolute()).secrets
    tls = Tls(settings, network, Certificates(secrets, SystemClock()))
    return Front(Rescue(settings, doors, reason), settings, doors, tls, ports)
