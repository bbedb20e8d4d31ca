"""The stable snapshot as people know it: save, look, choose another, go back to it. Knows no file and no SQL.

One save at a time; whatever touches the disk for long runs on the store's own threads.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

from msgspec.structs import replace

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.domain import rules
from appliance.domain.actor import AUTOMATIC, Actor
from appliance.domain.arrivals import MakeRoom
from appliance.domain.countdown import Countdown
from appliance.domain.events import Happened, Outcome
from appliance.domain.notices import Notice
from appliance.domain.policy import Action, require
from appliance.domain.stable_baseline import Baseline
from appliance.domain.stable_choice import Only, choice
from appliance.domain.stable_views import Generation, Line, Listing, Named, Verified, shown, trouble
from appliance.store import audit, events, files, intents, meta, rooms
from appliance.store.database import Connection
from appliance.store.opening import Store
from appliance.store.snapshot import boxfile, check, estimate, generations
from appliance.store.snapshot.difference import Since, since
from appliance.store.snapshot.manifest import GenerationKind, Manifest
from appliance.store.snapshot.save import Wish, delete, save
from appliance.store.snapshot.sides import Sides
from appliance.store.snapshot.telling import Tell, quiet

LONGEST_COUNTDOWN = 3600
T = TypeVar("T")
_log = logger("stable")


class Passwords(Protocol):
    """Who asks for a person's own password again."""

    async def check_password(self, actor: Actor, password: str, address: str) -> None: ...


