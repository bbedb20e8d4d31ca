"""Saves by themselves, for boxes that should remember: every so often, at a clean shutdown, or never.

What the settings say counts until an administrator says otherwise; that is kept with the accounts.
"""

import asyncio
import json
from typing import Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from appliance.base import tasks
from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.base.settings import Settings
from appliance.domain import rules
from appliance.domain.actor import Actor
from appliance.domain.bringing import Publish
from appliance.domain.policy import Action, require
from appliance.domain.record import Record
from appliance.domain.stable import Stable
from appliance.store import meta
from appliance.store.database import Connection
from appliance.store.opened import Store
from appliance.store.snapshot import news
from appliance.store.snapshot.manifest import GenerationKind
from appliance.store.snapshot.news import News

When = Literal["off", "timer", "shutdown", "both"]
TICK_SECONDS = 20.0
LONGEST_MINUTES = 7 * 24 * 60
_KEY = "automatic"  # in box.db's meta
_log = logger("stable")


class AutomaticSaves(Struct, frozen=True, kw_only=True):
    """When it saves. `waits`: what a boot leads to was chosen by hand (an older generation, or a part of what
    there was): what was left out on purpose stays out until somebody saves everything by hand.
    """

    save: When
    minutes: int
    waits: bool = False


class AutomaticChange(Struct, frozen=True, kw_only=True):
    """What is left out stays."""

    save: When | UnsetType = UNSET
    minutes: int | UnsetType = UNSET


class Automatic:
    """The service."""

    def __init__(
        self, *, store: Store, stable: Stable, record: Record, clock: Clock, settings: Settings
    ) -> None:
        self._store = store
        self._box = store.box
        self._stable = stable
        self._record = record
        self._clock = clock
        self._now = AutomaticSaves(save=settings.automatic_save, minutes=settings.automatic_save_minutes)
        self._due = 0.0
        self._publish: Publish = lambda events: None
        self._worker: asyncio.Task[None] | None = None

    async def start(self, publish: Publish) -> None:
        self._publish = publish
        self._now = _read(await self._box.read(lambda db: meta.get(db, _KEY)), self._now)
        self._wait()
        self._worker = asyncio.create_task(self._work())

    async def close(self) -> None:
        await tasks.end(self._worker)

    async def shown(self, actor: Actor) -> AutomaticSaves:
        require(actor, Action.MANAGE_STABLE)
        waits = await self._news() is News.CHOSEN
        return AutomaticSaves(save=self._now.save, minutes=self._now.minutes, waits=waits)

    async def change(self, actor: Actor, wanted: AutomaticChange) -> AutomaticSaves:
        """From now on, and after every reset."""
        require(actor, Action.MANAGE_STABLE)
        save = self._now.save if wanted.save is UNSET else wanted.save
        minutes = self._now.minutes if wanted.minutes is UNSET else wanted.minutes
        if not 1 <= minutes <= LONGEST_MINUTES:
            raise rules.bad("minutes", "range")
        detail = {"save": save, "minutes": minutes}

        def put(db: Connection) -> None:
            meta.put(db, _KEY, json.dumps(detail))

        await self._record.write(actor, "automatic_changed", "", detail, [put])
        self._now = AutomaticSaves(save=save, minutes=minutes)
        self._wait()
        return await self.shown(actor)

    async def tick(self) -> None:
        """Saves if it is time to. Nothing new: nothing is written, for a card wears out by writing."""
        if self._now.save in ("timer", "both") and self._clock.monotonic() >= self._due:
            self._wait()
            await self._save("timer")

    async def at_shutdown(self) -> None:
        """The box stops cleanly. A reset that is announced is not to be undone by it."""
        if self._now.save in ("shutdown", "both") and self._stable.reset_in is None:
            await self._save("shutdown")

    async def _save(self, kind: GenerationKind) -> None:
        """Never fails: what cannot be saved now is said, and tried again another time."""
        try:
            if await self._news() is News.SOMETHING:
                self._publish((await self._stable.save_automatically(kind)).events)
        except Refusal as refusal:
            if refusal.code is not Code.CONFLICT:  # somebody saves at this moment
                _log.error("the automatic save failed, nothing changed: %s", refusal)

    async def _news(self) -> News:
        """Whether a save would save anything."""
        store, number, sides = self._store, self._stable.leads_to, self._stable.sides
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(store.work, lambda: news.since(store, number, sides))

    async def _work(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                await self.tick()
            except Exception:
                _log.exception("the automatic save stumbled")

    def _wait(self) -> None:
        self._due = self._clock.monotonic() + self._now.minutes * 60


def _read(text: str | None, otherwise: AutomaticSaves) -> AutomaticSaves:
    """What was chosen; what a newer program chose and this one does not know is left alone."""
    try:
        return msgspec.json.decode(text, type=AutomaticSaves) if text else otherwise
    except msgspec.ValidationError:
        return otherwise
