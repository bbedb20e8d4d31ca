"""Where a reboot leads, as far as is known: which generation, which are damaged. Saves nothing."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from appliance.base.log import logger
from appliance.domain.stable_views import Generation, shown
from appliance.store import stable_files
from appliance.store.opened import Store
from appliance.store.snapshot import generations
from appliance.store.snapshot.layout import CONTENT_DB
from appliance.store.snapshot.manifest import Damaged, Manifest, read
from appliance.store.snapshot.sides import Sides

T = TypeVar("T")
_log = logger("stable")


class Baseline:
    """Of one boot. Whoever changes anything about the generations says `changed` afterwards."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._bad = frozenset(one.generation for one in store.outcome.passed if one.generation is not None)
        self.manifest: Manifest | None = self._effective()

    @property
    def leads_to(self) -> int | None:
        """The generation that a reboot leads to."""
        return self.manifest.generation if self.manifest else None

    @property
    def saved(self) -> Path | None:
        """Its content."""
        number = self.leads_to
        return None if number is None else self._store.layout.generation(number) / CONTENT_DB

    @property
    def sides(self) -> Sides:
        """What there is, and where a reboot leads."""
        return Sides(self._store.content.path, self.saved)

    async def changed(self) -> None:
        """Looks anew."""
        self.manifest = await self.work(self._effective)
        await self.tell_files()

    async def found(self, number: int, *, damaged: bool) -> None:
        """Somebody has looked at a generation."""
        self._bad = self._bad | {number} if damaged else self._bad - {number}
        await self.changed()

    async def tell_files(self) -> None:
        """Lists say of each file whether a boot would bring it back; a generation is read once for that."""
        store, number = self._store, self.leads_to
        if await store.content.read(stable_files.told_of) == number:
            return
        try:
            found = await self.work(lambda: generations.saved_files(store.layout, number))
        except Damaged as damage:
            _log.error("generation %s: %s", number, damage)
            return
        await store.content.write(lambda db: stable_files.tell(db, number, found))

    async def work(self, work: Callable[[], T]) -> T:
        """On the store's own threads."""
        return await asyncio.get_running_loop().run_in_executor(self._store.work, work)

    def needed(self) -> set[int | None]:
        """What a reboot would try first, and what it would end with. Blocks."""
        found = {self.leads_to}
        try:
            named = generations.pointer(self._store.layout)
        except Damaged:
            return found
        return found | {named[0] if named else None}

    def listed(self) -> list[Generation]:
        """All of them, the newest first. Blocks."""
        found = []
        for number in reversed(generations.numbers(self._store.layout)):
            try:
                manifest = read(self._store.layout, number)
            except Damaged:
                found.append(Generation(generation=number, ok=False))
            else:
                ok, current = number not in self._bad, number == self.leads_to
                found.append(shown(manifest, ok=ok, current=current))
        return found

    def _effective(self) -> Manifest | None:
        return generations.effective(self._store.layout, self._bad)