class Stable:
    """The service. `restart_requested` is set when this boot is over."""

    def __init__(self, store: Store, passwords: Passwords, clock: Clock) -> None:
        self._store = store
        self._passwords = passwords
        self._clock = clock
        self._busy = asyncio.Lock()
        self._baseline = Baseline(store)
        self._counted: tuple[object, Since | None] | None = None
        self._countdown = Countdown(clock)
        self._make_room: MakeRoom = _nothing
        self.restart_requested = self._countdown.over

    async def start(self) -> None:
        """Rows that a killed process left behind what it had saved are brought up to it."""
        await self._baseline.tell_files()

    def when_tight(self, make_room: MakeRoom) -> None:
        """As `Arrivals.when_tight`, for a save that does not fit; nobody knows by how much."""
        self._make_room = make_room

    # Looking

    async def current(self) -> Line | None:
        """Where a reboot leads; None while nothing is saved."""
        found = self._baseline.manifest
        return Line(found.generation, found.saved_at, found.note) if found else None

    @property
    def leads_to(self) -> int | None:
        """The generation that a reboot leads to."""
        return self._baseline.leads_to

    @property
    def sides(self) -> Sides:
        """What there is, and where a reboot leads."""
        return self._baseline.sides

    async def since(self) -> Since | None:
        """What a reboot would throw away; None when the saved generation cannot be read."""
        saved = self._baseline.saved
        key = (saved, await self._store.content.read(events.last_ev))
        if self._counted is None or self._counted[0] != key:
            self._counted = (key, await self._store.content.read(lambda db: since(db, saved)))
        return self._counted[1]

    async def generations(self, actor: Actor) -> Listing:
        require(actor, Action.MANAGE_STABLE)
        # Not on the store's own threads: a save and a look may keep both of them busy for long.
        found = await asyncio.to_thread(self._baseline.listed)
        recovered = await self._store.box.read(lambda db: meta.get(db, boxfile.RECOVERED))
        troubles = trouble(self._store.outcome, int(recovered) if recovered else None)
        return Listing(self.leads_to, found, troubles)

    async def verify(self, actor: Actor, number: int, tell: Tell = quiet) -> Verified:
        """Reads every byte of a generation. Takes its time."""
        require(actor, Action.MANAGE_STABLE)
        store = self._store
        found = await self._work(
            lambda: check.generation(store.layout, number, deep=True, stop=store.stopping, tell=tell)
        )
        if any(one.what == "missing" for one in found):
            raise Refusal(Code.NOT_FOUND)
        damaged = any(one.what in _BARS_RESTORE for one in found)
        await self._baseline.found(number, damaged=damaged)
        return Verified(not found, found)

    def look_no_more(self) -> None:
        """The box stops: whoever reads every byte need not come to the end."""
        self._store.stopping.set()

    # Doing

    async def save(
        self,
        actor: Actor,
        note: str = "",
        *,
        only: Only | None = None,
        include_flagged: bool | None = None,
        tell: Tell = quiet,
    ) -> Outcome[Generation]:
        """Everything there is becomes the new stable snapshot; or what was chosen, on top of the last one.

        `include_flagged`: whether what looks dangerous goes in. None: not all of it, and of a choice it is
        refused with a list. Refusal: not_found, conflict (busy, flagged, damaged, newer), no_space.
        """
        require(actor, Action.SAVE_STABLE)
        chosen = choice(only)
        wish = Wish(
            at=self._clock.now(),
            by=(actor.id, actor.name),
            note=rules.note(note),
            include_flagged=include_flagged,
            only=chosen,
        )
        async with self._alone():
            if chosen is not None:
                await self._work(lambda: estimate.check(self.sides, chosen, include_flagged))
            manifest = await self._saved(wish, tell)
            await self._baseline.changed()
        await self._audit(actor, "stable_saved", manifest.generation)
        _log.info("saved as stable: generation %d by %s", manifest.generation, actor.username)
        told = replace(shown(manifest, current=True), left_out=await self._left_out(manifest))
        return Outcome(told, [self._notice()])

    async def save_automatically(self, kind: GenerationKind) -> Outcome[Generation]:
        """For the timer and the shutdown, who decide when. Nothing that looks dangerous goes in, and nobody
        gives way to it: a power cut is not a decision, and neither is this.
        """
        by = (AUTOMATIC.id, AUTOMATIC.name)
        wish = Wish(at=self._clock.now(), by=by, kind=kind, include_flagged=False)
        manifest = await self.under_lock(lambda: save(self._store, wish))
        await self._audit(AUTOMATIC, "stable_saved", manifest.generation)
        _log.info("saved as stable by itself (%s): generation %d", kind, manifest.generation)
        return Outcome(shown(manifest, current=True), [self._notice()])

    async def under_lock(self, work: Callable[[], T]) -> T:
        """Whatever changes generations, on a worker thread. Refusal(conflict, busy) while another does."""
        async with self._alone():
            value = await self._work(work)
            await self._baseline.changed()
        return value

    async def make_current(self, actor: Actor, number: int) -> Outcome[Generation]:
        """From now on a reboot leads to this generation."""
        require(actor, Action.MANAGE_STABLE)
        store = self._store
        async with self._alone():
            manifest = await self._work(lambda: generations.make_current(store.layout, store.disk, number))
            await self._baseline.found(number, damaged=False)
        await self._audit(actor, "stable_chosen", number)
        _log.info("generation %d is the stable one now, by %s", number, actor.username)
        return Outcome(shown(manifest, current=True), [self._notice()])

    async def delete(self, actor: Actor, number: int) -> None:
        """Takes a generation away for good; never the one that a reboot leads to."""
        require(actor, Action.MANAGE_STABLE)
        async with self._alone():
            if number in await self._work(self._baseline.needed):
                raise Refusal(Code.CONFLICT, reason="current")
            await self._work(lambda: delete(self._store, number))
        await self._audit(actor, "stable_deleted", number)

    async def reset(self, actor: Actor, password: str, address: str, seconds: int = 0) -> Outcome[None]:
        """Goes back to the stable snapshot, deliberately: what came since is erased."""
        require(actor, Action.RESET)
        await self._passwords.check_password(actor, password, address)
        return await self.end_session(actor, seconds)

    async def end_session(self, actor: Actor, seconds: int = 0) -> Outcome[None]:
        """As `reset`, for who has shown in another way who they are: the command line."""
        require(actor, Action.RESET)
        if not 0 <= seconds <= LONGEST_COUNTDOWN:
            raise Refusal(Code.BAD_REQUEST, field="seconds")
        at, epoch = self._clock.now(), self._store.epoch

        def intend(db: Connection) -> None:
            intents.intend(db, epoch, actor.id, at)
            audit.write(db, at, (actor.id, actor.name), "reset", subject=epoch)

        await self._store.box.write(intend)
        _log.info("reset in %d s, by %s", seconds, actor.username)
        self._countdown.begin(seconds)
        return Outcome(None, [Happened(Notice(code="box_reboot", params={"seconds": seconds}))])

    async def cancel_reset(self, actor: Actor) -> Outcome[None]:
        """While it counts down. What was meant is meant no more, before anybody hears of it."""
        require(actor, Action.RESET)
        at, epoch = self._clock.now(), self._store.epoch
        async with self._countdown.held():

            def withdraw(db: Connection) -> None:
                intents.withdraw(db, epoch)
                audit.write(db, at, (actor.id, actor.name), "reset_cancelled", subject=epoch)

            await self._store.box.write(withdraw)
        _log.info("reset cancelled by %s", actor.username)
        return Outcome(None, [Happened(Notice(code="box_reboot_cancelled", params={}))])

    @property
    def reset_in(self) -> int | None:
        """Seconds until an announced reset; None when none is."""
        return self._countdown.left

    def close(self) -> None:
        """An intended reset happens at the next start, then."""
        self._countdown.stop()

    # Inside

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """The save lock. Nobody waits for it: a second save would only save the same again."""
        if self._busy.locked():
            raise Refusal(Code.CONFLICT, retry_ms=2000, reason="busy")
        async with self._busy:
            yield

    async def _work(self, work: Callable[[], T]) -> T:
        return await self._baseline.work(work)

    async def _saved(self, wish: Wish, tell: Tell) -> Manifest:
        """Again while the disk is full and something gives way."""
        while True:
            try:
                return await self._work(lambda: save(self._store, wish, tell))
            except Refusal as refusal:
                if refusal.code is not Code.NO_SPACE or not await self._make_room(0):
                    raise

    async def _left_out(self, manifest: Manifest) -> list[Named]:
        """By name, but for those of a closed room."""
        ids = manifest.only.left_out if manifest.only else []

        def known(db: Connection) -> list[Named]:
            found = files.find_many(db, ids)
            there = rooms.which_open(db, {one.room for one in found if one.room})
            return [Named(one.id, one.name) for one in found if one.room in there]

        return await self._store.content.read(known) if ids else []

    def _notice(self) -> Happened:
        found = self._baseline.manifest
        params = {"generation": found.generation, "saved_at": found.saved_at} if found else {}
        return Happened(Notice(code="stable_changed", params=params))

    async def _audit(self, actor: Actor, action: str, number: int) -> None:
        """What was done is done, whatever becomes of this line."""
        at, who = self._clock.now(), (actor.id, actor.name)
        try:
            await self._store.box.write(lambda db: audit.write(db, at, who, action, subject=str(number)))
        except Exception:
            _log.exception("the audit log does not say so: %s %d", action, number)


async def _nothing(missing: int) -> bool:
    return False


_BARS_RESTORE = frozenset({"manifest", "replaced", "content"})
